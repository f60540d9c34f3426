import { clsx } from "clsx";
import { useMemo } from "react";
import { drawSigil } from "./sigil-drawing";

/** The mark of a machine, drawn from its public key. Its name always stands beside it. */
export function Sigil({
  machineKey,
  size = 28,
  faded = false,
  className,
}: {
  machineKey: string;
  size?: number;
  /** For machines that are away or not trusted. */
  faded?: boolean;
  className?: string;
}) {
  const { hue } = useMemo(() => drawSigil(machineKey), [machineKey]);
  return (
    <span
      aria-hidden
      className={clsx("inline-grid shrink-0 place-items-center rounded-full", className)}
      style={{ inlineSize: size, blockSize: size, background: discColour(hue, faded) }}
    >
      <svg width={size * 0.8} height={size * 0.8} viewBox="0 0 24 24">
        <SigilGlyph machineKey={machineKey} faded={faded} />
      </svg>
    </span>
  );
}

/** The constellation alone, for use inside another drawing. */
export function SigilGlyph({ machineKey, faded = false }: { machineKey: string; faded?: boolean }) {
  const { hue, stars, lines, large } = useMemo(() => drawSigil(machineKey), [machineKey]);
  return (
    <g stroke="currentColor" fill="currentColor" style={{ color: inkColour(hue, 1, faded) }}>
      {lines.map(([from, to]) => (
        <line
          key={`${from.x}-${to.x}`}
          x1={from.x}
          y1={from.y}
          x2={to.x}
          y2={to.y}
          strokeWidth="1"
          opacity=".55"
        />
      ))}
      {stars.map((star, index) => (
        <circle key={star.x} cx={star.x} cy={star.y} r={index === large ? 2.5 : 1.6} stroke="none" />
      ))}
    </g>
  );
}

export function inkColour(hue: number, alpha = 1, faded = false): string {
  return `oklch(var(--sigil-ink-l) ${faded ? 0.03 : 0.15} ${hue} / ${alpha})`;
}

export function discColour(hue: number, faded = false): string {
  return `oklch(var(--sigil-disc-l) ${faded ? 0.008 : 0.045} ${hue})`;
}
