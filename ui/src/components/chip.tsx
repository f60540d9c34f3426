import { clsx } from "clsx";
import type { ReactNode } from "react";

export type Tone = "plain" | "ok" | "warn" | "bad" | "accent";

const TONES: Record<Tone, string> = {
  plain: "bg-press text-ink-2",
  ok: "bg-ok-soft text-ok-ink",
  warn: "bg-warn-soft text-warn-ink",
  bad: "bg-bad-soft text-bad-ink",
  accent: "bg-accent-soft text-accent-ink",
};

export function Chip({
  tone = "plain",
  children,
  className,
}: {
  tone?: Tone;
  children: ReactNode;
  className?: string;
}) {
  return (
    <span
      className={clsx(
        "inline-flex h-5.5 items-center gap-1.5 rounded-full px-2 text-2xs font-medium whitespace-nowrap",
        TONES[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
