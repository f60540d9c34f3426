import { type ComponentType, lazy } from "react";

// What opens on a click or when something happens comes in chunks of its own.
const LOADS = {
  panel: () => import("./inspector/peer-panel"),
  pairing: () => import("./pairing/pair-cards"),
  add: () => import("./add/add-machine"),
};

export const PeerPanel = lazy(LOADS.panel);
export const PairCards = lazy(LOADS.pairing);
export const AddMachine = lazy(LOADS.add);

/** Fetches all of it, so that a click need not wait for the line. */
export async function fetchOnDemand() {
  const loads: (() => Promise<{ default: ComponentType<never> }>)[] = Object.values(LOADS);
  await Promise.allSettled(loads.map((load) => load()));
}
