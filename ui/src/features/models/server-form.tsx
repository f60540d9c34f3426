import { type FormEvent, type ReactNode, useId, useState } from "react";
import type { Backend } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Chip } from "@/components/chip";
import { InlineError } from "@/components/inline-error";
import { Switch } from "@/components/switch";
import { TextField } from "@/components/text-field";
import { tell } from "@/components/toast-manager";
import { useAddServer, useChangeServer, useTryServer } from "@/data/model-writes";
import { useI18n } from "@/i18n/i18n";
import { ServerFound } from "./server-found";

interface ServerFormProps {
  /** The one that is changed; nothing where one is added. */
  server: Backend | null;
  onDone: () => void;
}

/** A server by its address. It is looked at before anything is written down. */
export function ServerForm({ server, onDone }: ServerFormProps) {
  const { t } = useI18n();
  const look = useTryServer();
  const add = useAddServer();
  const change = useChangeServer();
  const [address, setAddress] = useState(server?.address ?? "");
  const [name, setName] = useState(server?.id ?? "");
  const [key, setKey] = useState("");
  const [forgetsKey, setForgetsKey] = useState(false);
  // Agreed to for one address, and for no other.
  const [agreedTo, setAgreedTo] = useState(server?.leaves_lan ? server.address : null);
  const [farAway, setFarAway] = useState(agreedTo);

  const wanted = {
    address: address.trim(),
    ...(key !== "" && { key }),
    ...(agreedTo === address.trim() && { leaves_lan: true }),
  };
  const save = server ? change : add;
  const refused = look.error?.code === "backend_leaves_lan" ? null : look.error;
  const elsewhere = server !== null && address.trim() !== server.address;
  const found = look.data;

  /** What was seen of another address says nothing about this one. */
  const anew = () => {
    look.reset();
    add.reset();
    change.reset();
  };
  const lookNow = () =>
    look.mutate(
      { ...wanted, ...(server && !forgetsKey && { instead_of: server.id }) },
      { onError: ({ code }) => code === "backend_leaves_lan" && setFarAway(wanted.address) },
    );
  const saveNow = () => {
    const onSuccess = ({ id }: Backend) => {
      tell(t(server ? "server.changed" : "server.added", { name: id }));
      onDone();
    };
    const named = { ...wanted, ...(name.trim() !== "" && { name: name.trim() }) };
    if (server)
      change.mutate({ ...named, id: server.id, forget_key: forgetsKey && key === "" }, { onSuccess });
    else add.mutate(named, { onSuccess });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted.address === "") return;
    if (found && !found.trouble) saveNow();
    else lookNow();
  };

  return (
    <form onSubmit={submit} className="mt-4 grid grid-cols-[minmax(0,1fr)] gap-3.5">
      <Labelled label={t("server.address")} help={t("server.address_help")}>
        {(ids) => (
          <TextField
            {...ids}
            value={address}
            onChange={(text) => {
              setAddress(text);
              anew();
            }}
            dir="ltr"
            inputMode="url"
            placeholder="http://127.0.0.1:1234/v1"
          />
        )}
      </Labelled>
      <Labelled label={t("server.name")} help={t("server.name_help")}>
        {(ids) => (
          <TextField
            {...ids}
            value={name}
            onChange={setName}
            dir={name ? "auto" : undefined}
            maxLength={64}
          />
        )}
      </Labelled>
      <Labelled label={t("server.key")} help={t(keyHelp(server, elsewhere, forgetsKey))}>
        {(ids) => (
          <div className="flex gap-2">
            <div className="grid min-w-0 grow">
              <TextField
                {...ids}
                type="password"
                value={key}
                onChange={(text) => {
                  setKey(text);
                  anew();
                }}
                dir={key ? "ltr" : undefined}
                placeholder={server?.has_key && !forgetsKey ? t("server.key_kept") : undefined}
              />
            </div>
            {server?.has_key && (
              <Btn
                variant="outline"
                aria-pressed={forgetsKey}
                onClick={() => {
                  setForgetsKey(!forgetsKey);
                  anew();
                }}
              >
                {t(forgetsKey ? "server.key_keep" : "server.key_forget")}
              </Btn>
            )}
          </div>
        )}
      </Labelled>
      {farAway !== null && farAway === address.trim() && (
        <Consent
          agreed={agreedTo === farAway}
          onChange={(agreed) => {
            setAgreedTo(agreed ? farAway : null);
            anew();
          }}
        />
      )}
      {refused && <InlineError error={refused} />}
      {found && <ServerFound found={found} />}
      {save.error && <InlineError error={save.error} />}
      <div className="mt-1 flex flex-wrap justify-end gap-2">
        <Btn variant="outline" onClick={onDone}>
          {t("action.cancel")}
        </Btn>
        {found?.trouble && (
          <Btn variant="soft" busy={save.isPending} onClick={saveNow}>
            {t(server ? "server.save_anyway" : "server.add_anyway")}
          </Btn>
        )}
        <Btn
          type="submit"
          variant="primary"
          busy={look.isPending || (save.isPending && !found?.trouble)}
          disabled={wanted.address === "" || (farAway === wanted.address && agreedTo !== farAway)}
        >
          {found && !found.trouble
            ? t(server ? "action.save" : "server.add")
            : t(found ? "server.look_again" : "server.look")}
        </Btn>
      </div>
    </form>
  );
}

function keyHelp(server: Backend | null, elsewhere: boolean, forgets: boolean) {
  if (!server?.has_key) return "server.key_help";
  if (forgets) return "server.key_forgotten";
  return elsewhere ? "server.key_elsewhere" : "server.key_help_kept";
}

interface LabelledProps {
  label: string;
  help: string;
  children: (ids: { id: string; "aria-describedby": string }) => ReactNode;
}

function Labelled({ label, help, children }: LabelledProps) {
  const id = useId();
  return (
    <div className="grid grid-cols-[minmax(0,1fr)]">
      <label htmlFor={id} className="mb-1 block text-xs font-medium">
        {label}
      </label>
      {children({ id, "aria-describedby": `${id}-help` })}
      <p id={`${id}-help`} className="mt-1 text-xs text-ink-3">
        {help}
      </p>
    </div>
  );
}

/** Nothing is sent outside before a person said so. */
function Consent({ agreed, onChange }: { agreed: boolean; onChange: (agreed: boolean) => void }) {
  const { t } = useI18n();
  const id = useId();
  return (
    <div role="group" aria-labelledby={id} className="rounded-md bg-warn-soft p-3">
      <Chip tone="warn" className="ring-1 ring-warn/40">
        {t("models.leaves_lan")}
      </Chip>
      <p className="mt-1.5 text-xs text-ink-2">{t("server.consent_text")}</p>
      <div className="mt-2.5 flex items-center gap-3">
        <span id={id} className="grow text-sm font-medium">
          {t("server.consent")}
        </span>
        <Switch checked={agreed} onChange={onChange} labelledBy={id} />
      </div>
    </div>
  );
}
