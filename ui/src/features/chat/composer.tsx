import { clsx } from "clsx";
import { ArrowUp } from "lucide-react";
import { type KeyboardEvent, type RefObject, useId, useLayoutEffect } from "react";
import { Kbd } from "@/components/kbd";
import { Tooltip } from "@/components/tooltip";
import { useI18n } from "@/i18n/i18n";

/** From here on a person may want to know how long the text has become. */
const LONG = 1000;
const TALLEST_PX = 240;

interface ComposerProps {
  text: string;
  onChange: (text: string) => void;
  onSend: () => void;
  /** An answer to whether anything can answer is on its way. */
  asking: boolean;
  maxChars: number;
  inputRef: RefObject<HTMLTextAreaElement | null>;
}

/** Grows with its text. Enter sends, Shift Enter starts a line. */
export function Composer({ text, onChange, onSend, asking, maxChars, inputRef }: ComposerProps) {
  const { t } = useI18n();
  const countId = useId();
  // Counted in characters, as the node does, and not in halves of emoji.
  const length = Array.from(text).length;
  const over = length > maxChars;
  const sendable = text.trim() !== "" && !over && !asking;
  useHeightOfText(inputRef, text);

  const send = () => {
    if (sendable) onSend();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
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
      <div className={clsx("mx-5 h-0.5", asking && "hairline")} />
      <textarea
        ref={inputRef}
        rows={1}
        value={text}
        // An empty field with dir=auto would show its Persian placeholder left to right.
        dir={text ? "auto" : undefined}
        aria-label={t("chat.placeholder")}
        aria-describedby={countId}
        aria-invalid={over || undefined}
        placeholder={t("chat.placeholder")}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
        className="block w-full resize-none bg-transparent px-4 pt-3 pb-1 text-base outline-none"
      />
      <div className="flex items-center gap-3 p-2 ps-4">
        <p id={countId} className={clsx("num min-w-0 grow text-2xs", over ? "text-bad-ink" : "text-ink-3")}>
          <LengthNote length={length} maxChars={maxChars} />
        </p>
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
      </div>
    </form>
  );
}

function LengthNote({ length, maxChars }: { length: number; maxChars: number }) {
  const { t } = useI18n();
  if (length > maxChars) return t("chat.characters_over", { count: length - maxChars });
  if (length >= LONG) return t("chat.characters", { count: length });
  return (
    <span className="hidden items-center gap-1.5 sm:flex">
      <Kbd>Enter</Kbd>
      {t("keys.send")}
      <Kbd>Shift Enter</Kbd>
      {t("keys.newline")}
    </span>
  );
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
