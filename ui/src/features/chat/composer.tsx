import { clsx } from "clsx";
import { ArrowUp, Square } from "lucide-react";
import { type KeyboardEvent, type ReactNode, type RefObject, useId, useLayoutEffect } from "react";
import { Tooltip } from "@/components/tooltip";
import { useI18n } from "@/i18n/i18n";

/** From here on a person may want to know how long the text has become. */
const LONG = 1000;
const TALLEST_PX = 240;

interface ComposerProps {
  text: string;
  onChange: (text: string) => void;
  onSend: () => void;
  /** Ends the answer that is being written; `null` while none is. */
  onStop: (() => void) | null;
  /** An answer to whether anything can answer is on its way. */
  asking: boolean;
  maxChars: number;
  /** What can be said here, in the empty field. */
  placeholder: string;
  inputRef: RefObject<HTMLTextAreaElement | null>;
  /** What is chosen for the question, beside the button. */
  children: ReactNode;
}

/** Grows with its text. Enter sends, Shift Enter starts a line, Escape stops the answer. */
export function Composer(props: ComposerProps) {
  const { text, onChange, onSend, onStop, asking, maxChars, placeholder, inputRef, children } = props;
  const { t } = useI18n();
  const countId = useId();
  // Counted in characters, as the node does, and not in halves of emoji.
  const length = Array.from(text).length;
  const over = length > maxChars;
  const sendable = text.trim() !== "" && !over && !asking && !onStop;
  useHeightOfText(inputRef, text);

  const send = () => {
    if (sendable) onSend();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, its keys belong to it.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape" && onStop) return onStop();
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="rounded-xl border border-line-strong bg-raised shadow-2 transition-shadow focus-within:border-[oklch(from_var(--accent)_l_c_h/.7)] focus-within:shadow-3"
    >
      <div className={clsx("mx-5 h-0.5", (asking || onStop) && "hairline")} />
      <textarea
        ref={inputRef}
        rows={1}
        value={text}
        // An empty field with dir=auto would show its Persian placeholder left to right.
        dir={text ? "auto" : undefined}
        aria-label={placeholder}
        aria-describedby={countId}
        aria-invalid={over || undefined}
        placeholder={placeholder}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
        className="block w-full resize-none bg-transparent px-4 pt-3 pb-1 text-base outline-none"
      />
      <div className="flex items-center gap-2 p-2">
        <div className="flex min-w-0 grow flex-wrap items-center gap-1">
          {children}
          <p id={countId} className={clsx("num ms-2 text-2xs", over ? "text-bad-ink" : "text-ink-3")}>
            <LengthNote length={length} maxChars={maxChars} />
          </p>
        </div>
        {onStop ? (
          <Tooltip text={t("chat.stop")}>
            <button
              type="button"
              aria-label={t("chat.stop")}
              aria-keyshortcuts="Escape"
              onClick={onStop}
              className="inline-grid size-9 shrink-0 place-items-center rounded-full bg-ink text-surface hover:opacity-90"
            >
              <Square size={13} fill="currentColor" />
            </button>
          </Tooltip>
        ) : (
          <Tooltip text={t("chat.keys")}>
            <button
              type="submit"
              aria-label={t("chat.send")}
              aria-disabled={!sendable}
              aria-keyshortcuts="Enter"
              className={clsx(
                "inline-grid size-9 shrink-0 place-items-center rounded-full transition-colors",
                sendable ? "bg-accent text-on-accent hover:bg-accent-hover" : "bg-press text-ink-3",
              )}
            >
              <ArrowUp size={18} />
            </button>
          </Tooltip>
        )}
      </div>
    </form>
  );
}

function LengthNote({ length, maxChars }: { length: number; maxChars: number }) {
  const { t } = useI18n();
  if (length > maxChars) return t("chat.characters_over", { count: length - maxChars });
  return length >= LONG ? t("chat.characters", { count: length }) : null;
}

/** By hand, because WebKitGTK has no `field-sizing`. */
function useHeightOfText(ref: RefObject<HTMLTextAreaElement | null>, text: string) {
  useLayoutEffect(() => {
    const area = ref.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, TALLEST_PX)}px`;
    area.style.overflowY = area.scrollHeight > TALLEST_PX ? "auto" : "hidden";
  }, [ref, text]);
}
