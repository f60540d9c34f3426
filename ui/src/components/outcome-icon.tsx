import { CircleAlert, CircleCheck, CircleX } from "lucide-react";
import type { Outcome } from "@/backend/api.gen";
import { useI18n } from "@/i18n/i18n";

const LOOKS = {
  good: { icon: CircleCheck, colour: "text-ok-ink" },
  warning: { icon: CircleAlert, colour: "text-warn-ink" },
  problem: { icon: CircleX, colour: "text-bad-ink" },
};

/** Colour and shape together, and a word for those who see neither. */
export function OutcomeIcon({ outcome }: { outcome: Outcome }) {
  const { t } = useI18n();
  const { icon: Icon, colour } = LOOKS[outcome];
  return (
    <Icon
      size={17}
      role="img"
      aria-label={t(`diagnostics.outcome_${outcome}`)}
      className={`mt-0.5 shrink-0 ${colour}`}
    />
  );
}
