import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Lexed } from "./lexed";
import { Markdown } from "./markdown";

const ANSWER = [
  "## Of trees\n\nA *banyan* has **many** trunks: `let roots = 1`, see [the book](https://example.org/a).",
  "- one\n- two\n  - three\n\n1. first\n2. second",
  "| tree | roots |\n|---|---|\n| fig | many |",
  "```rust\nfn main() {\n\n    grow();\n}\n```",
  "$$\n\\sum_i r_i\n$$\n\nand \\(x\\), 5 * 6, ~~no~~.",
  "> quoted\n> twice\n\n---\n\nThe end.",
].join("\n\n");

describe("while a text grows", () => {
  it("its blocks are those of the whole text at each step that completes one", () => {
    const growing = new Lexed();
    for (let length = 1; length <= ANSWER.length; length++) growing.blocksOf(ANSWER.slice(0, length), true);
    const sources = (blocks: readonly { raw: string }[]) => blocks.map(({ raw }) => raw.trim());
    expect(sources(growing.blocksOf(ANSWER, true))).toEqual(sources(new Lexed().blocksOf(ANSWER, false)));
  });

  it("no mark is seen before it means something", () => {
    const { container, rerender } = render(<Markdown text="" growing />);
    for (let length = 1; length <= ANSWER.length; length++) {
      rerender(<Markdown text={ANSWER.slice(0, length)} growing />);
      const words = [...container.querySelectorAll("p, li, h2, td, th")].map(
        ({ textContent }) => textContent,
      );
      expect(words.join("\n"), ANSWER.slice(0, length).slice(-30)).not.toMatch(
        /\*\*|`|\]\(|\[the|\||~~|\$\$|^#/m,
      );
    }
  });

  it("what is complete stays the same element", () => {
    const { container, rerender } = render(<Markdown text={"first\n\nsec"} growing />);
    const first = container.querySelector("p");
    rerender(<Markdown text={"first\n\nsecond *one*\n\nthird"} growing />);
    rerender(<Markdown text={"first\n\nsecond *one*\n\nthird"} />);
    expect(container.querySelector("p")).toBe(first);
    expect(container.querySelectorAll("p")).toHaveLength(3);
  });

  it("another text takes its place", () => {
    const lexed = new Lexed();
    lexed.blocksOf("one\n\ntwo\n\nthree", true);
    expect(lexed.blocksOf("other\n\nwords", true).map(({ raw }) => raw.trim())).toEqual(["other", "words"]);
  });
});
