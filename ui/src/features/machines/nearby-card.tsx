import { ChevronRight } from "lucide-react";
import type { Peer } from "@/backend/api.gen";
import { Card } from "@/components/card";
import { Btn } from "@/components/btn";
import { Sigil } from "@/components/sigil";
import { usePairWith } from "@/data/peer-writes";
import { useI18n } from "@/i18n/i18n";
import { peerName } from "./peer-status";

/** More are in the list below. */
const MOST = 4;

/** The first step of somebody who has paired nothing yet. */
export function NearbyCard({ peers, onShow }: { peers: readonly Peer[]; onShow: (id: string) => void }) {
  const { t } = useI18n();
  return (
    <Card title={t("nearby.title")} text={t("nearby.text")}>
      <ul className="mt-2 -mb-2">
        {peers.slice(0, MOST).map((peer) => (
          <NearbyRow key={peer.id} peer={peer} onShow={() => onShow(peer.id)} />
        ))}
      </ul>
    </Card>
  );
}

function NearbyRow({ peer, onShow }: { peer: Peer; onShow: () => void }) {
  const { t } = useI18n();
  const pair = usePairWith(peer.id);
  const name = peerName(peer);
  return (
    <li className="flex items-center gap-2 border-t border-line py-2 first:border-0">
      <button
        type="button"
        onClick={onShow}
        className="flex min-w-0 grow items-center gap-2.5 rounded-md text-start text-sm font-medium"
      >
        <Sigil machineKey={peer.key} size={30} faded />
        <bdi className="truncate">{name}</bdi>
        <ChevronRight size={14} aria-hidden className="shrink-0 text-ink-3 rtl:-scale-x-100" />
      </button>
      <Btn
        size="sm"
        variant="primary"
        aria-label={t("peer.pair_with", { name })}
        busy={pair.isPending}
        // What goes wrong is shown with the machine itself.
        onClick={() => pair.mutate(undefined, { onError: onShow })}
      >
        {t("peer.pair")}
      </Btn>
    </li>
  );
}
