import type { MachineModels, Model, ModelsView, Peer } from "@/backend/api.gen";
import type { I18n } from "@/i18n/i18n";

/** Any model, in the picker; no model has this name. */
export const ANY_MODEL = "";

/** What can be asked, and what the person decided about asking. */
export interface Askable {
  view: ModelsView;
  /** Questions never leave this machine. */
  private: boolean;
}

/** A place where a question can go. */
export interface PlaceChoice {
  /** `auto`, `here`, or the id of a machine. */
  value: string;
  label: string;
  detail?: string | undefined;
}

/** Where a question can go now, and the place that is chosen even if it cannot. */
export function placeChoices(
  { t, format }: I18n,
  asked: Askable,
  peers: readonly Peer[],
  chosen: string,
): PlaceChoice[] {
  const places: PlaceChoice[] = [
    { value: "auto", label: t("route.anywhere"), detail: t("route.anywhere_text") },
  ];
  if (asked.view.here.some(canChat)) places.push({ value: "here", label: t("machines.this") });
  for (const { peer, name, models, free, eta_ms } of permitting(asked)) {
    if (!models.some(canChat)) continue;
    const detail = free > 0 ? t("route.free") : t("route.wait", { time: format.seconds(eta_ms) });
    places.push({ value: peer, label: name, detail });
  }
  if (!places.some(({ value }) => value === chosen)) {
    const name =
      chosen === "here"
        ? t("machines.this")
        : (peers.find(({ id }) => id === chosen)?.name ?? chosen.slice(0, 9));
    places.push({ value: chosen, label: name, detail: t("route.cannot_now") });
  }
  return places;
}

/** A model that can be asked, on however many machines and under however many names. */
export interface ModelChoice {
  /** As it is asked for. */
  name: string;
  /** All that it is called; the first is the name. */
  names: string[];
  /** Where it is, this machine first. */
  on: string[];
  loaded: boolean;
  leavesLan: boolean;
  /** On the quickest machine. */
  speed: number | null;
}

/** The models that the chosen place has, each once: the same digest is the same model. */
export function modelChoices({ t }: I18n, asked: Askable, place: string): ModelChoice[] {
  const found = new Map<string, ModelChoice>();
  const nameOf = new Map<string, string>();
  const add = (model: Model, machine: string) => {
    const same = nameOf.get(model.name) ?? model.digest ?? model.name;
    nameOf.set(model.name, same);
    const old = found.get(same);
    found.set(same, {
      name: old?.name ?? model.name,
      names: withOne(old?.names, model.name),
      on: withOne(old?.on, machine),
      loaded: (old?.loaded ?? false) || model.loaded,
      leavesLan: (old?.leavesLan ?? true) && model.leaves_lan,
      speed: Math.max(old?.speed ?? 0, model.speed ?? 0) || null,
    });
  };
  if (place === "auto" || place === "here")
    for (const model of asked.view.here) if (model.chats) add(model, t("machines.this"));
  for (const { peer, name, models } of permitting(asked))
    if (place === "auto" || place === peer) for (const model of models) if (model.chats) add(model, name);
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}

function withOne(list: readonly string[] = [], one: string): string[] {
  return list.includes(one) ? [...list] : [...list, one];
}

/** Machines that would answer this one. */
function permitting(asked: Askable): readonly MachineModels[] {
  return asked.private ? [] : asked.view.elsewhere.filter(({ permitted }) => permitted);
}

function canChat({ chats }: Model): boolean {
  return chats;
}
