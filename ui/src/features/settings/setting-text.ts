import type { Setting, SettingKind, SettingValue, Unit } from "@/backend/api.gen";
import { latinDigits } from "@/components/latin-digits";
import type { I18n } from "@/i18n/i18n";

/** The name of a setting; its key where nobody has named it yet. */
export function settingLabel(i18n: I18n, key: string): string {
  return i18n.lookUp(`setting.${key}`) ?? key;
}

export function settingHelp(i18n: I18n, key: string): string {
  return i18n.lookUp(`setting.${key}.help`) ?? "";
}

/** What an empty field means; none where a field is never empty. */
export function emptyMeaning(i18n: I18n, key: string): string | undefined {
  return i18n.lookUp(`setting.${key}.empty`) ?? undefined;
}

export function optionLabel(i18n: I18n, key: string, option: string): string {
  return i18n.lookUp(`option.${key}.${option}`) ?? option;
}

/** Whether a switch has a name for each side, so that neither is merely the absence of the other. */
export function namesItsSides(i18n: I18n, key: string): boolean {
  return i18n.lookUp(`option.${key}.true`) !== null;
}

/** A value as a person would say it. */
export function spokenValue(i18n: I18n, setting: Pick<Setting, "key" | "kind">, value: SettingValue): string {
  if (typeof value === "boolean") {
    if (namesItsSides(i18n, setting.key)) return optionLabel(i18n, setting.key, String(value));
    return value ? i18n.t("settings.on") : i18n.t("settings.off");
  }
  if (Array.isArray(value)) return value.length > 0 ? value.join(", ") : i18n.t("settings.empty_value");
  if (typeof value === "string") {
    if (setting.kind.type === "choice") return optionLabel(i18n, setting.key, value);
    return value === "" ? i18n.t("settings.empty_value") : value;
  }
  if (setting.kind.type !== "number") return i18n.format.number(value);
  const { unit } = setting.kind;
  if (unit === "port") return String(value);
  const number = i18n.format.number(toField(value, unit), { maximumFractionDigits: 2 });
  const word = unitWord(i18n, unit);
  return word ? `${number} ${word}` : number;
}

/** The short word behind a number field. */
export function unitWord(i18n: I18n, unit: Unit): string | undefined {
  switch (unit) {
    case "bytes":
      return i18n.t("unit.megabytes");
    case "seconds":
    case "percent":
      return i18n.t(`unit.${unit}`);
    case "count":
    case "port":
      return undefined;
  }
}

/** What stands in the field for a value. */
export function fieldText(kind: SettingKind, value: SettingValue): string {
  if (Array.isArray(value)) return value.join(", ");
  if (kind.type === "number" && typeof value === "number") return String(toField(value, kind.unit));
  return String(value);
}

/** The value a field's text stands for; `null` when it is no number where one is needed. */
export function parseField(kind: SettingKind, text: string): SettingValue | null {
  const trimmed = text.trim();
  if (kind.type === "list") {
    return trimmed
      .split(/[,،]/)
      .map((item) => item.trim())
      .filter((item) => item !== "");
  }
  if (kind.type === "decimal") return latinDigits(trimmed);
  if (kind.type !== "number") return trimmed;
  const number = Number(latinDigits(trimmed));
  return trimmed === "" || Number.isNaN(number) ? null : fromField(number, kind.unit);
}

const MEBIBYTE = 1_048_576;

function toField(value: number, unit: Unit): number {
  return unit === "bytes" ? value / MEBIBYTE : value;
}

function fromField(number: number, unit: Unit): number {
  return unit === "bytes" ? Math.round(number * MEBIBYTE) : number;
}
