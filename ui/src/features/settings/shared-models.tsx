import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";
import type { Setting } from "@/backend/api.gen";
import { useModels } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";

interface SharedModelsProps {
  setting: Setting;
  labelledBy: string;
  describedBy: string | undefined;
  onChange: (names: string[]) => void;
}

/** Which models others may use: all, or those that are ticked. */
export function SharedModels({ setting, labelledBy, describedBy, onChange }: SharedModelsProps) {
  const { t, format } = useI18n();
  const here = useModels().data?.here ?? [];
  const chosen = Array.isArray(setting.value) ? setting.value : [];
  // One that runs elsewhere is never shared; one that is away keeps its place.
  const shareable = here.filter(({ leaves_lan }) => !leaves_lan).map(({ name }) => name);
  const names = [...new Set([...shareable, ...chosen])].toSorted((a, b) => a.localeCompare(b));
  return (
    <Base.Root multiple value={chosen} disabled={setting.read_only} onValueChange={onChange}>
      <Base.Trigger
        aria-labelledby={labelledBy}
        aria-describedby={describedBy}
        className="field flex h-9 w-full min-w-0 items-center justify-between gap-3 ps-3 pe-2 text-sm data-disabled:opacity-60 md:w-64"
      >
        <Base.Value className="min-w-0 truncate">
          {() => (chosen.length === 0 ? t("setting.sharing.models.empty") : format.list(chosen))}
        </Base.Value>
        <Base.Icon>
          <ChevronDown size={15} className="text-ink-3" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="z-50" sideOffset={6} alignItemWithTrigger={false}>
          <Base.Popup className="glass overlay-motion w-(--anchor-width) max-w-[calc(100vw-1.5rem)] min-w-64 rounded-lg p-1.5 outline-none">
            <Base.List className="max-h-80 overflow-y-auto">
              {names.map((name) => (
                <Base.Item
                  key={name}
                  value={name}
                  className="flex cursor-default items-center gap-3 rounded-md px-2.5 py-1.5 text-sm outline-none data-highlighted:bg-press"
                >
                  <span className="grid size-4 shrink-0 place-items-center rounded-[5px] border border-ink-3">
                    <Base.ItemIndicator>
                      <Check size={13} className="text-accent-ink" />
                    </Base.ItemIndicator>
                  </span>
                  <Base.ItemText className="min-w-0 wrap-anywhere">
                    <bdi>{name}</bdi>
                  </Base.ItemText>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
