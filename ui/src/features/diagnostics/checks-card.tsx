import type { Check, Outcome } from "@/backend/api.gen";
import { Card } from "@/components/card";
import { useI18n } from "@/i18n/i18n";
import { FindingText } from "@/components/finding-text";
import { OutcomeIcon } from "@/components/outcome-icon";

const WORST_FIRST: Outcome[] = ["problem", "warning", "good"];

/** What was examined, the worst first. */
export function ChecksCard({ checks }: { checks: readonly Check[] }) {
  const { t } = useI18n();
  const sorted = checks.toSorted((a, b) => WORST_FIRST.indexOf(a.outcome) - WORST_FIRST.indexOf(b.outcome));
  return (
    <Card title={t("diagnostics.checks")}>
      <ul className="mt-2 -mb-2">
        {sorted.map((check) => (
          <li
            key={`${check.id} ${check.finding.code} ${check.finding.params.name ?? ""}`}
            className="flex items-start gap-3 border-t border-line py-2.5 first:border-0"
          >
            <OutcomeIcon outcome={check.outcome} />
            <FindingText finding={check.finding} command={check.command} />
            <span className="shrink-0 text-2xs text-ink-3">{t(`check.${check.id}`)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
