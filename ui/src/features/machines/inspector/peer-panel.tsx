import { X } from "lucide-react";
import { useId } from "react";
import type { Peer } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Chip } from "@/components/chip";
import { IconBtn } from "@/components/icon-btn";
import { InlineError } from "@/components/inline-error";
import { Sigil } from "@/components/sigil";
import { useI18n } from "@/i18n/i18n";
import { usePairWith } from "@/data/peer-writes";
import { FormIcon } from "../form-icon";
import { isFaded, isPairing, isStranger, peerName, statusOf, TONES } from "../peer-status";
import { PeerActions } from "./peer-actions";
import { PeerFacts } from "./peer-facts";
import { PeerHistory } from "./peer-history";
import { PeerRemarks } from "./peer-remarks";
import { PeerTraffic } from "./peer-traffic";
import { PermissionList } from "./permission-list";
import { QuotaForm } from "./quota-form";

interface PeerPanelProps {
  peer: Peer;
  onClose: () => void;
}

/** Everything about one other machine, and everything a person can decide about it. */
export default function PeerPanel({ peer, onClose }: PeerPanelProps) {
  const { t } = useI18n();
  const titleId = useId();
  const status = statusOf(peer);
  const trusted = peer.state === "trusted";
  return (
    <section aria-labelledby={titleId} className="min-w-0">
      <header className="flex items-start gap-3">
        <Sigil machineKey={peer.key} size={44} faded={isFaded(peer)} />
        <div className="min-w-0 grow">
          <h2 id={titleId} className="truncate text-base leading-5 font-semibold">
            <bdi>{peerName(peer)}</bdi>
          </h2>
          <p className="mt-0.5 flex items-center gap-1.5 text-xs text-ink-3">
            {peer.form !== "unknown" && <FormIcon form={peer.form} />}
            {t(peer.relation ? `peer.is_${peer.relation}` : `peer.is_${peer.state}`)}
          </p>
          <Chip tone={TONES[status]} className="mt-1.5">
            {t(`peer.status_${status}`)}
          </Chip>
        </div>
        <IconBtn label={t("action.close")} onClick={onClose} className="-me-1.5 -mt-1">
          <X size={16} />
        </IconBtn>
      </header>
      <PeerRemarks peer={peer} />
      {!isPairing(peer) && <PairOffer peer={peer} />}
      {trusted && <PermissionList peer={peer} />}
      <PeerFacts peer={peer} />
      {trusted && <PeerTraffic peer={peer} />}
      {trusted && <QuotaForm peer={peer} />}
      <PeerHistory peer={peer} />
      <PeerActions peer={peer} onGone={onClose} />
    </section>
  );
}

/** For a stranger, and for one that only an open network let in. */
function PairOffer({ peer }: { peer: Peer }) {
  const { t } = useI18n();
  const pair = usePairWith(peer.id);
  const open = peer.origin === "open_network";
  if (!isStranger(peer) && !open) return null;
  return (
    <div className="mt-4 grid gap-2">
      <p className="text-xs text-ink-2">{t(open ? "peer.open_network_only" : "peer.pair_text")}</p>
      {pair.error && <InlineError error={pair.error} />}
      <Btn variant="primary" busy={pair.isPending} onClick={() => pair.mutate()}>
        {t("peer.pair")}
      </Btn>
    </div>
  );
}
