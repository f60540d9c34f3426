import { clsx } from "clsx";

interface MeterProps {
  /** From 0 to 1. */
  value: number;
  label: string;
  /** `mesh` marks the one that was chosen. */
  tone?: "plain" | "warn" | "mesh";
}

const FILLS = { plain: "bg-accent-bright", warn: "bg-warn", mesh: "mesh-bg" };

export function Meter({ value, label, tone = "plain" }: MeterProps) {
  const share = Math.min(1, Math.max(0, value));
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      className="h-1.5 w-full overflow-hidden rounded-full bg-press"
    >
      <div
        className={clsx("h-full rounded-full", FILLS[tone])}
        style={{ inlineSize: `${Math.max(2, share * 100)}%` }}
      />
    </div>
  );
}
