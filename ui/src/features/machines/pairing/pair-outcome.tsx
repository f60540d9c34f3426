import type { PairingOutcome, Peer } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { InlineError } from "@/components/inline-error";
import { SentenceText } from "@/components/sentence-text";
import { useCancelPairing, usePairWith } from "@/data/peer-writes";
import { useI18n } from "@/i18n/i18n";
import { navigate } from "@/routing/router";
import { peerName } from "../peer-status";

interface PairOutcomeProps {
  peer: Peer;
  outcome: PairingOutcome;
  onShow: () => void;
}

/** What helps after each end: looking at what was agreed, trying again, or finding out what is wrong. */
const NEXT: Record<PairingOutcome, "show" | "again" | "examine"> = {
  paired: "show",
  codes_differ: "again",
  codes_differ_there: "again",
  cancelled: "again",
  timed_out: "again",
  broken: "again",
  not_reached: "examine",
  too_often: "again",
  not_kept: "examine",
};

/** How a pairing ended, what that means, and the step after it. */
export function PairOutcome({ peer, outcome, onShow }: PairOutcomeProps) {
  const { t, say } = useI18n();
  const again = usePairWith(peer.id);
  const dismiss = useCancelPairing(peer.id);
  const error = again.error ?? dismiss.error;
  const meaning =
    outcome === "paired"
      ? t(peer.relation === "mine" ? "pairing.outcome_paired_mine" : "pairing.outcome_paired_other")
      : t(`pairing.outcome_${outcome}_text`, { name: peerName(peer) });
  const cause = outcome === "not_reached" && peer.trouble ? say(peer.trouble.error) : null;

  const show = () => {
    dismiss.mutate();
    onShow();
  };

  return (
    <>
      <p className="mt-1 text-center text-sm text-ink-2">{meaning}</p>
      {cause && (
        <p className="mt-3 rounded-md bg-warn-soft p-3 text-xs">
          <SentenceText text={`${cause.text} ${cause.fix}`} />
        </p>
      )}
      {error && (
        <div className="mt-3">
          <InlineError error={error} />
        </div>
      )}
      <div className="mt-4 grid gap-2">
        <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,7rem),1fr))] gap-2">
          {NEXT[outcome] === "show" && (
            <Btn variant="primary" onClick={show}>
              {t("pairing.show")}
            </Btn>
          )}
          {NEXT[outcome] !== "show" && (
            <Btn variant="primary" busy={again.isPending} onClick={() => again.mutate()}>
              {t("pairing.again")}
            </Btn>
          )}
          <Btn variant="outline" busy={dismiss.isPending} onClick={() => dismiss.mutate()}>
            {t(outcome === "paired" ? "action.done" : "action.close")}
          </Btn>
        </div>
        {NEXT[outcome] === "examine" && (
          <Btn size="sm" onClick={() => navigate({ screen: "diagnostics" })}>
            {t("pairing.examine")}
          </Btn>
        )}
      </div>
    </>
  );
}
