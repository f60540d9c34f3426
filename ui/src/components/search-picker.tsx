import { Combobox } from "@base-ui/react/combobox";
import { Check, Search } from "lucide-react";
import { useI18n } from "@/i18n/i18n";
import {
  EntryRow,
  GROUP_TITLE,
  ITEM,
  type PickerEntry,
  type PickerProps,
  POPUP,
  TRIGGER,
  TriggerContent,
} from "./picker";

interface Found {
  value: string;
  items: readonly PickerEntry[];
}

/** A choice among so many that a person types a part of the name. */
export default function SearchPicker(props: PickerProps) {
  const { label, value, groups, onChange } = props;
  const { t } = useI18n();
  const found: Found[] = groups.map(({ title, entries }) => ({ value: title ?? "", items: entries }));
  const chosen = found.flatMap(({ items }) => items).find((entry) => entry.value === value) ?? null;
  return (
    <Combobox.Root
      items={found}
      value={chosen}
      isItemEqualToValue={(one: PickerEntry, other: PickerEntry) => one.value === other.value}
      itemToStringLabel={(entry: PickerEntry) => `${entry.label} ${entry.detail ?? ""}`}
      onValueChange={(entry) => entry && onChange(entry.value)}
      autoHighlight
    >
      <Combobox.Trigger aria-label={label} className={TRIGGER}>
        <TriggerContent {...props} />
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner className="z-50" side="top" align="start" sideOffset={8}>
          <Combobox.Popup className={POPUP} aria-label={label}>
            <div className="flex items-center gap-2.5 border-b border-line px-4">
              <Search size={15} className="shrink-0 text-ink-3" />
              <Combobox.Input
                aria-label={t("action.search")}
                placeholder={t("action.search")}
                className="h-10 w-full min-w-0 bg-transparent text-sm outline-none"
              />
            </div>
            <Combobox.Empty>
              <p className="px-4 py-5 text-center text-sm text-ink-2">{t("picker.empty")}</p>
            </Combobox.Empty>
            <Combobox.List
              aria-label={label}
              className="max-h-[min(22rem,calc(var(--available-height)-3rem))] overflow-y-auto p-1.5 empty:p-0"
            >
              {({ value: title, items }: Found) => (
                <Combobox.Group key={title} items={items}>
                  {title && <Combobox.GroupLabel className={GROUP_TITLE}>{title}</Combobox.GroupLabel>}
                  <Combobox.Collection>
                    {(entry: PickerEntry) => (
                      <Combobox.Item key={entry.value} value={entry} className={ITEM}>
                        <EntryRow entry={entry} name={entry.label} />
                        <span className="w-4 shrink-0">
                          <Combobox.ItemIndicator>
                            <Check size={15} className="text-accent-ink" />
                          </Combobox.ItemIndicator>
                        </span>
                      </Combobox.Item>
                    )}
                  </Combobox.Collection>
                </Combobox.Group>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
