import type { Peer, PairingStep } from "@/backend/api.gen";
import type { Tone } from "@/components/chip";
import type { Formats } from "@/i18n/formats";
import type { I18n } from "@/i18n/i18n";

/** How another machine is, in one word: what matters most to the person in front of this one. */
export type Status =
  | "requested"
  | "compare"
  | "opened"
  | "waiting"
  | "confirmed"
  | "answering"
  | "free"
  | "connected"
  | "connecting"
  | "trouble"
  | "away"
  | "nearby"
  | "found"
  | "blocked";

/** What needs the person comes first, then what is within reach. */
export const STATUSES: readonly Status[] = [
  "compare",
  "requested",
  "opened",
  "confirmed",
  "waiting",
  "answering",
  "free",
  "connected",
  "trouble",
  "connecting",
  "away",
  "nearby",
  "found",
  "blocked",
];

export const TONES: Record<Status, Tone> = {
  requested: "warn",
  compare: "warn",
  opened: "accent",
  waiting: "accent",
  confirmed: "accent",
  answering: "accent",
  free: "ok",
  connected: "ok",
  connecting: "plain",
  trouble: "warn",
  away: "plain",
  nearby: "plain",
  found: "plain",
  blocked: "bad",
};

export function statusOf(peer: Peer): Status {
  if (peer.state === "blocked") return "blocked";
  if (isPairing(peer)) return peer.pairing.step;
  // A stranger that is not heard is in the list because somebody went to its address.
  if (peer.state !== "trusted") return peer.presence === "away" ? "found" : "nearby";
  if (peer.presence === "connected") {
    if (peer.activity === "answering") return "answering";
    return peer.has_llm && peer.activity === "free" ? "free" : "connected";
  }
  if (peer.trouble) return "trouble";
  return peer.presence === "nearby" ? "connecting" : "away";
}

/** Two people are at it right now. */
export function isPairing(peer: Peer): peer is Peer & { pairing: { step: Exclude<PairingStep, "ended"> } } {
  return peer.pairing !== null && peer.pairing.step !== "ended";
}

/** Nothing was decided about it; a pairing that a crash cut off decides nothing. */
export function isStranger({ state }: Peer): boolean {
  return state === "discovered" || state === "pending";
}

/** What a machine is called here; one that was only heard has nothing but its id. */
export function peerName({ name, id }: Pick<Peer, "name" | "id">): string {
  return name ?? id.slice(0, 9);
}

/** Its sigil is drawn in colour only while it is trusted and within reach. */
export function isFaded(peer: Peer): boolean {
  return (
    peer.state === "blocked" || (!isPairing(peer) && (peer.state !== "trusted" || peer.presence === "away"))
  );
}

/** "now", "12 sec. ago", or nothing where it was never seen. */
export function lastSeen(peer: Peer, format: Formats, now: number): string {
  if (peer.presence === "connected") return format.ago(new Date(now).toISOString(), now);
  return peer.last_seen ? format.ago(peer.last_seen, now) : "";
}

/** What the map shows by shape and place, for those who do not see it. */
export function moreOf({ t, format }: I18n, peer: Peer): string {
  const parts = [t(`form.${peer.form}`)];
  if (peer.relation) parts.push(t(`peer.whose_${peer.relation}`));
  if (peer.rtt_ms !== null) parts.push(t("peer.rtt_of", { time: format.milliseconds(peer.rtt_ms) }));
  return format.list(parts);
}
