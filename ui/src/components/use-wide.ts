import { useSyncExternalStore } from "react";

/** Where details stand beside what they are about instead of over it. */
const WIDE = "(min-width: 64rem)";

export function useWide(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(WIDE).matches);
}

function subscribe(onChange: () => void) {
  const query = matchMedia(WIDE);
  query.addEventListener("change", onChange);
  return () => query.removeEventListener("change", onChange);
}
