import { useState } from "react";
import type { ModelsView } from "@/backend/api.gen";
import { Segmented } from "@/components/segmented";
import { Sigil } from "@/components/sigil";
import { useMachineKey } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { ModelRow } from "./model-row";
import { type NetworkModel, networkModels } from "./network-models";

/** The models of this machine, or those of the others. */
export function ModelLists({ view }: { view: ModelsView }) {
  const { t } = useI18n();
  const others = networkModels(view.elsewhere);
  const [which, setWhich] = useState<"here" | "network">(
    view.here.length === 0 && others.length > 0 ? "network" : "here",
  );
  return (
    <section aria-label={t("models.list")} className="card p-4 pb-1">
      <Segmented
        label={t("models.list")}
        value={which}
        options={[
          { value: "here", label: t("models.of_here") },
          { value: "network", label: t("models.of_network") },
        ]}
        onChange={setWhich}
      />
      {which === "here" ? <Here view={view} /> : <Network models={others} view={view} />}
    </section>
  );
}

function Here({ view: { here } }: { view: ModelsView }) {
  const { t } = useI18n();
  if (here.length === 0) return <p className="py-4 text-sm text-ink-2">{t("models.none_here")}</p>;
  return (
    <ul className="mt-1">
      {here.map((model) => (
        <ModelRow
          key={model.name}
          model={model}
          place="here"
          loaded={model.loaded ? t("models.loaded") : null}
        />
      ))}
    </ul>
  );
}

function Network({ models, view: { elsewhere } }: { models: readonly NetworkModel[]; view: ModelsView }) {
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
        {models.map(({ model, machines }) => {
          const ready = machines.filter((one) => one.model.loaded).map(({ name }) => name);
          const only = machines.length === 1 ? machines[0]?.peer : undefined;
          return (
            <ModelRow
              key={model.digest ?? model.name}
              model={model}
              place={only ?? "auto"}
              loaded={ready.length > 0 ? t("models.loaded_on", { name: format.list(ready) }) : null}
              on={
                <span className="flex min-w-0 flex-wrap items-center gap-1.5">
                  {machines.map(({ peer }) => (
                    <Mark key={peer} id={peer} />
                  ))}
                  {t("models.on", { names: format.list(machines.map(({ name }) => name)) })}
                </span>
              }
            />
          );
        })}
      </ul>
      {closed.map(({ peer, name }) => (
        <p key={peer} className="border-t border-line py-3 text-xs text-ink-3">
          {t("models.not_permitted", { name })}
        </p>
      ))}
    </>
  );
}

function Mark({ id }: { id: string }) {
  const key = useMachineKey(id);
  return key ? <Sigil machineKey={key} size={18} /> : null;
}
