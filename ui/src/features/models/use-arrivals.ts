import { useEffect, useReducer } from "react";
import type { Pull } from "@/backend/api.gen";
import { useNow } from "@/components/use-now";
import { type Arrivals, arrive, beginArrivals, isStalled, speedOf } from "./arrivals";

const LOOK_EVERY_MS = 1000;
const NOTHING: Arrivals = { seen: new Map(), marks: [] };

type Told = Pick<Pull, "parts" | "state"> & { at: number };

/** How quickly a download arrives, and whether it does at all. */
export function useArrivals({ parts, state }: Pull): { speed: number | null; stalled: boolean } {
  const now = useNow(LOOK_EVERY_MS);
  const [arrivals, hear] = useReducer(goOn, NOTHING);
  useEffect(() => hear({ parts, state, at: Date.now() }), [parts, state]);
  return { speed: speedOf(arrivals, now), stalled: isStalled(arrivals, now) };
}

/** What waited begins anew. */
function goOn(before: Arrivals, { parts, state, at }: Told): Arrivals {
  if (state !== "running") return NOTHING;
  return before === NOTHING ? beginArrivals(parts, at) : arrive(before, parts, at);
}
