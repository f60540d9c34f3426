import type { Peer } from "@/backend/api.gen";
import { isPairing, STATUSES, statusOf } from "../peer-status";
import type { Placed } from "./map-layout";

/** Those for whom there is no room of their own, as one. */
export interface Group extends Placed {
  filter: (typeof GROUPS)[number];
  count: number;
}

export interface Members {
  peers: Peer[];
  groups: Group[];
}

const GROUPS = ["connected", "trusted", "nearby"] as const;

/** Fixed keys, so that a group always stands in the same direction. */
const KEYS: Record<(typeof GROUPS)[number], string> = {
  connected: "f0000000",
  trusted: "90000000",
  nearby: "50000000",
};

/** Who stands on the map. Blocked ones do not; where there are too many, they stand together. */
export function membersOf(peers: readonly Peer[], room: number, selected: string | undefined): Members {
  const shown = peers.filter((peer) => peer.state !== "blocked");
  if (shown.length <= room) return { peers: shown, groups: [] };
  const first = (peer: Peer) => (peer.id === selected ? -1 : STATUSES.indexOf(statusOf(peer)));
  const inOrder = shown.toSorted((a, b) => first(a) - first(b) || a.id.localeCompare(b.id));
  const kept = Math.max(1, room - GROUPS.length);
  const rest = inOrder.slice(kept);
  const together = GROUPS.map((filter) => ({
    filter,
    members: rest.filter((peer) => filterOf(peer) === filter),
  }));
  // One alone takes no more room than a group of one.
  const alone = together.flatMap(({ members }) => (members.length === 1 ? members : []));
  const groups = together
    .filter(({ members }) => members.length > 1)
    .map(({ filter, members }) => groupOf(filter, members.length));
  return { peers: [...inOrder.slice(0, kept), ...alone], groups };
}

export function ringOf(peer: Peer): Placed["ring"] {
  return peer.state === "trusted" && !isPairing(peer) ? "inner" : "outer";
}

function groupOf(filter: (typeof GROUPS)[number], count: number): Group {
  return { id: `group ${filter}`, key: KEYS[filter], ring: "outer", filter, count };
}

function filterOf(peer: Peer): (typeof GROUPS)[number] {
  if (peer.presence === "connected") return "connected";
  return peer.state === "trusted" ? "trusted" : "nearby";
}
