import type { ReactNode } from "react";

interface PageProps {
  title: string;
  /** One line about the present state. */
  summary: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}

/** A scrolling screen: title, one line of state, at most one primary action, content. */
export function Page({ title, summary, action, children }: PageProps) {
  return (
    <div
      className="relative h-full overflow-x-hidden overflow-y-auto"
      tabIndex={0}
      role="region"
      aria-label={title}
      data-scroller
    >
      <div className="aurora" />
      <div className="relative mx-auto max-w-[1120px] px-4 py-5 md:px-6">
        <header className="flex flex-wrap items-center gap-3">
          <div className="min-w-0 grow basis-40">
            <h1 className="text-xl font-semibold tracking-[-.015em]">{title}</h1>
            <p className="text-xs text-ink-3 wrap-anywhere">{summary}</p>
          </div>
          {action}
        </header>
        {children}
      </div>
    </div>
  );
}
