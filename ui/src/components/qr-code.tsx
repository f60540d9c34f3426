interface QrCodeProps {
  /** One string for each row, 1 for a dark module. */
  rows: readonly string[];
  label: string;
}

/** Light modules around it, without which cameras do not find it. */
const QUIET = 4;

/** Dark on light in every theme: many cameras read nothing else. */
export function QrCode({ rows, label }: QrCodeProps) {
  const size = rows.length + 2 * QUIET;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="block size-56 max-w-full rounded-md"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={rows.map(drawn).join("")} fill="#000" />
    </svg>
  );
}

/** The dark runs of one row. */
function drawn(row: string, y: number): string {
  return [...row.matchAll(/1+/g)]
    .map(({ index, 0: run }) => `M${index + QUIET} ${y + QUIET}h${run.length}v1h-${run.length}z`)
    .join("");
}
