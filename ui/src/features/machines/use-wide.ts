import { useSyncExternalStore } from "react";

/** Where the details of a machine stand beside the map instead of over it. */
const WIDE = "(min-width: 64rem)";

export function useWide(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(WIDE).matches);
}

function subscribe(onChange: () => void) {
  const query = matchMedia(WIDE);
  query.addEventListener("change", onChange);
  return () => query.removeEventListener("change", onChange);
}
