import { CircleAlert } from "lucide-react";
import type { ApiError, Why } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { SentenceText } from "@/components/sentence-text";
import { useI18n } from "@/i18n/i18n";
import { droppedWords, triedWords } from "./why-words";

interface FailedAnswerProps {
  error: ApiError;
  why: Why | null;
  onAgain: (() => void) | undefined;
}

/** Why there is no answer: every place that was tried or left out, what would help, one button. */
export function FailedAnswer({ error, why, onAgain }: FailedAnswerProps) {
  const i18n = useI18n();
  const { title, text, fix } = i18n.say(error);
  const tried = why?.tried ?? [];
  const wasTried = new Set(tried.map(({ machine }) => machine));
  const left = (why?.candidates ?? []).filter(
    ({ machine, dropped }) => dropped !== null && !wasTried.has(machine),
  );
  // Where places were tried, they say what the sentence for all cases cannot.
  const said =
    error.code === "nobody_answers" && tried.length > 0
      ? i18n.t("chat.failed_tried")
      : fix
        ? `${text} ${fix}`
        : text;
  return (
    <section role="alert" className="mt-2 rounded-lg border border-line bg-raised p-4 shadow-1">
      <div className="flex flex-wrap items-start gap-3">
        <CircleAlert size={18} className="mt-0.5 shrink-0 text-bad-ink" />
        <div className="min-w-0 grow basis-48">
          <h2 className="text-sm font-semibold">{title}</h2>
          <p className="mt-0.5 text-xs text-ink-2 wrap-anywhere">
            <SentenceText text={said} />
          </p>
        </div>
        {onAgain && (
          <Btn size="sm" variant="soft" onClick={onAgain}>
            {i18n.t("chat.send_again")}
          </Btn>
        )}
      </div>
      {tried.length + left.length > 0 && (
        <ul className="mt-3 grid grid-cols-[minmax(0,1fr)] gap-2 border-t border-line ps-7.5 pt-3 text-xs text-ink-2">
          {tried.map((one, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- the same place may be tried twice
            <li key={index} className="wrap-anywhere">
              <bdi className="font-medium text-ink">{one.name}</bdi> {triedWords(i18n, one)}
              {one.words && (
                <p className="mt-0.5 text-ink-3">
                  <bdi>{one.words}</bdi>
                </p>
              )}
            </li>
          ))}
          {left.map((one) => (
            <li key={one.machine} className="wrap-anywhere">
              <bdi className="font-medium text-ink">{one.name}</bdi> {droppedWords(i18n, one)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
