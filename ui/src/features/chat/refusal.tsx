import { CircleAlert } from "lucide-react";
import type { ChatReadiness } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { SentenceText } from "@/components/sentence-text";
import { useI18n } from "@/i18n/i18n";

interface RefusalProps {
  readiness: ChatReadiness;
  busy: boolean;
  onRetry: () => void;
}

/** Why a question was not sent: every place that was considered, and what would help. */
export function Refusal({ readiness, busy, onRetry }: RefusalProps) {
  const { t, say } = useI18n();
  return (
    <section
      role="alert"
      className="max-h-[40dvh] overflow-y-auto rounded-lg border border-line bg-raised p-4 shadow-2"
    >
      <div className="flex items-start gap-3">
        <CircleAlert size={18} className="mt-0.5 shrink-0 text-warn-ink" />
        <div className="min-w-0 grow">
          <h2 className="text-sm font-semibold">{t("chat.refused_title")}</h2>
          <p className="text-xs text-ink-3">{t("chat.refused_kept")}</p>
        </div>
        <Btn size="sm" variant="soft" busy={busy} onClick={onRetry}>
          {t("action.try_again")}
        </Btn>
      </div>
      {readiness.reasons.length > 0 && (
        <ul className="mt-3 grid gap-3 border-t border-line ps-7.5 pt-3">
          {readiness.reasons.map((reason) => {
            const { title: name, text, fix } = say(reason);
            return (
              <li key={reason.code} className="text-xs text-ink-2 wrap-anywhere">
                <p className="text-sm font-medium text-ink">{name}</p>
                <p className="mt-0.5">{text}</p>
                {fix && (
                  <p className="mt-1 text-ink">
                    <SentenceText text={fix} />
                  </p>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
