import { Marked, type MarkedToken, type Token, type TokenizerExtension } from "marked";

interface Formula {
  type: "formula" | "display";
  raw: string;
  text: string;
}

export type AnyToken = MarkedToken | Formula;

/** A token that stands on lines of its own. */
export type BlockToken = AnyToken & {
  /** Where it ends in the text that was read, with the empty lines after it. */
  end: number;
};

/** The blocks of a text. One that cannot be read is one block of plain text. */
export function lex(text: string): BlockToken[] {
  let end = 0;
  const blocks: BlockToken[] = [];
  for (const token of tokens(text)) {
    end += token.raw.length;
    const last = blocks.at(-1);
    if (token.type !== "space" && token.type !== "def") blocks.push({ ...(token as AnyToken), end });
    else if (last) last.end = end;
  }
  return blocks;
}

function tokens(text: string): Token[] {
  try {
    return marked.lexer(text);
  } catch {
    // Thousands of nested quotes end its recursion; the words are still worth showing.
    return [{ type: "code", codeBlockStyle: "indented", raw: text, text } satisfies MarkedToken];
  }
}

/** Models write formulas in both of TeX's ways and in that of old. */
const DISPLAY = /^(?:\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\])[ \t]*(?:\n+|$)/;
const INLINE =
  /^(?:\$\$([^$\n]+?)\$\$|\$(?![\s$])([^$\n]*?[^\s$\\])\$(?!\d)|\\\(([^\n]+?)\\\)|\\\[([^\n]+?)\\\])/;

const extensions: TokenizerExtension[] = [
  {
    name: "display",
    level: "block",
    start: (text) => found(/^ {0,3}(?:\$\$|\\\[)/m.exec(text)),
    tokenizer: (text) => formula("display", DISPLAY.exec(text)),
  },
  {
    name: "formula",
    level: "inline",
    start: (text) => found(/\$|\\[([]/.exec(text)),
    tokenizer: (text) => formula("formula", INLINE.exec(text)),
  },
];

const marked = new Marked({ gfm: true, extensions });

function found(match: RegExpExecArray | null): number | undefined {
  return match?.index;
}

function formula(type: Formula["type"], match: RegExpExecArray | null): Formula | undefined {
  if (!match) return undefined;
  const text = match
    .slice(1)
    .find((group) => group !== undefined)
    ?.trim();
  return text ? { type, raw: match[0], text } : undefined;
}
