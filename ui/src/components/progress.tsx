interface ProgressProps {
  label: string;
  /** From 0 to 1; `null` while nobody knows how much there is. */
  value: number | null;
  /** In words, for those who do not see it. */
  text?: string;
  /** It does not go on at present. */
  still?: boolean;
}

/** How far something has come that travels over a network. */
export function Progress({ label, value, text, still = false }: ProgressProps) {
  const share = value === null ? null : Math.min(1, Math.max(0, value));
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.floor(share * 100)}
      aria-valuetext={text}
      className="h-1.5 w-full overflow-hidden rounded-full bg-press"
    >
      {share === null
        ? !still && <div className="hairline h-full!" />
        : share > 0 && (
            <div
              className={
                still ? "h-full rounded-full bg-ink-3" : "mesh-bg h-full rounded-full rtl:-scale-x-100"
              }
              style={{ inlineSize: `max(${share * 100}%, .375rem)` }}
            />
          )}
    </div>
  );
}
