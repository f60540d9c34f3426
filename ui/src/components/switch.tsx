import { Switch as Base } from "@base-ui/react/switch";

interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  labelledBy: string;
  describedBy?: string | undefined;
  disabled?: boolean | undefined;
}

export function Switch({ checked, onChange, labelledBy, describedBy, disabled = false }: SwitchProps) {
  return (
    <Base.Root
      checked={checked}
      onCheckedChange={onChange}
      disabled={disabled}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      className="relative h-5 w-8.5 shrink-0 rounded-full border border-line-strong bg-press transition-colors after:absolute after:-inset-2 data-checked:border-transparent data-checked:bg-accent data-disabled:opacity-60"
    >
      <Base.Thumb className="absolute start-0.5 top-1/2 size-3.5 -translate-y-1/2 rounded-full bg-ink-3 shadow-1 transition-transform data-checked:translate-x-3.5 data-checked:bg-on-accent rtl:data-checked:-translate-x-3.5" />
    </Base.Root>
  );
}
