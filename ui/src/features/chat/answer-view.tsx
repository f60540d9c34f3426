import { ChevronRight, RefreshCw, Route } from "lucide-react";
import { CopyBtn } from "@/components/copy-btn";
import { IconBtn } from "@/components/icon-btn";
import { Markdown } from "@/components/markdown/markdown";
import { Sigil } from "@/components/sigil";
import { usePeers } from "@/data/reads";
import { type I18n, useI18n } from "@/i18n/i18n";
import { type Answer, isRunning } from "./answer";
import { FailedAnswer } from "./failed-answer";
import { progressOf } from "./progress";
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
        running && <Progress answer={answer} />
      )}
      {answer.thinking && <Thinking text={answer.thinking} going={running && answer.text === ""} />}
      {answer.text && <Markdown text={answer.text} growing={running} />}
      {answer.from && answer.state === "waiting" && (
        <p className="breathing mt-2 text-sm text-ink-2">{progressOf(i18n, answer)}</p>
      )}
      {note && <p className="mt-2 text-xs text-ink-3">{note}</p>}
      {answer.error && <FailedAnswer error={answer.error} why={answer.why} onAgain={onAgain} />}
      {!running && (answer.from || !answer.error) && (
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

function noteOf({ t }: I18n, { state, cut }: Answer): string | null {
  if (state === "stopped") return t("chat.stopped");
  return cut ? t("chat.cut") : null;
}

/** What the model thought before it wrote: folded, for it is not the answer. */
function Thinking({ text, going }: { text: string; going: boolean }) {
  const { t } = useI18n();
  return (
    <details className="group mb-3 text-sm text-ink-2">
      <summary className="-ms-1.5 flex w-fit cursor-pointer list-none items-center gap-1 rounded-md px-1.5 py-1 text-xs font-medium text-ink-3 transition-colors hover:bg-press hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight size={14} className="transition-transform group-open:rotate-90 rtl:-scale-x-100" />
        <span className={going ? "breathing" : undefined}>{t(going ? "chat.thinking" : "chat.thought")}</span>
      </summary>
      <div className="mt-1.5 border-s-2 border-line ps-3">
        <Markdown text={text} growing={going} />
      </div>
    </details>
  );
}

/** Before anybody writes: what is looked for, or in whose line the question stands. */
function Progress({ answer }: { answer: Answer }) {
  const i18n = useI18n();
  const machine = answer.line?.machine;
  const key = usePeers().data?.find(({ name }) => name !== null && name === machine)?.key;
  return (
    <p className="flex min-h-6.5 items-center gap-2.5 text-sm text-ink-2">
      {key && <Sigil machineKey={key} size={26} faded />}
      <span className="breathing">{progressOf(i18n, answer)}</span>
    </p>
  );
}
