import { clsx } from "clsx";

/** Holds the place of something that is on its way. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={clsx("breathing rounded-md bg-press", className)} />;
}
