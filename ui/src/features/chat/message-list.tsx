import { ArrowDown } from "lucide-react";
import { useI18n } from "@/i18n/i18n";
import { AnswerView } from "./answer-view";
import type { Turn } from "./conversation";
import { useFollow } from "./use-follow";

interface MessageListProps {
  turns: readonly Turn[];
  onAgain: () => void;
  onWhy: (turn: number) => void;
}

export default function MessageList({ turns, onAgain, onWhy }: MessageListProps) {
  const { t } = useI18n();
  const { scroller, atEnd, toEnd, onScroll } = useFollow(turns, turns.length);
  return (
    <div className="relative min-h-0 grow">
      <div
        ref={scroller}
        onScroll={onScroll}
        role="log"
        aria-live="off"
        aria-label={t("chat.conversation")}
        tabIndex={0}
        className="relative h-full overflow-x-hidden overflow-y-auto"
      >
        <div className="mx-auto flex max-w-[712px] flex-col gap-7 px-4 py-6 md:px-6">
          {turns.map((turn, index) => (
            <div key={turn.id} className="flex min-w-0 flex-col gap-7">
              <p
                dir="auto"
                className="max-w-[86%] min-w-0 self-end rounded-xl rounded-ee-sm bg-accent-soft px-4 py-2.5 text-base wrap-anywhere whitespace-pre-wrap [unicode-bidi:plaintext]"
              >
                {turn.question}
              </p>
              <AnswerView
                answer={turn.answer}
                onAgain={index === turns.length - 1 ? onAgain : undefined}
                onWhy={() => onWhy(turn.id)}
              />
            </div>
          ))}
        </div>
      </div>
      {!atEnd && (
        <button
          type="button"
          onClick={toEnd}
          className="glass absolute inset-x-0 bottom-3 z-10 mx-auto flex h-8 w-fit items-center gap-1.5 rounded-full px-3 text-xs font-medium"
        >
          <ArrowDown size={14} />
          {t("chat.to_latest")}
        </button>
      )}
    </div>
  );
}
