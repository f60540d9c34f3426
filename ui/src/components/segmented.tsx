import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { clsx } from "clsx";
import type { Option } from "./option";

interface SegmentedProps<Value extends string> {
  value: Value;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
  label?: string;
  labelledBy?: string | undefined;
  describedBy?: string | undefined;
  disabled?: boolean | undefined;
}

/** A choice among few values, all of them in sight. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { value, options, onChange, label, labelledBy, describedBy, disabled = false } = props;
  return (
    <RadioGroup
      value={value}
      disabled={disabled}
      onValueChange={onChange}
      aria-label={label}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      className={clsx("flex w-fit max-w-full flex-wrap rounded-md bg-press p-0.5", disabled && "opacity-60")}
    >
      {options.map((option) => (
        <Radio.Root
          key={option.value}
          value={option.value}
          aria-label={option.label}
          className="flex h-8 cursor-pointer items-center rounded-[7px] px-3 text-sm whitespace-nowrap text-ink-2 transition-colors hover:text-ink data-checked:bg-raised data-checked:font-medium data-checked:text-ink data-checked:shadow-1 data-disabled:cursor-default dark:data-checked:bg-press-2"
        >
          {option.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
