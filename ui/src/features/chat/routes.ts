import type { Model, ModelsView, Peer } from "@/backend/api.gen";
import type { Option } from "@/components/option";
import type { I18n } from "@/i18n/i18n";

/** Any model, in the picker; no model has this name. */
export const ANY_MODEL = "";

/** Where a question can go now, and the place that is chosen even if it cannot. */
export function placeOptions(
  { t }: I18n,
  { here, elsewhere }: ModelsView,
  peers: readonly Peer[],
  chosen: string,
): Option[] {
  const places: Option[] = [{ value: "auto", label: t("route.auto") }];
  if (here.some(canChat)) places.push({ value: "here", label: t("machines.this") });
  for (const { peer, name, permitted, models } of elsewhere)
    if (permitted && models.some(canChat)) places.push({ value: peer, label: name });
  if (!places.some(({ value }) => value === chosen)) {
    const name =
      chosen === "here"
        ? t("machines.this")
        : (peers.find(({ id }) => id === chosen)?.name ?? chosen.slice(0, 9));
    places.push({ value: chosen, label: t("route.cannot_now", { name }) });
  }
  return places;
}

/** The models that the chosen place has, and the one that is chosen even if it has not. */
export function modelOptions({ t }: I18n, view: ModelsView, place: string, chosen: string | null): Option[] {
  const names = new Set(modelsAt(view, place).flatMap((model) => (canChat(model) ? [model.name] : [])));
  if (chosen !== null) names.add(chosen);
  return [
    { value: ANY_MODEL, label: t("route.any_model") },
    ...[...names].toSorted((a, b) => a.localeCompare(b)).map((name) => ({ value: name, label: name })),
  ];
}

function modelsAt({ here, elsewhere }: ModelsView, place: string): readonly Model[] {
  if (place === "here") return here;
  const machines = elsewhere.filter(
    ({ peer, permitted }) => permitted && (place === "auto" || place === peer),
  );
  const theirs = machines.flatMap(({ models }) => models);
  return place === "auto" ? [...here, ...theirs] : theirs;
}

function canChat({ chats }: Model): boolean {
  return chats;
}
