import { type KeyboardEvent, useState } from "react";
import type { Setting, SettingValue } from "@/backend/api.gen";
import { Segmented } from "@/components/segmented";
import { Select } from "@/components/select";
import { Switch } from "@/components/switch";
import { TextField } from "@/components/text-field";
import { useI18n } from "@/i18n/i18n";
import { SharedModels } from "./shared-models";
import { UsualModel } from "./usual-model";
import { emptyMeaning, fieldText, namesItsSides, optionLabel, parseField, unitWord } from "./setting-text";

interface SettingControlProps {
  setting: Setting;
  labelledBy: string;
  describedBy: string | undefined;
  invalid: boolean;
  onChange: (value: SettingValue) => void;
  /** The text is no value of this kind at all. */
  onNonsense: () => void;
  /** The person gave up on what they typed. */
  onRevert: () => void;
}

/** More choices than this are shown one at a time. */
const IN_SIGHT = 3;
const TEXT_SIZES = [90, 100, 110, 120, 130];

/** The control that fits the kind of a setting. */
export function SettingControl(props: SettingControlProps) {
  const { setting, labelledBy, describedBy, onChange } = props;
  const i18n = useI18n();
  const shared = { labelledBy, describedBy, disabled: setting.read_only };
  const { kind, value } = setting;

  if (setting.key === "ui.text_size" && typeof value === "number") {
    const sizes = TEXT_SIZES.includes(value) ? TEXT_SIZES : [...TEXT_SIZES, value].toSorted((a, b) => a - b);
    const options = sizes.map((size) => ({ value: String(size), label: i18n.format.percent(size) }));
    return (
      <Segmented
        {...shared}
        value={String(value)}
        options={options}
        onChange={(size) => onChange(Number(size))}
      />
    );
  }
  if (setting.key === "models.default") {
    return (
      <UsualModel setting={setting} labelledBy={labelledBy} describedBy={describedBy} onChange={onChange} />
    );
  }
  if (setting.key === "sharing.models") {
    return (
      <SharedModels setting={setting} labelledBy={labelledBy} describedBy={describedBy} onChange={onChange} />
    );
  }
  if (kind.type === "bool" && namesItsSides(i18n, setting.key)) {
    const options = ["false", "true"].map((side) => ({
      value: side,
      label: optionLabel(i18n, setting.key, side),
    }));
    return (
      <Segmented
        {...shared}
        value={String(value)}
        options={options}
        onChange={(side) => onChange(side === "true")}
      />
    );
  }
  if (kind.type === "bool") return <Switch {...shared} checked={value === true} onChange={onChange} />;
  if (kind.type === "choice") {
    const options = kind.options.map((option) => ({
      value: option,
      label: optionLabel(i18n, setting.key, option),
    }));
    const Choice = options.length <= IN_SIGHT ? Segmented : Select;
    return <Choice {...shared} value={String(value)} options={options} onChange={onChange} />;
  }
  return <TypedControl {...props} />;
}

/** Text and numbers: taken with Enter or on leaving the field, given back with Escape. */
function TypedControl({ setting, labelledBy, describedBy, invalid, ...on }: SettingControlProps) {
  const i18n = useI18n();
  const { kind, value } = setting;
  const stored = fieldText(kind, value);
  // Text that was not taken stays in sight; otherwise the field follows the setting.
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? stored;

  const commit = () => {
    if (typed === null || typed === stored) return setTyped(null);
    const parsed = parseField(kind, typed);
    if (parsed === null) return on.onNonsense();
    on.onChange(parsed);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") commit();
    if (event.key === "Escape") {
      setTyped(null);
      on.onRevert();
    }
  };
  // Once the setting has taken the typed value there is nothing to hold on to.
  if (typed !== null && !invalid && isTaken(kind, typed, value)) setTyped(null);

  const placeholder = emptyMeaning(i18n, setting.key);
  // An empty field shows words of the page's language, so it runs the page's way.
  const shownPlaceholder = text === "" && placeholder !== undefined;
  const wide = kind.type !== "number" && kind.type !== "decimal";
  return (
    <TextField
      value={text}
      onChange={setTyped}
      onBlur={commit}
      onKeyDown={onKeyDown}
      inputMode={wide ? "text" : "decimal"}
      placeholder={placeholder}
      dir={shownPlaceholder ? undefined : setting.key === "machine.name" ? "auto" : "ltr"}
      suffix={kind.type === "number" ? unitWord(i18n, kind.unit) : undefined}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      invalid={invalid}
      disabled={setting.read_only}
      className={wide ? "md:w-64!" : kind.type === "decimal" ? "num w-40!" : "num w-32!"}
    />
  );
}

function isTaken(kind: Setting["kind"], typed: string, value: SettingValue): boolean {
  const parsed = parseField(kind, typed);
  return (
    parsed !== null && fieldText(kind, parsed) === fieldText(kind, value) && typed !== fieldText(kind, value)
  );
}
