import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";

export interface MenuEntry {
  label: string;
  icon: ReactNode;
  onSelect: () => void;
}

/** A list of actions behind a button. */
export function Menu({ trigger, entries }: { trigger: ReactElement; entries: readonly MenuEntry[] }) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="z-50" sideOffset={6} align="end">
          <Base.Popup className="glass overlay-motion min-w-[min(13rem,calc(100vw-1.5rem))] rounded-lg p-1.5 outline-none">
            {entries.map(({ label, icon, onSelect }) => (
              <Base.Item
                key={label}
                onClick={onSelect}
                className="flex cursor-default items-center gap-3 rounded-md px-2.5 py-2 text-sm outline-none data-highlighted:bg-press"
              >
                <span className="text-ink-3">{icon}</span>
                {label}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
