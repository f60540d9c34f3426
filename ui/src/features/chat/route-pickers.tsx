import { Globe, Network, Zap } from "lucide-react";
import { Picker, type PickerEntry, type PickerGroup } from "@/components/picker";
import { Sigil } from "@/components/sigil";
import { chooseModel, choosePlace, useChatChoice } from "@/data/chat-choice";
import { useMachineKey, useModels, usePeers, useSetting, useThisMachine } from "@/data/reads";
import { type I18n, useI18n } from "@/i18n/i18n";
import { ANY_MODEL, type Askable, type ModelChoice, modelChoices, placeChoices } from "./routes";

/** Which model gets the question and where; nothing while there is nothing to choose. */
export function RoutePickers() {
  const i18n = useI18n();
  const { t } = i18n;
  const { place, model } = useChatChoice();
  const peers = usePeers().data ?? [];
  const usual = String(useSetting("models.default")?.value ?? "");
  const asked = useAskable();
  if (!asked) return null;
  const places = placeChoices(i18n, asked, peers, place);
  const models = modelChoices(i18n, asked, place);
  if (places.length + models.length <= 1 && model === null) return null;
  const chosen = model === null ? null : (models.find(({ names }) => names.includes(model))?.name ?? model);
  return (
    <>
      <Picker
        label={t("route.model")}
        value={chosen ?? ANY_MODEL}
        groups={modelGroups(i18n, models, chosen, usual)}
        onChange={(name) => chooseModel(name === ANY_MODEL ? null : name)}
      />
      <Picker
        label={t("route.place")}
        value={place}
        groups={[
          { title: null, entries: places.map((one) => ({ ...one, mark: <PlaceMark place={one.value} /> })) },
        ]}
        onChange={choosePlace}
      />
    </>
  );
}

/** What can be asked, as soon as it is known. */
export function useAskable(): Askable | undefined {
  const view = useModels().data;
  const alone = useSetting("models.private")?.value === true;
  return view && { view, private: alone };
}

function modelGroups(
  i18n: I18n,
  models: readonly ModelChoice[],
  chosen: string | null,
  usual: string,
): PickerGroup[] {
  const { t } = i18n;
  const isUsual = models.some(({ names }) => names.includes(usual));
  const auto: PickerEntry = {
    value: ANY_MODEL,
    label: t("route.auto"),
    detail: isUsual ? t("route.auto_usual", { name: usual }) : t("route.auto_text"),
    mark: <Zap size={16} className="shrink-0 text-accent-ink" />,
  };
  const missing: PickerEntry[] =
    chosen === null || models.some(({ name }) => name === chosen)
      ? []
      : [{ value: chosen, label: chosen, detail: t("route.cannot_now") }];
  const entries = (wanted: (one: ModelChoice) => boolean) =>
    models.filter(wanted).map((one) => modelEntry(i18n, one));
  return [
    { title: null, entries: [auto, ...missing] },
    { title: t("route.loaded"), entries: entries(({ loaded, leavesLan }) => loaded && !leavesLan) },
    { title: t("route.loads"), entries: entries(({ loaded, leavesLan }) => !loaded && !leavesLan) },
    { title: t("route.leaves_lan"), entries: entries(({ leavesLan }) => leavesLan) },
  ].filter((group) => group.entries.length > 0);
}

function modelEntry({ t, format }: I18n, { name, on, leavesLan, speed }: ModelChoice): PickerEntry {
  return {
    value: name,
    label: name,
    detail: format.list(on),
    figure:
      speed === null
        ? undefined
        : t("chat.speed", { speed: format.number(speed, { maximumFractionDigits: speed < 10 ? 1 : 0 }) }),
    ...(leavesLan && { mark: <Globe size={15} className="shrink-0 text-warn-ink" /> }),
  };
}

function PlaceMark({ place }: { place: string }) {
  const self = useThisMachine();
  const key = useMachineKey(place === "here" ? (self?.id ?? "") : place);
  if (key) return <Sigil machineKey={key} size={20} />;
  return <Network size={15} className="shrink-0 text-ink-3" />;
}
