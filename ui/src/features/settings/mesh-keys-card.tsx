import { KeyRound, RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import type { MeshKey, MeshKeyRotated } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Card } from "@/components/card";
import { Chip } from "@/components/chip";
import { Dialog } from "@/components/dialog";
import { InlineError } from "@/components/inline-error";
import { Mono } from "@/components/mono";
import { SecretText } from "@/components/secret-text";
import { tell } from "@/components/toast-manager";
import { useRemoveMeshKey, useRotateMeshKey } from "@/data/join-writes";
import { useMeshKeys, usePeers } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { MakeMeshKey } from "./make-mesh-key";
import { MeshKeyForm } from "./mesh-key-form";

/** The mesh keys of this machine: who holds the same is trusted without comparing codes. */
export function MeshKeysCard() {
  const { t } = useI18n();
  const keys = useMeshKeys();
  const [rotated, setRotated] = useState<MeshKeyRotated | null>(null);
  return (
    <Card title={t("section.mesh")} text={t("mesh.text")} id="mesh">
      {keys.error && (
        <div className="mt-3">
          <InlineError error={keys.error} onRetry={() => void keys.refetch()} />
        </div>
      )}
      <ul className="mt-2">
        {keys.data?.map((key) => (
          <KeyRow key={key.id} meshKey={key} onRotated={setRotated} />
        ))}
      </ul>
      {keys.data?.length === 0 && <p className="text-sm text-ink-2">{t("mesh.none")}</p>}
      <MakeMeshKey />
      <MeshKeyForm />
      {rotated && <NewKey rotated={rotated} onClose={() => setRotated(null)} />}
    </Card>
  );
}

function KeyRow({ meshKey, onRotated }: { meshKey: MeshKey; onRotated: (rotated: MeshKeyRotated) => void }) {
  const { t, format } = useI18n();
  const rotate = useRotateMeshKey();
  const remove = useRemoveMeshKey();
  const [asking, setAsking] = useState<"rotate" | "remove" | null>(null);
  const [asked, setAsked] = useState<"rotate" | "remove">("rotate");
  const names = useNames(meshKey.devices);
  const error = rotate.error ?? remove.error;
  const retired = meshKey.retired_at !== null;

  const ask = (question: "rotate" | "remove") => {
    setAsked(question);
    setAsking(question);
  };
  const consent = () => {
    setAsking(null);
    if (asked === "rotate") rotate.mutate(meshKey.id, { onSuccess: onRotated });
    else remove.mutate(meshKey.id, { onSuccess: () => tell(t("mesh.removed")) });
  };

  return (
    <li className="border-t border-line py-3 first:border-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <KeyRound size={16} aria-hidden className="shrink-0 text-ink-3" />
        <div className="min-w-0 grow basis-44">
          <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
            {t(`mesh.${meshKey.kind}`)}
            <Mono className="text-xs text-ink-3">{meshKey.id}</Mono>
            {retired && <Chip tone="warn">{t("mesh.retired")}</Chip>}
          </p>
          <p className="text-xs text-ink-3">
            {meshKey.grace_until
              ? t("mesh.grace", { time: format.dateTime(meshKey.grace_until) })
              : t("mesh.since", { time: format.dateTime(meshKey.created_at) })}
            {" · "}
            {names.length > 0 ? format.list(names) : t("mesh.no_devices")}
          </p>
        </div>
        {!retired && (
          <Btn size="sm" variant="outline" busy={rotate.isPending} onClick={() => ask("rotate")}>
            <RefreshCw size={14} />
            {t("mesh.rotate")}
          </Btn>
        )}
        <Btn size="sm" variant="outline" busy={remove.isPending} onClick={() => ask("remove")}>
          <Trash2 size={14} />
          {t("mesh.remove")}
        </Btn>
      </div>
      {error && (
        <div className="mt-2">
          <InlineError error={error} />
        </div>
      )}
      <Dialog
        open={asking !== null}
        onClose={() => setAsking(null)}
        title={t(`mesh.${asked}_title`)}
        text={t(`mesh.${asked}_text`, { count: meshKey.devices.length })}
      >
        <div className="mt-5 flex flex-wrap justify-end gap-2">
          <Btn variant="outline" onClick={() => setAsking(null)}>
            {t("action.cancel")}
          </Btn>
          <Btn variant={asked === "remove" ? "danger" : "primary"} onClick={consent}>
            {t(`mesh.${asked}`)}
          </Btn>
        </div>
      </Dialog>
    </li>
  );
}

/** Shown once: who was not connected needs it by another way. */
function NewKey({ rotated, onClose }: { rotated: MeshKeyRotated; onClose: () => void }) {
  const { t, format } = useI18n();
  const names = useNames(rotated.devices);
  return (
    <Dialog open onClose={onClose} title={t("mesh.rotated_title")} text={t("mesh.rotated_text")}>
      <div className="mt-4 grid gap-3">
        <SecretText text={rotated.key} label={t("mesh.key")} />
        {names.length > 0 && rotated.grace_until && (
          <p className="text-xs text-ink-2">
            {t("mesh.rotated_devices", {
              devices: format.list(names),
              time: format.dateTime(rotated.grace_until),
            })}
          </p>
        )}
        <div className="flex justify-end">
          <Btn variant="primary" onClick={onClose}>
            {t("action.done")}
          </Btn>
        </div>
      </div>
    </Dialog>
  );
}

/** What short ids are called here. */
function useNames(devices: readonly string[]): string[] {
  const peers = usePeers().data ?? [];
  return devices.map((id) => peers.find((peer) => peer.short_id === id)?.name ?? id);
}
