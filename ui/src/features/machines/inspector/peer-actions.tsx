import { Ban, Trash2, Undo2 } from "lucide-react";
import { useState } from "react";
import type { Peer } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Dialog } from "@/components/dialog";
import { InlineError } from "@/components/inline-error";
import { tell } from "@/components/toast-manager";
import { useForget, useUnblock } from "@/data/peer-writes";
import { useI18n } from "@/i18n/i18n";
import { peerName } from "../peer-status";
import { useBlocking } from "../use-blocking";

interface PeerActionsProps {
  peer: Peer;
  /** There is nothing more to show about it. */
  onGone: () => void;
}

type Question = "forget" | "block";

/** To let go of a machine, or to keep it out. What cannot be taken back is asked first. */
export function PeerActions({ peer, onGone }: PeerActionsProps) {
  const { t } = useI18n();
  const [asking, setAsking] = useState<Question | null>(null);
  const [asked, setAsked] = useState<Question>("forget");
  const name = peerName(peer);
  const forget = useForget(peer.id, () => {
    tell(t("peer.forgotten", { name }));
    onGone();
  });
  const unblock = useUnblock(peer.id, () => tell(t("peer.unblocked", { name })));
  const block = useBlocking(peer);
  const error = forget.error ?? unblock.error ?? block.error;
  const trusted = peer.state === "trusted";

  const ask = (question: Question) => {
    setAsked(question);
    setAsking(question);
  };
  const consent = () => {
    setAsking(null);
    if (asked === "block") block.now();
    else forget.mutate();
  };

  return (
    <div className="mt-4 grid gap-2 border-t border-line pt-4">
      {error && <InlineError error={error} />}
      <div className="flex flex-wrap gap-2">
        {trusted && (
          <Btn size="sm" variant="outline" busy={forget.isPending} onClick={() => ask("forget")}>
            <Trash2 size={14} />
            {t("peer.forget")}
          </Btn>
        )}
        {peer.state === "blocked" ? (
          <Btn size="sm" variant="outline" busy={unblock.isPending} onClick={() => unblock.mutate()}>
            <Undo2 size={14} />
            {t("peer.unblock")}
          </Btn>
        ) : (
          <Btn
            size="sm"
            variant="outline"
            busy={block.isPending}
            // A stranger that is unblocked is what it was before; a trusted machine is not.
            onClick={() => (trusted ? ask("block") : block.now())}
          >
            <Ban size={14} />
            {t("peer.block")}
          </Btn>
        )}
      </div>
      {peer.state === "blocked" && <p className="text-xs text-ink-3">{t("peer.unblock_text")}</p>}
      <Dialog
        open={asking !== null}
        onClose={() => setAsking(null)}
        title={t(`peer.${asked}_title`, { name })}
        text={t(peer.relation === "mine" ? `peer.${asked}_mine_text` : `peer.${asked}_text`)}
      >
        <div className="mt-5 flex flex-wrap justify-end gap-2">
          <Btn variant="outline" onClick={() => setAsking(null)}>
            {t("action.cancel")}
          </Btn>
          <Btn variant="danger" onClick={consent}>
            {t(`peer.${asked}`)}
          </Btn>
        </div>
      </Dialog>
    </div>
  );
}
