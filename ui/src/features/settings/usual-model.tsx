import type { Model, ModelsView, Setting } from "@/backend/api.gen";
import type { Option } from "@/components/option";
import { Select } from "@/components/select";
import { useModels } from "@/data/reads";
import { type I18n, useI18n } from "@/i18n/i18n";

interface UsualModelProps {
  setting: Setting;
  labelledBy: string;
  describedBy: string | undefined;
  onChange: (name: string) => void;
}

/** The model that is asked first: one of those that can be asked, or the one that was chosen before. */
export function UsualModel({ setting, labelledBy, describedBy, onChange }: UsualModelProps) {
  const i18n = useI18n();
  const view = useModels().data;
  const value = String(setting.value);
  return (
    <Select
      labelledBy={labelledBy}
      describedBy={describedBy}
      disabled={setting.read_only}
      value={value}
      options={optionsOf(i18n, view, value)}
      onChange={onChange}
      className="w-full md:w-64"
    />
  );
}

function optionsOf({ t }: I18n, view: ModelsView | undefined, chosen: string): Option[] {
  const models = [
    ...(view?.here ?? []),
    ...(view?.elsewhere.flatMap((machine) => (machine.permitted ? machine.models : [])) ?? []),
  ];
  // Under however many names: the same digest is the same model.
  const byDigest = new Map<string, Model>();
  for (const model of models.filter(({ chats }) => chats)) {
    const same = model.digest ?? model.name;
    if (!byDigest.has(same)) byDigest.set(same, model);
  }
  const names = new Set([...byDigest.values()].map(({ name }) => name));
  if (chosen !== "") names.add(chosen);
  return [
    { value: "", label: t("setting.models.default.empty") },
    ...[...names].toSorted((a, b) => a.localeCompare(b)).map((name) => ({ value: name, label: name })),
  ];
}
