import type { Pairing, PairingStep, Peer } from "@/backend/api.gen";
import type { I18n } from "@/i18n/i18n";
import { peerName } from "../peer-status";

export interface PeerPairing {
  peer: Peer;
  pairing: Pairing;
}

const URGENCY: readonly PairingStep[] = ["compare", "opened", "confirmed", "requested", "waiting", "ended"];

/** Every pairing under way and those that have just ended, the most urgent first. */
export function pairingsOf(peers: readonly Peer[]): PeerPairing[] {
  return peers
    .flatMap((peer) => (peer.pairing && !isOvertaken(peer) ? [{ peer, pairing: peer.pairing }] : []))
    .toSorted((a, b) => URGENCY.indexOf(a.pairing.step) - URGENCY.indexOf(b.pairing.step));
}

/** It failed, and a ticket or a mesh key has joined the two since. */
function isOvertaken({ pairing, presence, origin }: Peer): boolean {
  const joined = presence === "connected" && origin !== "open_network";
  return joined && pairing?.step === "ended" && pairing.outcome !== "paired";
}

/** Where a pairing stands, in a few words. */
export function pairingTitle({ t }: I18n, { peer, pairing }: PeerPairing): string {
  const { step, outcome } = pairing;
  const name = peerName(peer);
  return t(step === "ended" ? `pairing.outcome_${outcome ?? "broken"}` : `pairing.${step}`, { name });
}
