const NAMED: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  ndash: "–",
  mdash: "—",
  hellip: "…",
  times: "×",
  deg: "°",
  rarr: "→",
  larr: "←",
  copy: "©",
  zwnj: "\u200c",
};

/** Text with those entities as characters that models write; others stay as they are. */
export function withCharacters(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (raw, decimal, hex, name) => {
    if (typeof name === "string") return NAMED[name] ?? raw;
    const code = typeof decimal === "string" ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : raw;
  });
}
