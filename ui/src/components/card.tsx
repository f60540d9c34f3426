import { clsx } from "clsx";
import { type ReactNode, useId } from "react";

interface CardProps {
  title: string;
  /** One quiet line under the title. */
  text?: ReactNode;
  /** At the end of the title's line. */
  action?: ReactNode;
  /** For links that lead to it. */
  id?: string;
  children: ReactNode;
  className?: string;
}

/** A titled group of things that belong together. */
export function Card({ title, text, action, id, children, className }: CardProps) {
  const titleId = useId();
  return (
    <section id={id} aria-labelledby={titleId} className={clsx("card scroll-mt-4 p-4", className)}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-0 grow">
          <h2 id={titleId} className="text-sm font-semibold">
            {title}
          </h2>
          {text && <p className="text-xs text-ink-3">{text}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}
