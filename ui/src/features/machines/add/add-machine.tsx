import { type FormEvent, useId, useState } from "react";
import { Btn } from "@/components/btn";
import { Dialog } from "@/components/dialog";
import { FieldError } from "@/components/field-error";
import { TextField } from "@/components/text-field";
import { tell } from "@/components/toast-manager";
import { useAddPeer } from "@/data/peer-writes";
import { useI18n } from "@/i18n/i18n";
import { inOneLine } from "@/i18n/sentence";
import { navigate } from "@/routing/router";
import { peerName } from "../peer-status";

/** For a machine that does not appear by itself. */
export default function AddMachine({ onClose }: { onClose: () => void }) {
  const { t } = useI18n();
  return (
    <Dialog open onClose={onClose} title={t("add.title")} text={t("add.text")}>
      <AddressForm onDone={onClose} />
    </Dialog>
  );
}

function AddressForm({ onDone }: { onDone: () => void }) {
  const { t, say } = useI18n();
  const id = useId();
  const add = useAddPeer();
  const [address, setAddress] = useState("");
  const [tried, setTried] = useState(false);
  const empty = address.trim() === "";
  const problem = tried && empty ? t("add.empty") : add.error ? inOneLine(say(add.error)) : null;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (empty) return;
    add.mutate(address.trim(), {
      onSuccess(peer) {
        tell(t("add.done", { name: peerName(peer) }));
        navigate({ screen: "machines", section: peer.id });
      },
    });
  };

  return (
    <form onSubmit={submit} className="mt-4 grid">
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {t("add.address")}
      </label>
      <TextField
        id={id}
        value={address}
        onChange={(text) => {
          setAddress(text);
          add.reset();
        }}
        placeholder="192.168.1.20:7878"
        dir="ltr"
        invalid={problem !== null}
        aria-describedby={problem ? `${id}-error` : `${id}-help`}
        disabled={add.isPending}
        className="font-mono"
      />
      {problem ? (
        <FieldError id={`${id}-error`} text={problem} />
      ) : (
        <p id={`${id}-help`} className="mt-1.5 text-xs text-ink-3">
          {t("add.address_help")}
        </p>
      )}
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Btn variant="outline" onClick={onDone}>
          {t("action.cancel")}
        </Btn>
        <Btn type="submit" variant="primary" busy={add.isPending}>
          {add.isPending ? t("add.reaching") : t("add.reach")}
        </Btn>
      </div>
    </form>
  );
}
