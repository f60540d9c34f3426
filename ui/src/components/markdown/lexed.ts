import { mended } from "./mended";
import { type BlockToken, lex } from "./tokens";

/**
 * The blocks of a text that grows at its end. What stands before its last block
 * cannot change any more and is read once; reading all of it with each word
 * would cost more the longer an answer is.
 */
export class Lexed {
  #text = "";
  /** Blocks that are complete, and how much of the text they are. */
  #complete: readonly BlockToken[] = [];
  #length = 0;

  blocksOf(text: string, growing: boolean): readonly BlockToken[] {
    if (!text.startsWith(this.#text.slice(0, this.#length))) this.#forget();
    this.#text = text;
    if (!growing) {
      this.#forget();
      return lex(text);
    }
    const rest = text.slice(this.#length);
    const blocks = lex(rest);
    const open = blocks.at(-1);
    if (!open) return this.#complete;
    const complete = blocks.slice(0, -1);
    this.#complete = complete.length === 0 ? this.#complete : [...this.#complete, ...complete];
    const end = rest.slice(complete.reduce((sum, { end: at }) => Math.max(sum, at), 0));
    this.#length = text.length - end.length;
    return [...this.#complete, ...lex(open.type === "code" ? end : mended(end))];
  }

  #forget() {
    this.#text = "";
    this.#complete = [];
    this.#length = 0;
  }
}
