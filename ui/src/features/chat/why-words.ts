import type { Candidate, Estimate, Tried, Why } from "@/backend/api.gen";
import type { I18n } from "@/i18n/i18n";

/** Why a machine did not come into question. A newer node may know reasons that this page does not. */
export function droppedWords({ t, lookUp }: I18n, { dropped }: Candidate): string {
  return lookUp(`why.dropped_${dropped}`) ?? t("why.dropped_unknown");
}

/** What went wrong where it was tried. */
export function triedWords({ t, lookUp }: I18n, { problem }: Tried): string {
  return lookUp(`why.problem_${problem}`) ?? t("why.problem_unknown");
}

/** How the model was found; `null` while it was not. */
export function ruleWords({ lookUp }: I18n, { rule }: Why): string | null {
  return rule === null ? null : lookUp(`why.rule_${rule}`);
}

const PARTS = ["wait", "load", "prefill", "decode"] as const;

/** What an estimate is made of, without what takes no time. */
export function estimateWords({ t, format }: I18n, estimate: Estimate): string {
  const parts = PARTS.filter((part) => estimate[part] >= 50);
  return format.list(parts.map((part) => t(`why.part_${part}`, { time: format.seconds(estimate[part]) })));
}
