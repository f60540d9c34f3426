import type { MachineModels, Model } from "@/backend/api.gen";

/** A model of other machines, however many have it. */
export interface NetworkModel {
  model: Model;
  /** The quickest first. */
  machines: readonly { peer: string; name: string; model: Model }[];
}

/** What may be asked elsewhere, each model once; the same digest is the same model. */
export function networkModels(elsewhere: readonly MachineModels[]): NetworkModel[] {
  const found = new Map<string, { peer: string; name: string; model: Model }[]>();
  for (const { peer, name, permitted, models } of elsewhere) {
    if (!permitted) continue;
    for (const model of models) {
      const same = model.digest ?? model.name;
      found.set(same, [...(found.get(same) ?? []), { peer, name, model }]);
    }
  }
  return [...found.values()]
    .flatMap((machines) => {
      const quickest = machines.toSorted((a, b) => (b.model.speed ?? 0) - (a.model.speed ?? 0));
      const model = quickest[0]?.model;
      return model ? [{ model, machines: quickest }] : [];
    })
    .toSorted((a, b) => a.model.name.localeCompare(b.model.name));
}
