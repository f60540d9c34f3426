import type { Peer } from "@/backend/api.gen";
import { isStranger, peerName, STATUSES, statusOf } from "../peer-status";

export const COLUMNS = ["name", "address", "whose", "status", "rtt", "models", "seen"] as const;

export type Column = (typeof COLUMNS)[number];

export interface Order {
  by: Column;
  descending: boolean;
}

export const FILTERS = ["all", "connected", "trusted", "nearby", "blocked"] as const;

export type Filter = (typeof FILTERS)[number];

export function passes(peer: Peer, filter: Filter): boolean {
  switch (filter) {
    case "all":
      return true;
    case "connected":
      return peer.presence === "connected";
    case "trusted":
      return peer.state === "trusted";
    case "nearby":
      return isStranger(peer);
    case "blocked":
      return peer.state === "blocked";
  }
}

/** Every word must occur in its name, id, person or one of its addresses. */
export function matches(peer: Peer, query: string): boolean {
  const text = [peer.name, peer.offered_name, peer.id, peer.short_id, peer.person, ...peer.addresses]
    .join(" ")
    .toLocaleLowerCase();
  return query
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** A copy in order; equals stand by name, so that nothing changes places by itself. */
export function sorted(peers: readonly Peer[], { by, descending }: Order, language: string): Peer[] {
  const words = new Intl.Collator(language, { numeric: true });
  const sign = descending ? -1 : 1;
  return peers.toSorted((a, b) => {
    // What is not known stands last, whichever way round.
    const missing = Number(isMissing(a, by)) - Number(isMissing(b, by));
    if (missing !== 0) return missing;
    return sign * compare(a, b, by, words) || words.compare(peerName(a), peerName(b));
  });
}

function isMissing(peer: Peer, column: Column): boolean {
  switch (column) {
    case "name":
      return peer.name === null;
    case "address":
      return peer.addresses.length === 0;
    case "whose":
      return peer.relation === null;
    case "rtt":
      return peer.rtt_ms === null;
    case "seen":
      return peer.last_seen === null;
    case "status":
    case "models":
      return false;
  }
}

function compare(a: Peer, b: Peer, column: Column, words: Intl.Collator): number {
  switch (column) {
    case "name":
      return words.compare(peerName(a), peerName(b));
    case "address":
      return words.compare(a.addresses[0] ?? "", b.addresses[0] ?? "");
    case "whose":
      return words.compare(a.relation ?? "", b.relation ?? "");
    case "status":
      return STATUSES.indexOf(statusOf(a)) - STATUSES.indexOf(statusOf(b));
    case "rtt":
      return (a.rtt_ms ?? 0) - (b.rtt_ms ?? 0);
    case "models":
      return Number(b.has_llm) - Number(a.has_llm);
    case "seen":
      // The latest first.
      return Date.parse(b.last_seen ?? "") - Date.parse(a.last_seen ?? "");
  }
}
