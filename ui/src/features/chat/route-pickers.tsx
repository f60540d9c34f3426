import { Select } from "@/components/select";
import { chooseModel, choosePlace, useChatChoice } from "@/data/chat-choice";
import { useModels, usePeers } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { ANY_MODEL, modelOptions, placeOptions } from "./routes";

const QUIET =
  "h-8.5! min-w-0! gap-1.5! border-transparent! bg-transparent! ps-2.5! pe-1.5! text-ink-2 hover:bg-press! hover:text-ink [&>span:first-child]:truncate";

/** Where the question goes and which model gets it; nothing while there is nothing to choose. */
export function RoutePickers() {
  const i18n = useI18n();
  const { t } = i18n;
  const { place, model } = useChatChoice();
  const view = useModels().data;
  const peers = usePeers().data ?? [];
  if (!view) return null;
  const places = placeOptions(i18n, view, peers, place);
  const models = modelOptions(i18n, view, place, model);
  if (places.length + models.length <= 2) return null;
  return (
    <>
      <Select
        label={t("route.place")}
        value={place}
        options={places}
        onChange={choosePlace}
        className={QUIET}
      />
      <Select
        label={t("route.model")}
        value={model ?? ANY_MODEL}
        options={models}
        onChange={(name) => chooseModel(name === ANY_MODEL ? null : name)}
        className={QUIET}
      />
    </>
  );
}
