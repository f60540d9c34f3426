import { useState } from "react";
import type { MachineModels, ModelsView } from "@/backend/api.gen";
import { Segmented } from "@/components/segmented";
import { Sheet } from "@/components/sheet";
import { TextField } from "@/components/text-field";
import { usePulls } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { ClosedMachine } from "./closed-machine";
import { FirstModel } from "./first-model";
import { ModelPanel } from "./model-panel";
import { ModelRow } from "./model-row";
import { type NetworkModel, networkModels } from "./network-models";

/** More than this and a person rather types than looks. */
const FEW = 8;

/** The models of this machine, or those of the others. */
export function ModelLists({ view }: { view: ModelsView }) {
  const { t } = useI18n();
  const others = networkModels(view.elsewhere);
  const [which, setWhich] = useState<"here" | "network">(
    view.here.length === 0 && view.elsewhere.length > 0 ? "network" : "here",
  );
  const [wanted, setWanted] = useState("");
  const count = which === "here" ? view.here.length : others.length;
  const fits = (name: string) => name.toLowerCase().includes(wanted.trim().toLowerCase());
  return (
    <section aria-label={t("models.list")} className="card p-4 pb-1">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Segmented
          label={t("models.list")}
          value={which}
          options={[
            { value: "here", label: t("models.of_here") },
            { value: "network", label: t("models.of_network") },
          ]}
          onChange={setWhich}
        />
        {(count > FEW || wanted !== "") && (
          <TextField
            value={wanted}
            onChange={setWanted}
            aria-label={t("models.filter")}
            placeholder={t("models.filter")}
          />
        )}
      </div>
      {which === "here" ? (
        <Here view={view} fits={fits} />
      ) : (
        <Network models={others} fits={fits} elsewhere={view.elsewhere} />
      )}
    </section>
  );
}

type Fits = (name: string) => boolean;

function Here({ view, fits }: { view: ModelsView; fits: Fits }) {
  const { t } = useI18n();
  const pulls = usePulls().data ?? [];
  const [opened, setOpened] = useState<string | null>(null);
  const { here, backends } = view;
  if (here.length === 0) return <FirstModel backends={backends} pulls={pulls} />;
  const shown = here.find(({ name }) => name === opened);
  const close = () => setOpened(null);
  return (
    <>
      <ul className="mt-1">
        {here
          .filter(({ name }) => fits(name))
          .map((model) => (
            <ModelRow
              key={model.name}
              model={model}
              place="here"
              loaded={model.loaded ? t("models.loaded") : null}
              onOpen={() => setOpened(model.name)}
            />
          ))}
      </ul>
      <Sheet open={shown !== undefined} onClose={close} label={t("models.details", { name: opened ?? "" })}>
        {shown && <ModelPanel model={shown} view={view} onClose={close} />}
      </Sheet>
    </>
  );
}

interface NetworkProps {
  models: readonly NetworkModel[];
  fits: Fits;
  elsewhere: readonly MachineModels[];
}

function Network({ models, fits, elsewhere }: NetworkProps) {
  const { t, format } = useI18n();
  const closed = elsewhere.filter(({ permitted }) => !permitted);
  return (
    <>
      {models.length === 0 && (
        <div className="py-4">
          <p className="text-sm text-ink-2">{t("models.none_elsewhere")}</p>
          {closed.length === 0 && (
            <p className="mt-0.5 text-xs text-ink-3">{t("models.none_elsewhere_text")}</p>
          )}
        </div>
      )}
      <ul className="mt-1">
        {models
          .filter(({ model }) => fits(model.name))
          .map(({ model, machines }) => {
            const ready = machines.filter((one) => one.model.loaded).map(({ name }) => name);
            const only = machines.length === 1 ? machines[0]?.peer : undefined;
            return (
              <ModelRow
                key={model.digest ?? model.name}
                model={model}
                place={only ?? "auto"}
                loaded={ready.length > 0 ? t("models.loaded_on", { name: format.list(ready) }) : null}
                on={machines}
              />
            );
          })}
      </ul>
      {closed.map((machine) => (
        <ClosedMachine key={machine.peer} machine={machine} />
      ))}
    </>
  );
}
