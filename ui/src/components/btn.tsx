import { clsx } from "clsx";
import type { ComponentProps } from "react";

export type BtnVariant = "primary" | "soft" | "outline" | "ghost" | "danger";

interface BtnProps extends ComponentProps<"button"> {
  variant?: BtnVariant;
  size?: "sm" | "md";
  /** Keeps the button in place while its action runs. */
  busy?: boolean;
}

const VARIANTS: Record<BtnVariant, string> = {
  primary: "bg-accent text-on-accent shadow-1 hover:bg-accent-hover",
  soft: "bg-press text-ink hover:bg-press-2",
  outline: "border border-line-strong bg-raised text-ink hover:bg-press",
  danger: "bg-bad-soft text-bad-ink hover:bg-bad-soft/70",
  ghost: "text-ink-2 hover:bg-press hover:text-ink",
};

export function Btn({
  variant = "ghost",
  size = "md",
  busy = false,
  className,
  disabled,
  ...rest
}: BtnProps) {
  return (
    <button
      type="button"
      aria-busy={busy || undefined}
      disabled={disabled || busy}
      className={clsx(
        "inline-flex shrink-0 items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap transition-colors duration-150",
        busy ? "breathing" : "disabled:opacity-50",
        size === "sm" ? "h-8 px-2.5 text-xs" : "h-9 px-3.5 text-sm",
        VARIANTS[variant],
        className,
      )}
      {...rest}
    />
  );
}
