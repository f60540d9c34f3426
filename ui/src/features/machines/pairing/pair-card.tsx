import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { Machine, Pairing, Peer } from "@/backend/api.gen";
import type { CallError } from "@/backend/call-error";
import { Btn } from "@/components/btn";
import { InlineError } from "@/components/inline-error";
import { useAnswerPairing, useCancelPairing, useOpenRequest } from "@/data/peer-writes";
import { useI18n } from "@/i18n/i18n";
import { useBlocking } from "../use-blocking";
import { peerName } from "../peer-status";
import { CompareStep } from "./compare-step";
import { PairCode } from "./pair-code";
import { type Bond, PairFaces } from "./pair-faces";
import { PairOutcome } from "./pair-outcome";
import { pairingTitle } from "./pairings";
import { TimeLeft } from "./time-left";

interface PairCardProps {
  self: Machine;
  peer: Peer;
  pairing: Pairing;
  /** Shows what is known about the machine. */
  onShow: () => void;
}

/** A pairing from the first word to its end: what happens, what to do now, and how long there is for it. */
export function PairCard({ self, peer, pairing, onShow }: PairCardProps) {
  const i18n = useI18n();
  const titleId = useId();
  const card = useFocusThatStays(pairing.step);
  const cancel = useCancelPairing(peer.id);
  const [calledOff, setCalledOff] = useState(false);
  const { step, outcome } = pairing;
  const ended = step === "ended";
  const title = pairingTitle(i18n, { peer, pairing });

  const callOff = () => {
    setCalledOff(true);
    cancel.mutate();
  };
  // Nobody needs to be told of an end that they brought about themselves.
  const known = calledOff && ended && outcome === "cancelled";
  const { mutate: dismiss } = cancel;
  useEffect(() => {
    if (known) dismiss();
  }, [known, dismiss]);

  if (known) return null;
  return (
    <section ref={card} tabIndex={-1} aria-labelledby={titleId} className="card p-4 outline-none">
      <PairFaces self={self} peer={peer} bond={bondOf(pairing)} />
      <h2 id={titleId} className="mt-3 text-center text-base font-semibold tracking-[-.01em] wrap-anywhere">
        {title}
      </h2>
      {ended ? (
        <PairOutcome peer={peer} outcome={outcome ?? "broken"} onShow={onShow} />
      ) : (
        <>
          <Step
            peer={peer}
            pairing={pairing}
            cancel={{ mutate: callOff, isPending: cancel.isPending, error: cancel.error }}
          />
          <TimeLeft until={pairing.ends_at} />
        </>
      )}
    </section>
  );
}

function bondOf({ step, outcome }: Pairing): Bond {
  if (step !== "ended") return "coming";
  if (outcome === "paired") return "made";
  return outcome === "codes_differ" || outcome === "codes_differ_there" ? "doubtful" : "none";
}

interface StepProps {
  peer: Peer;
  pairing: Pairing;
  cancel: { mutate: () => void; isPending: boolean; error: CallError | null };
}

function Step({ peer, pairing, cancel }: StepProps) {
  const { t } = useI18n();
  const name = peerName(peer);
  const open = useOpenRequest(peer.id);
  const answer = useAnswerPairing(peer.id);
  const block = useBlocking(peer);
  const error = open.error ?? answer.error ?? cancel.error ?? block.error;
  const failed = error && (
    <div className="mt-3">
      <InlineError error={error} />
    </div>
  );
  const stop = (
    <Btn variant="outline" busy={cancel.isPending} onClick={() => cancel.mutate()}>
      {t("action.cancel")}
    </Btn>
  );

  switch (pairing.step) {
    case "requested":
      return (
        <>
          <Explanation>{t("pairing.requested_text")}</Explanation>
          {failed}
          <div className="mt-4 grid gap-2">
            <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,7rem),1fr))] gap-2">
              <Btn variant="primary" busy={open.isPending} onClick={() => open.mutate()}>
                {t("pairing.open")}
              </Btn>
              <Btn variant="outline" busy={cancel.isPending} onClick={() => cancel.mutate()}>
                {t("pairing.not_now")}
              </Btn>
            </div>
            <Btn size="sm" className="whitespace-normal!" busy={block.isPending} onClick={block.now}>
              {t("pairing.block", { name })}
            </Btn>
          </div>
        </>
      );
    case "waiting":
    case "opened":
      return (
        <>
          <Explanation>{t(`pairing.${pairing.step}_text`)}</Explanation>
          {pairing.step === "opened" && (
            <div className="mt-4">
              <PairCode code={null} />
            </div>
          )}
          {failed}
          <div className="mt-4 grid">{stop}</div>
        </>
      );
    case "compare":
      return (
        <>
          <Explanation>{t("pairing.compare_text", { name })}</Explanation>
          <CompareStep
            name={name}
            code={pairing.code}
            busy={answer.isPending}
            onAnswer={(given) => answer.mutate(given)}
          />
          {failed}
        </>
      );
    case "confirmed":
      return (
        <>
          <Explanation>{t("pairing.confirmed_text", { name })}</Explanation>
          <div className="mt-4">
            <PairCode code={pairing.code} quiet />
          </div>
          {failed}
          <div className="mt-4 grid">{stop}</div>
        </>
      );
    case "ended":
      return null;
  }
}

function Explanation({ children }: { children: ReactNode }) {
  return <p className="mt-1 text-center text-sm text-ink-2">{children}</p>;
}

/** The button that was pressed goes with its step; the focus stays on the card. */
function useFocusThatStays(step: string) {
  const card = useRef<HTMLElement>(null);
  const hadFocus = useRef(false);
  useEffect(() => {
    const element = card.current;
    if (!element) return;
    const remember = () => (hadFocus.current = true);
    const forget = (event: FocusEvent) => {
      // A removed element loses the focus to nowhere; that is not the person's doing.
      if (event.relatedTarget !== null) hadFocus.current = false;
    };
    element.addEventListener("focusin", remember);
    element.addEventListener("focusout", forget);
    return () => {
      element.removeEventListener("focusin", remember);
      element.removeEventListener("focusout", forget);
    };
  }, []);
  useEffect(() => {
    const nowhere = document.activeElement === null || document.activeElement === document.body;
    if (hadFocus.current && nowhere) card.current?.focus();
  }, [step]);
  return card;
}
