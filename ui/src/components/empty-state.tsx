import type { ReactNode } from "react";
import { Field } from "./field";

interface EmptyStateProps {
  mark: ReactNode;
  title: string;
  text: ReactNode;
  action?: ReactNode;
  /** Heading level by its place on the page. */
  heading?: "h1" | "h2";
}

/** A whole area with nothing in it yet: one sentence, one action. */
export function EmptyState({ mark, title, text, action, heading: Heading = "h1" }: EmptyStateProps) {
  return (
    <div className="relative grid h-full place-items-center overflow-y-auto p-6">
      <Field opacity={0.9} />
      <div className="relative flex max-w-md flex-col items-center text-center">
        {mark}
        <Heading className="mt-5 text-xl font-semibold tracking-[-.015em]">{title}</Heading>
        <div className="mt-2 text-sm text-ink-2">{text}</div>
        {action && <div className="mt-5">{action}</div>}
      </div>
    </div>
  );
}
