import { clsx } from "clsx";
import type { ComponentProps } from "react";

interface TextFieldProps extends Omit<ComponentProps<"input">, "onChange"> {
  value: string;
  onChange: (value: string) => void;
  invalid?: boolean;
  /** A short word behind the text, such as a unit. */
  suffix?: string | undefined;
}

export function TextField({ value, onChange, invalid = false, suffix, className, ...rest }: TextFieldProps) {
  return (
    // The suffix stands behind the text, so both follow the direction of the text.
    <span dir={suffix && rest.dir} className="relative inline-flex min-w-0 items-center">
      <input
        type="text"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={invalid || undefined}
        autoComplete="off"
        spellCheck={false}
        className={clsx(
          "field h-9 w-full min-w-0 px-3 text-sm disabled:opacity-60",
          suffix && "pe-16",
          className,
        )}
        {...rest}
      />
      {suffix && <span className="pointer-events-none absolute end-3 text-xs text-ink-3">{suffix}</span>}
    </span>
  );
}
