import type { ReactNode } from "react";

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd
      dir="ltr"
      className="rounded-[5px] border border-line-strong px-1.5 font-sans text-2xs whitespace-nowrap text-ink-3"
    >
      {children}
    </kbd>
  );
}
