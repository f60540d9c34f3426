import { type FormEvent, useId, useState } from "react";
import type { Peer } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { FieldError } from "@/components/field-error";
import { TextField } from "@/components/text-field";
import { tell } from "@/components/toast-manager";
import { useRedeemTicket } from "@/data/join-writes";
import { useAddPeer } from "@/data/peer-writes";
import { useI18n } from "@/i18n/i18n";
import { inFull } from "@/i18n/sentence";
import { navigate } from "@/routing/router";
import { peerName } from "../peer-status";

/** How every ticket begins. */
const TICKET = "banyan:";

/** Goes to an address, or where a ticket leads. */
export function ReachForm({ onClose }: { onClose: () => void }) {
  const { t, say } = useI18n();
  const id = useId();
  const add = useAddPeer();
  const redeem = useRedeemTicket();
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const where = text.trim();
  const busy = add.isPending || redeem.isPending;
  // The ticket says what it means, and the person has to mean the same.
  const asksWhose = redeem.error?.code === "ticket_is_mine";
  const error = add.error ?? redeem.error;
  const problem = tried && where === "" ? t("add.empty") : error && !asksWhose ? inFull(say(error)) : null;

  const onSuccess = (peer: Peer) => {
    tell(t(peer.state === "trusted" ? "add.joined" : "add.done", { name: peerName(peer) }));
    navigate({ screen: "machines", section: peer.id });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (where === "") return;
    add.reset();
    if (where.startsWith(TICKET)) redeem.mutate({ ticket: where, mine: asksWhose }, { onSuccess });
    else add.mutate(where, { onSuccess });
  };

  return (
    <form onSubmit={submit} className="mt-4 grid">
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {t("add.address")}
      </label>
      <TextField
        id={id}
        value={text}
        onChange={(typed) => {
          setText(typed);
          add.reset();
          redeem.reset();
        }}
        placeholder="192.168.1.20:7878"
        dir="ltr"
        invalid={problem !== null}
        aria-describedby={problem ? `${id}-error` : `${id}-help`}
        disabled={busy}
        className="font-mono"
      />
      {problem ? (
        <FieldError id={`${id}-error`} text={problem} />
      ) : (
        <p id={`${id}-help`} className="mt-1.5 text-xs text-ink-3">
          {t("add.address_help")}
        </p>
      )}
      {asksWhose && (
        <p role="alert" className="mt-3 rounded-md bg-warn-soft p-3 text-sm">
          {t("add.both_mine")}
        </p>
      )}
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Btn variant="outline" onClick={onClose}>
          {t("action.cancel")}
        </Btn>
        <Btn type="submit" variant="primary" busy={busy}>
          {t(busy ? "add.reaching" : asksWhose ? "add.both_mine_yes" : "add.reach")}
        </Btn>
      </div>
    </form>
  );
}
