import type { Peer } from "@/backend/api.gen";
import { callError } from "@/backend/call-error";
import { tell, tellFailure, tellWithUndo } from "@/components/toast-manager";
import { useBlock, useUnblock } from "@/data/peer-writes";
import { useI18n } from "@/i18n/i18n";
import { peerName } from "./peer-status";

/** Blocks a machine. For a stranger it can be taken back; trust that ended cannot. */
export function useBlocking(peer: Peer) {
  const { t, say } = useI18n();
  const name = peerName(peer);
  const unblock = useUnblock(peer.id, () => tell(t("peer.unblocked", { name })));
  const undo = () => {
    unblock.mutateAsync().catch((thrown: unknown) => {
      const { title, text } = say(callError(thrown));
      tellFailure(title, text);
    });
  };
  const block = useBlock(peer.id, () => {
    const done = t("peer.blocked", { name });
    if (peer.state === "trusted") tell(done);
    else tellWithUndo(done, t("action.undo"), undo);
  });
  return { now: () => block.mutate(), isPending: block.isPending, error: block.error };
}
