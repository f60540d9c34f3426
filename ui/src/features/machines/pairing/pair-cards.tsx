import type { Machine, Peer } from "@/backend/api.gen";
import { useI18n } from "@/i18n/i18n";
import { PairCard } from "./pair-card";
import { pairingsOf } from "./pairings";

interface PairCardsProps {
  self: Machine;
  peers: readonly Peer[];
  onShow: (id: string) => void;
}

/** More at once would push everything else away; the others stand in the list. */
const MOST = 3;

/** A card for each pairing, the most urgent first. */
export default function PairCards({ self, peers, onShow }: PairCardsProps) {
  const { t } = useI18n();
  const pairings = pairingsOf(peers);
  const more = pairings.length - MOST;
  return (
    <>
      {pairings.slice(0, MOST).map(({ peer, pairing }) => (
        <PairCard key={peer.id} self={self} peer={peer} pairing={pairing} onShow={() => onShow(peer.id)} />
      ))}
      {more > 0 && <p className="text-center text-xs text-ink-3">{t("pairing.more", { count: more })}</p>}
    </>
  );
}
