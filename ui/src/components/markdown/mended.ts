/**
 * The open end of a text with its half-written marks closed or left out, so
 * that nobody sees a mark turn into what it means.
 */
export function mended(end: string): string {
  const start = end.lastIndexOf("\n\n") + 1;
  return end.slice(0, start) + withMarksClosed(withTable(withoutRule(end.slice(start))));
}

/** A line of dashes may become a list, a rule or the line below a title. */
function withoutRule(text: string): string {
  return text.replace(/(^|\n)[ \t]*(?:[-=]+|[*+]|\d+\.?|`{1,2}|#{1,6})[ \t]*$/, "$1");
}

/** What begins with a bar is the head of a table; the line that decides it comes after. */
function withTable(text: string): string {
  const head = /^\s*(\|[^\n]*)(?:\n[|:\- \t]*)?$/.exec(text)?.[1]?.trimEnd();
  if (head === undefined) return text;
  const row = head.endsWith("|") && head.length > 1 ? head : `${head} |`;
  const columns = row.replaceAll("\\|", "").split("|").length - 2;
  return `${row}\n|${"---|".repeat(columns)}`;
}

function withMarksClosed(text: string): string {
  const display = text.lastIndexOf("$$");
  if (count(text, "$$") % 2 === 1) return text.slice(0, display);
  const bracket = text.lastIndexOf("\\[");
  if (bracket > text.lastIndexOf("\\]")) return text.slice(0, bracket);
  const outside = text.replaceAll(/`[^`\n]*`/g, (code) => " ".repeat(code.length));
  if (count(outside, "`") % 2 === 1) {
    return text.endsWith("`") ? text.slice(0, -1) : `${text}\``;
  }
  return closed(withoutOpenLink(withoutOpener(text)));
}

/** A mark at the very end opens something of which nothing is there yet. */
function withoutOpener(text: string): string {
  return text.replace(/(^|\s)(?:[*_~]+|!?\[)$/, "$1");
}

/** A link is its words until all of its address is there; a box is not yet one. */
function withoutOpenLink(text: string): string {
  return text
    .replace(/^([ \t]*(?:[-*+]|\d+\.) )\[[ xX]?\]?$/m, "$1")
    .replace(/!?\[([^\]\n]*)(?:\](?:\([^)\n]*)?)?$/, "$1");
}

function closed(text: string): string {
  const words = text.replaceAll(/`[^`\n]*`/g, "");
  for (const mark of ["**", "~~"]) {
    if (count(words, mark) % 2 === 1) return text.endsWith(mark[0] ?? "") ? `${text}${mark[0]}` : text + mark;
  }
  return text;
}

function count(text: string, mark: string): number {
  return text.split(mark).length - 1;
}
