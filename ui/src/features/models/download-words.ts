import type { Pull } from "@/backend/api.gen";
import type { I18n } from "@/i18n/i18n";

/** What Ollama says it does where there is nothing to measure. */
const PHASES: Record<string, "looking" | "verifying" | "writing" | "tidying"> = {
  "pulling manifest": "looking",
  "verifying sha256 digest": "verifying",
  "writing manifest": "writing",
  "removing unused layers": "tidying",
  "removing any unused layers": "tidying",
};

interface Pace {
  speed: number | null;
  stalled: boolean;
}

/** "1.1 of 2 GB · 24 MB a second · 38 sec left", in pieces that are not broken. */
export function downloadWords(i18n: I18n, pull: Pull, { speed, stalled }: Pace): string[] {
  const { t, format } = i18n;
  const { bytes, total_bytes: total, state } = pull;
  const parts: string[] = [];
  if (total > 0) parts.push(t("pull.bytes", { bytes: format.bytes(bytes), total: format.bytes(total) }));
  if (state !== "running") return parts;
  if (pull.words !== "") return [...parts, phaseWords(i18n, pull.words)];
  if (total === 0) return [t("pull.phase_looking")];
  if (bytes >= total) return parts;
  if (stalled) return [...parts, t("pull.stalled")];
  if (speed === null || speed <= 0) return parts;
  return [
    ...parts,
    t("pull.speed", { bytes: format.bytes(speed) }),
    t("pull.left", { time: format.duration((total - bytes) / speed) }),
  ];
}

/** Words that this version does not know are shown as they are. */
function phaseWords({ t }: I18n, words: string): string {
  const phase = PHASES[words.trim().toLowerCase()];
  return phase ? t(`pull.phase_${phase}`) : words;
}
