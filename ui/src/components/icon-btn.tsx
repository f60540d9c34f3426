import { clsx } from "clsx";
import type { ComponentProps } from "react";
import { Tooltip } from "./tooltip";

interface IconBtnProps extends ComponentProps<"button"> {
  /** Its name, shown as a tooltip too. */
  label: string;
}

export function IconBtn({ label, className, children, ...rest }: IconBtnProps) {
  return (
    <Tooltip text={label}>
      <button
        type="button"
        aria-label={label}
        className={clsx(
          "inline-grid size-8 shrink-0 place-items-center rounded-md text-ink-3 transition-colors duration-150 hover:bg-press hover:text-ink",
          className,
        )}
        {...rest}
      >
        {children}
      </button>
    </Tooltip>
  );
}
