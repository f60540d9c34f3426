import type { ReactNode } from "react";
import { CopyBtn } from "./copy-btn";

interface FactProps {
  label: string;
  /** What copying takes; the value itself when it is text. */
  copy?: { text: string; label: string };
  className?: string;
  children: ReactNode;
}

/** A named value; inside a `<dl>`. */
export function Fact({ label, copy, className, children }: FactProps) {
  return (
    <div className={className}>
      <dt className="text-2xs text-ink-3">{label}</dt>
      <dd className="flex items-start gap-2 text-sm">
        <span className="min-w-0 grow wrap-anywhere">{children}</span>
        {copy && <CopyBtn text={copy.text} label={copy.label} className="-my-1" />}
      </dd>
    </div>
  );
}
