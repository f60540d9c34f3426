import { type KeyboardEvent, useId, useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { FieldError } from "./field-error";
import { latinDigits } from "./latin-digits";
import { TextField } from "./text-field";

interface NumberFieldProps {
  label: string;
  value: number | null;
  /** What an empty field means; without it a number is needed. */
  empty?: string;
  suffix?: string;
  /** Given back with every number that was taken, and `null` for an empty field. */
  onChange: (value: number | null) => void;
}

/** A whole number above zero: taken with Enter or on leaving the field, given back with Escape. */
export function NumberField({ label, value, empty, suffix, onChange }: NumberFieldProps) {
  const { t } = useI18n();
  const id = useId();
  const stored = value === null ? "" : String(value);
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);

  const giveBack = () => {
    setTyped(null);
    setWrong(false);
  };
  const take = () => {
    const text = typed?.trim() ?? stored;
    if (text === stored) return giveBack();
    const number = text === "" && empty !== undefined ? null : Number(latinDigits(text));
    if (number !== null && !(Number.isSafeInteger(number) && number > 0)) return setWrong(true);
    giveBack();
    onChange(number);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      take();
    }
    if (event.key === "Escape" && typed !== null) {
      event.stopPropagation();
      giveBack();
    }
  };

  return (
    <div className="grid">
      <label htmlFor={id} className="mb-1 block text-2xs text-ink-3">
        {label}
      </label>
      <TextField
        id={id}
        value={typed ?? stored}
        onChange={(text) => {
          setTyped(text);
          setWrong(false);
        }}
        onBlur={take}
        onKeyDown={onKeyDown}
        inputMode="numeric"
        placeholder={empty}
        dir={(typed ?? stored) === "" ? undefined : "ltr"}
        suffix={suffix}
        invalid={wrong}
        aria-describedby={wrong ? `${id}-error` : undefined}
        className="num"
      />
      {wrong && <FieldError id={`${id}-error`} text={t("field.whole_number")} />}
    </div>
  );
}
