import { type FormEvent, useId, useState } from "react";
import type { Access, MachineModels } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Dialog } from "@/components/dialog";
import { InlineError } from "@/components/inline-error";
import { Sigil } from "@/components/sigil";
import { TextField } from "@/components/text-field";
import { useAskAccess, useWithdrawAccess } from "@/data/access-writes";
import { useAccess, useMachineKey } from "@/data/reads";
import { type I18n, useI18n } from "@/i18n/i18n";

const MOST_CHARS = 300;

/** A machine that has models and keeps them from this one: its person can be asked. */
export function ClosedMachine({ machine: { peer, name } }: { machine: MachineModels }) {
  const i18n = useI18n();
  const { t } = i18n;
  const key = useMachineKey(peer);
  const asked = useAccess().data?.find((one) => one.peer === peer && one.asked_by === "us");
  const withdraw = useWithdrawAccess(peer);
  const [asking, setAsking] = useState(false);
  const open = asked?.state === "open";
  return (
    <div className="border-t border-line py-3">
      <div className="flex flex-wrap items-center gap-3">
        {key && <Sigil machineKey={key} size={26} faded />}
        <div className="min-w-0 grow basis-48 text-xs text-ink-3">
          <p>{t("models.not_permitted", { name })}</p>
          {asked && <p className="mt-0.5 text-ink-2">{askedWords(i18n, asked)}</p>}
          {asked?.words && (
            <p className="mt-1 border-s-2 border-line-strong ps-2 text-ink wrap-anywhere">
              <bdi>{asked.words}</bdi>
            </p>
          )}
        </div>
        {open ? (
          <Btn size="sm" variant="outline" busy={withdraw.isPending} onClick={() => withdraw.mutate()}>
            {t("access.withdraw")}
          </Btn>
        ) : (
          <Btn size="sm" variant="soft" onClick={() => setAsking(true)}>
            {t("access.ask")}
          </Btn>
        )}
      </div>
      {withdraw.error && (
        <div className="mt-2">
          <InlineError error={withdraw.error} />
        </div>
      )}
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t("access.ask_title", { name })}
        text={t("access.ask_text")}
      >
        <AskForm peer={peer} onDone={() => setAsking(false)} />
      </Dialog>
    </div>
  );
}

/** What became of asking before; nothing worth saying where the person took it back. */
function askedWords({ t, format }: I18n, { state, again }: Access): string | null {
  switch (state) {
    case "open":
      return t("access.waits");
    case "no":
      return again === null ? t("access.was_no") : t("access.was_no_until", { time: format.dateTime(again) });
    case "expired":
      return t("access.was_expired");
    case "always":
    case "until":
    case "once":
      return t("access.was_over");
    case "withdrawn":
      return null;
  }
}

function AskForm({ peer, onDone }: { peer: string; onDone: () => void }) {
  const { t } = useI18n();
  const id = useId();
  const ask = useAskAccess(peer);
  const [reason, setReason] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate(reason.trim(), { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit} className="mt-4 grid gap-3">
      <div className="grid">
        <label htmlFor={id} className="mb-1 block text-xs text-ink-2">
          {t("access.reason")}
        </label>
        <TextField
          id={id}
          value={reason}
          onChange={setReason}
          dir={reason ? "auto" : undefined}
          maxLength={MOST_CHARS}
          disabled={ask.isPending}
        />
      </div>
      {ask.error && <InlineError error={ask.error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Btn variant="outline" onClick={onDone}>
          {t("action.cancel")}
        </Btn>
        <Btn type="submit" variant="primary" busy={ask.isPending}>
          {t("access.ask_do")}
        </Btn>
      </div>
    </form>
  );
}
