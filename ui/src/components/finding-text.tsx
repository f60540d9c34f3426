import type { Notice } from "@/backend/api.gen";
import { useI18n } from "@/i18n/i18n";
import { CommandLine } from "./command-line";
import { SentenceText } from "./sentence-text";

interface FindingTextProps {
  finding: Notice;
  /** What a person could type to mend it. */
  command?: string | null;
}

/** What was found and what would help. */
export function FindingText({ finding, command }: FindingTextProps) {
  const { say } = useI18n();
  const { title, text, fix } = say(finding);
  return (
    <div className="min-w-0 grow">
      <p className="text-sm font-medium">{title}</p>
      {text && (
        <p className="text-xs text-ink-3 wrap-anywhere">
          <SentenceText text={text} />
        </p>
      )}
      {fix && (
        <p className="mt-0.5 text-xs text-ink-2 wrap-anywhere">
          <SentenceText text={fix} />
        </p>
      )}
      {command && <CommandLine command={command} />}
    </div>
  );
}
