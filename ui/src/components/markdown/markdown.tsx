import { memo, useState } from "react";
import { Block } from "./block";
import { levels } from "./heading-levels";
import { Lexed } from "./lexed";
import "@/styles/markdown.css";

interface MarkdownProps {
  text: string;
  /** More of it is coming. */
  growing?: boolean;
}

/**
 * Text as models write it: shown, never inserted as HTML. While it grows only
 * its open end is read anew; a block that is complete is not rendered again.
 */
export const Markdown = memo(function Markdown({ text, growing = false }: MarkdownProps) {
  const [lexed] = useState(() => new Lexed());
  const blocks = lexed.blocksOf(text, growing);
  const headings = levels(blocks);
  return (
    <div data-growing={growing || undefined} className="markdown min-w-0 text-base wrap-anywhere">
      {blocks.map((block, index) => (
        <Block
          // A block keeps its place: text only ever grows at its end.
          // oxlint-disable-next-line react/no-array-index-key
          key={index}
          block={block}
          level={headings[index] ?? 2}
          open={growing && index === blocks.length - 1}
        />
      ))}
    </div>
  );
});
