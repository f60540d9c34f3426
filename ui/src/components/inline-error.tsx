import { TriangleAlert } from "lucide-react";
import type { CallError } from "@/backend/call-error";
import { useI18n } from "@/i18n/i18n";
import { Btn } from "./btn";
import { SentenceText } from "./sentence-text";

interface InlineErrorProps {
  error: CallError;
  /** Offered when given. */
  onRetry?: () => void;
}

/** What happened, what to do about it, one button; in the place where it failed. */
export function InlineError({ error, onRetry }: InlineErrorProps) {
  const { t, say } = useI18n();
  const { title, text, fix } = say(error);
  return (
    <div role="alert" className="flex flex-wrap items-start gap-3 rounded-lg bg-bad-soft p-3 text-sm">
      <TriangleAlert size={17} className="mt-0.5 shrink-0 text-bad-ink" />
      <div className="min-w-0 grow basis-48">
        <p className="font-medium">{title}</p>
        <p className="mt-0.5 text-xs text-ink-2 wrap-anywhere">
          <SentenceText text={fix ? `${text} ${fix}` : text} />
        </p>
      </div>
      {onRetry && (
        <Btn size="sm" variant="outline" onClick={onRetry}>
          {t("action.try_again")}
        </Btn>
      )}
    </div>
  );
}
