import { clsx } from "clsx";
import type { ReactNode } from "react";

/** Ids, addresses, paths and commands: always left to right, also inside Persian. */
export function Mono({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <bdi dir="ltr" className={clsx("font-mono text-[.92em] wrap-anywhere", className)}>
      {children}
    </bdi>
  );
}
