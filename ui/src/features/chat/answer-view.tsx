import { Brain, RefreshCw, Route } from "lucide-react";
import { CopyBtn } from "@/components/copy-btn";
import { IconBtn } from "@/components/icon-btn";
import { type I18n, useI18n } from "@/i18n/i18n";
import { type Answer, isRunning } from "./answer";
import { FailedAnswer } from "./failed-answer";
import { Provenance } from "./provenance";

interface AnswerViewProps {
  answer: Answer;
  /** Only of the last question. */
  onAgain: (() => void) | undefined;
  onWhy: () => void;
}

/** An answer: who gives it, what was thought, the text as it comes, what can be done with it. */
export function AnswerView({ answer, onAgain, onWhy }: AnswerViewProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const running = isRunning(answer);
  const note = noteOf(i18n, answer);
  return (
    <article aria-label={t("chat.answer")} aria-busy={running} className="min-w-0">
      {answer.from ? (
        <Provenance answer={answer} from={answer.from} />
      ) : (
        running && <p className="breathing text-sm text-ink-2">{progressOf(i18n, answer)}</p>
      )}
      {answer.thinking && <Thinking text={answer.thinking} />}
      {answer.text && (
        <div dir="auto" className="text-base wrap-anywhere whitespace-pre-wrap [unicode-bidi:plaintext]">
          {answer.text}
          {answer.state === "writing" && <span aria-hidden className="caret" />}
        </div>
      )}
      {answer.from && answer.state === "waiting" && (
        <p className="breathing mt-2 text-sm text-ink-2">{progressOf(i18n, answer)}</p>
      )}
      {note && <p className="mt-2 text-xs text-ink-3">{note}</p>}
      {answer.error && <FailedAnswer error={answer.error} why={answer.why} onAgain={onAgain} />}
      {!running && (
        <div className="-ms-2 mt-2 flex items-center gap-0.5">
          {answer.text && <CopyBtn text={answer.text} label={t("chat.copy_answer")} className="size-8!" />}
          {onAgain && !answer.error && (
            <IconBtn label={t("chat.again")} onClick={onAgain}>
              <RefreshCw size={15} />
            </IconBtn>
          )}
          {answer.why && (
            <IconBtn label={t("why.title")} onClick={onWhy}>
              <Route size={15} />
            </IconBtn>
          )}
        </div>
      )}
    </article>
  );
}

/** What goes on before the first word. */
export function progressOf({ t, format }: I18n, { state, line }: Answer): string {
  if (state !== "waiting" || !line) return t("chat.asking");
  const time = format.seconds(line.etaMs);
  return line.ahead === 0
    ? t("chat.next_in_line", { machine: line.machine, time })
    : t("chat.in_line", { machine: line.machine, count: line.ahead, time });
}

function noteOf({ t }: I18n, { state, cut }: Answer): string | null {
  if (state === "stopped") return t("chat.stopped");
  return cut ? t("chat.cut") : null;
}

function Thinking({ text }: { text: string }) {
  const { t } = useI18n();
  return (
    <details className="mb-3 rounded-lg border border-line bg-inset px-3 py-2 text-sm text-ink-2">
      <summary className="flex cursor-pointer items-center gap-2 text-xs font-medium">
        <Brain size={15} className="text-ink-3" />
        {t("chat.thinking")}
      </summary>
      <p dir="auto" className="mt-2 wrap-anywhere whitespace-pre-wrap [unicode-bidi:plaintext]">
        {text}
      </p>
    </details>
  );
}
