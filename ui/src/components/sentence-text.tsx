/** A sentence in which `backticks` mark something to type. */
export function SentenceText({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 ? (
      <code
        // oxlint-disable-next-line react/no-array-index-key -- the parts of one text never move
        key={index}
        dir="ltr"
        // In one piece where it fits: across two lines of Persian its words would change places.
        className="inline-block max-w-full rounded-[5px] bg-press px-1 py-px font-mono text-[.92em] wrap-anywhere text-ink"
      >
        {part}
      </code>
    ) : (
      part
    ),
  );
}
