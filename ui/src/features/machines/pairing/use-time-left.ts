import { useNow } from "@/components/use-now";

/** Whole seconds until then; nothing where no time is set. */
export function useSecondsLeft(until: string | null): number | null {
  const now = useNow(1000);
  if (until === null) return null;
  return Math.max(0, Math.ceil((new Date(until).getTime() - now) / 1000));
}
