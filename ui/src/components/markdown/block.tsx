import { Square, SquareCheck } from "lucide-react";
import { createElement, Fragment, memo, type ReactNode } from "react";
import type { Token, Tokens } from "marked";
import { useI18n } from "@/i18n/i18n";
import { CodeBlock } from "./code-block";
import { Formula } from "./formula";
import { Inline } from "./inline";
import type { AnyToken, BlockToken } from "./tokens";

interface BlockProps {
  block: BlockToken;
  /** Of a heading, in the page. */
  level: number;
  /** It may still grow. */
  open: boolean;
}

/** A block of a text. What it looks like follows from its source alone. */
export const Block = memo(
  function Block({ block, level, open }: BlockProps) {
    return drawn(block, level, open);
  },
  (before, now) =>
    before.block.raw === now.block.raw &&
    before.block.type === now.block.type &&
    before.level === now.level &&
    before.open === now.open,
);

function drawn(token: AnyToken, level: number, open: boolean): ReactNode {
  switch (token.type) {
    case "paragraph":
      return (
        <p dir="auto">
          <Inline tokens={token.tokens} />
        </p>
      );
    case "text":
      return <Inline tokens={token.tokens ?? [token]} />;
    case "heading":
      return createElement(`h${level}`, { dir: "auto" }, <Inline tokens={token.tokens} />);
    case "code":
      return <CodeBlock language={token.lang?.split(/\s/)[0] ?? ""} text={token.text} open={open} />;
    case "display":
      return <Formula tex={token.text} display />;
    case "list":
      return <List list={token} level={level} open={open} />;
    case "table":
      return <Table table={token} />;
    case "blockquote":
      return (
        <blockquote dir="auto">
          <Within tokens={token.tokens} level={level} open={open} />
        </blockquote>
      );
    case "hr":
      return <hr />;
    case "space":
    case "def":
    case "checkbox":
      return null;
    // Source that is HTML is text like any other; the rest is no block.
    case "html":
    case "br":
    case "codespan":
    case "del":
    case "em":
    case "escape":
    case "formula":
    case "image":
    case "link":
    case "list_item":
    case "strong":
      return <p dir="auto">{token.raw}</p>;
  }
}

/** What stands within a block has its direction: one of its own would hide its words from `auto`. */
function Within({ tokens, level, open }: { tokens: Token[]; level: number; open: boolean }) {
  return tokens.map((token, index) => (
    // oxlint-disable-next-line react/no-array-index-key
    <Fragment key={index}>
      {token.type === "paragraph" ? (
        <p>
          <Inline tokens={token.tokens} />
        </p>
      ) : (
        drawn(token as AnyToken, level, open && index === tokens.length - 1)
      )}
    </Fragment>
  ));
}

function List({ list, level, open }: { list: Tokens.List; level: number; open: boolean }) {
  const items = list.items.map((item, index) => (
    // oxlint-disable-next-line react/no-array-index-key
    <li key={index} className={item.task ? "list-none" : undefined}>
      {item.task && <Task done={item.checked === true} />}
      <Within tokens={item.tokens} level={level} open={open && index === list.items.length - 1} />
    </li>
  ));
  return list.ordered ? (
    <ol dir="auto" start={list.start === "" ? undefined : list.start}>
      {items}
    </ol>
  ) : (
    <ul dir="auto">{items}</ul>
  );
}

function Task({ done }: { done: boolean }) {
  const { t } = useI18n();
  const Icon = done ? SquareCheck : Square;
  return (
    <Icon
      size={15}
      role="img"
      aria-hidden={false}
      aria-label={t(done ? "markdown.done" : "markdown.to_do")}
      className="-ms-5.5 me-1.5 inline align-[-2px] text-ink-3"
    />
  );
}

function Table({ table }: { table: Tokens.Table }) {
  const { t } = useI18n();
  return (
    <div role="region" aria-label={t("markdown.table")} tabIndex={0} className="overflow-x-auto">
      <table>
        <thead>
          <tr>
            {table.header.map((cell, column) => (
              // oxlint-disable-next-line react/no-array-index-key
              <th key={column} dir="auto" scope="col" style={aligned(cell)}>
                <Inline tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((cells, row) => (
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={row}>
              {cells.map((cell, column) => (
                // oxlint-disable-next-line react/no-array-index-key
                <td key={column} dir="auto" className="num" style={aligned(cell)}>
                  <Inline tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function aligned({ align }: Tokens.TableCell) {
  return { textAlign: align ?? "start" } as const;
}
