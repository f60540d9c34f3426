import type { ReactNode } from "react";

interface SectionProps {
  title: string;
  text?: string;
  action?: ReactNode;
  children?: ReactNode;
}

/** A titled part of the panel. */
export function Section({ title, text, action, children }: SectionProps) {
  return (
    <div className="mt-4 border-t border-line pt-3.5">
      <div className="flex items-center gap-2">
        <h3 className="grow text-xs font-semibold">{title}</h3>
        {action}
      </div>
      {text && <p className="mt-0.5 text-xs text-ink-3">{text}</p>}
      {children}
    </div>
  );
}
