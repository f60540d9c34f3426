import { Select as Base } from "@base-ui/react/select";
import { clsx } from "clsx";
import { Check, ChevronDown } from "lucide-react";
import type { Option } from "./option";

interface SelectProps<Value extends string> {
  value: Value;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
  label?: string;
  labelledBy?: string | undefined;
  describedBy?: string | undefined;
  disabled?: boolean | undefined;
  className?: string;
}

export function Select<Value extends string>(props: SelectProps<Value>) {
  const { value, options, onChange, label, labelledBy, describedBy, disabled = false, className } = props;
  return (
    <Base.Root
      items={options}
      value={value}
      disabled={disabled}
      onValueChange={(chosen) => chosen !== null && onChange(chosen)}
    >
      <Base.Trigger
        aria-label={label}
        aria-labelledby={labelledBy}
        aria-describedby={describedBy}
        className={clsx(
          "field flex h-9 min-w-28 items-center justify-between gap-3 ps-3 pe-2 text-sm data-disabled:opacity-60",
          className,
        )}
      >
        <Base.Value />
        <Base.Icon>
          <ChevronDown size={15} className="text-ink-3" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="z-50" sideOffset={6} alignItemWithTrigger={false}>
          <Base.Popup className="glass overlay-motion min-w-(--anchor-width) rounded-lg p-1.5 outline-none">
            <Base.List>
              {options.map((option) => (
                <Base.Item
                  key={option.value}
                  value={option.value}
                  className="flex cursor-default items-center gap-4 rounded-md px-2.5 py-1.5 text-sm outline-none data-highlighted:bg-press"
                >
                  <Base.ItemText className="grow">{option.label}</Base.ItemText>
                  <Base.ItemIndicator>
                    <Check size={15} className="text-accent-ink" />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
