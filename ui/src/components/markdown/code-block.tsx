import { type ReactNode, useEffect, useState } from "react";
import { CopyBtn } from "@/components/copy-btn";
import { useI18n } from "@/i18n/i18n";

interface CodeBlockProps {
  language: string;
  text: string;
  /** It may still grow; colours come when it stands. */
  open: boolean;
}

/** Longer code is read as it is; colouring it would hold the page up. */
const COLOURED_CHARS = 50_000;

/** Code with its language and a way to take it along. */
export function CodeBlock({ language, text, open }: CodeBlockProps) {
  const { t } = useI18n();
  const coloured = useColours(language, open || text.length > COLOURED_CHARS ? null : text);
  const name = language || t("markdown.plain");
  return (
    <div dir="ltr" className="overflow-hidden rounded-md border border-line bg-inset">
      <div className="flex h-8 items-center justify-between gap-2 border-b border-line ps-3.5 pe-1 text-2xs text-ink-3">
        <bdi className="truncate font-mono">{name}</bdi>
        <CopyBtn text={text} label={t("markdown.copy_code")} />
      </div>
      <pre
        role="region"
        aria-label={t("markdown.code", { language: name })}
        tabIndex={0}
        className="overflow-x-auto px-3.5 py-3 wrap-normal"
      >
        <code>{coloured ?? text}</code>
      </pre>
    </div>
  );
}

/** The code in colours, as soon as what colours it is there. */
function useColours(language: string, text: string | null): ReactNode {
  const [coloured, setColoured] = useState<{ text: string; drawn: ReactNode } | null>(null);
  useEffect(() => {
    if (text === null || language === "") return;
    let gone = false;
    void import("./colours").then(({ colours }) => {
      if (!gone) setColoured({ text, drawn: colours(language, text) });
    });
    return () => {
      gone = true;
    };
  }, [language, text]);
  return coloured && coloured.text === text ? coloured.drawn : null;
}
