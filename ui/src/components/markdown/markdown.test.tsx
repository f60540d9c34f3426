import { render, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Markdown } from "./markdown";

function show(text: string, growing = false) {
  return render(<Markdown text={text} growing={growing} />).container;
}

const textOf = (element: Element | null) => element?.textContent ?? "";

it("shows what models write: headings, lists, tables, quotes and code", () => {
  const page = show(
    "# Plan\n\n1. **first**\n2. *second*\n\n> a quote\n\n| size | speed |\n|---|---:|\n| 7B | 50 |\n\n```rust\nfn main() {}\n```",
  );
  expect(screen.getByRole("heading", { level: 2, name: "Plan" })).toBeTruthy();
  expect(screen.getAllByRole("listitem")).toHaveLength(2);
  expect(screen.getByRole("columnheader", { name: "speed" }).style.textAlign).toBe("right");
  expect(textOf(page.querySelector("blockquote"))).toContain("a quote");
  expect(textOf(screen.getByRole("region", { name: "Code in rust" }))).toContain("fn main() {}");
  expect(screen.getByRole("button", { name: "Copy the code" })).toBeTruthy();
});

it("leaves no gap in the outline, at whatever depth a model begins", () => {
  show("### a\n\n##### b\n\n### c\n\n# d");
  const levels = screen
    .getAllByRole("heading")
    .map(({ tagName, textContent }) => `${tagName} ${textContent}`);
  expect(levels).toEqual(["H2 a", "H3 b", "H2 c", "H2 d"]);
});

it("a quote and a list have the direction of their words", () => {
  const page = show("> نقل قول\n\n- یک\n\n- دو");
  for (const words of page.querySelectorAll("blockquote > p, li > p"))
    expect(words.hasAttribute("dir")).toBe(false);
  expect([...page.querySelectorAll("blockquote, ul")].map((block) => block.getAttribute("dir"))).toEqual([
    "auto",
    "auto",
  ]);
});

it("says whether a task is done", () => {
  show("- [x] asked\n- [ ] answered");
  const [asked, answered] = screen.getAllByRole("listitem");
  expect(within(asked as HTMLElement).getByRole("img", { name: "Done" })).toBeTruthy();
  expect(within(answered as HTMLElement).getByRole("img", { name: "To do" })).toBeTruthy();
});

it("colours code of a language that it knows, once it stands", async () => {
  const page = show("```python\nreturn 'x'\n```");
  await waitFor(() => expect(textOf(page.querySelector(".hljs-keyword"))).toContain("return"));
  expect(textOf(page.querySelector("pre"))).toContain("return 'x'");
});

it("sets formulas in each of the ways they are written", async () => {
  const page = show("So $a^2$, \\(b^2\\) and\n\n$$c^2$$\n\nand\n\n\\[d^2\\]\n\nfor $5 or $6.");
  await waitFor(() => expect(page.querySelectorAll(".katex")).toHaveLength(4));
  expect(textOf(page)).toContain("for $5 or $6.");
});

it("shows the source of a formula that cannot be set", async () => {
  const page = show("$\\frac{a$ and $b^2$");
  await waitFor(() => expect(page.querySelectorAll(".katex")).toHaveLength(1));
  expect(textOf(page)).toContain("\\frac{a");
});

describe("text that is not to be trusted", () => {
  it.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    'a <b onclick="x()">b</b>',
    "<iframe src='https://evil.example'></iframe>",
    "<style>*{display:none}</style>",
    "| <svg onload=x> |\n|---|\n| <a href=javascript:x>y</a> |",
  ])("is shown as it was written: %s", (text) => {
    const page = show(text);
    expect(page.querySelector("script, img, b, iframe, style, svg[onload], a")).toBeNull();
    expect(textOf(page)).toContain(text.split(/[|\s]/).find((word) => word.startsWith("<")) ?? text);
  });

  it.each([
    "[press](javascript:alert(1))",
    "[press](JaVaScRiPt:alert(1))",
    "[press](&#106;avascript:alert(1))",
    "[press](data:text/html,<script>alert(1)</script>)",
    "[press](file:///etc/passwd)",
    "[press](vbscript:x)",
    "[press](https://bank.example@evil.example/)",
    "[press](//evil.example)",
    "[press](tauri://localhost)",
  ])("leads nowhere: %s", (text) => {
    const page = show(text);
    expect(page.querySelector("a[href]")).toBeNull();
    expect(textOf(page)).toContain("press");
  });

  it("says where a link leads that claims another place", () => {
    show("[https://bank.example](https://evil.example/x) and [bank.example](https://www.bank.example/)");
    expect(textOf(screen.getByText(/leads to/))).toContain("evil.example");
    expect(screen.getAllByText(/leads to/)).toHaveLength(1);
  });

  it("fetches no picture: it is a link that says where it lies", () => {
    const page = show("![a cat](https://spy.example/cat.png)");
    expect(page.querySelector("img, [src]")).toBeNull();
    expect(screen.getByRole<HTMLAnchorElement>("link", { name: /a cat/ }).href).toBe(
      "https://spy.example/cat.png",
    );
    expect(textOf(page)).toContain("picture at spy.example");
  });

  it("may nest deeper than can be read", () => {
    const page = show(`${">".repeat(20_000)} deep`);
    expect(textOf(page)).toContain("deep");
  });
});
