import { Code, Lightbulb, PenLine, Scale } from "lucide-react";
import { useI18n } from "@/i18n/i18n";

const SUGGESTIONS = [
  { icon: Lightbulb, title: "chat.suggestion_explain", text: "chat.suggestion_explain_text" },
  { icon: PenLine, title: "chat.suggestion_write", text: "chat.suggestion_write_text" },
  { icon: Scale, title: "chat.suggestion_compare", text: "chat.suggestion_compare_text" },
  { icon: Code, title: "chat.suggestion_code", text: "chat.suggestion_code_text" },
] as const;

/** First sentences that land in the composer, to be changed before they are sent. */
export function Suggestions({ onPick }: { onPick: (text: string) => void }) {
  const { t } = useI18n();
  return (
    <ul
      aria-label={t("chat.suggestions")}
      className="grid grid-cols-[minmax(0,1fr)] gap-2.5 sm:grid-cols-[repeat(2,minmax(0,1fr))]"
    >
      {SUGGESTIONS.map(({ icon: Icon, title, text }) => (
        <li key={title}>
          <button
            type="button"
            onClick={() => onPick(t(text))}
            className="card flex h-full w-full items-start gap-3 p-3.5 text-start transition-colors hover:border-line-strong hover:bg-press/60"
          >
            <Icon size={17} strokeWidth={1.8} className="mt-0.5 shrink-0 text-accent-ink" />
            <span className="min-w-0">
              <span className="block text-sm font-medium">{t(title)}</span>
              <span className="mt-0.5 line-clamp-2 text-xs text-ink-3">{t(text)}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
