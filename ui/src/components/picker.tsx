import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";
import { lazy, type ReactNode, Suspense } from "react";

/** One of many things to choose, with what helps to choose it. */
export interface PickerEntry {
  value: string;
  label: string;
  /** A quiet line below. */
  detail?: string | undefined;
  /** A figure at the end. */
  figure?: string | undefined;
  mark?: ReactNode;
}

export interface PickerGroup {
  /** Entries of a group without a title stand first. */
  title: string | null;
  entries: readonly PickerEntry[];
}

export interface PickerProps {
  /** What is chosen by it, for those who do not see the entries. */
  label: string;
  value: string;
  groups: readonly PickerGroup[];
  onChange: (value: string) => void;
}

/** More than this and a person rather types than looks. */
const FEW = 9;

const SearchPicker = lazy(() => import("./search-picker"));

/** A choice in a quiet line, such as below a text; it can be searched where there is much. */
export function Picker(props: PickerProps) {
  const few = props.groups.flatMap(({ entries }) => entries).length <= FEW;
  if (few) return <ListPicker {...props} />;
  return (
    <Suspense
      fallback={
        <span className={TRIGGER}>
          <TriggerContent {...props} />
        </span>
      }
    >
      <SearchPicker {...props} />
    </Suspense>
  );
}

function ListPicker(props: PickerProps) {
  const { label, value, groups, onChange } = props;
  const items = groups.flatMap(({ entries }) => entries);
  return (
    <Base.Root items={items} value={value} onValueChange={(chosen) => chosen !== null && onChange(chosen)}>
      <Base.Trigger aria-label={label} className={TRIGGER}>
        <TriggerContent {...props} />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner
          className="z-50"
          side="top"
          align="start"
          sideOffset={8}
          alignItemWithTrigger={false}
        >
          <Base.Popup className={POPUP}>
            <Base.List className="max-h-[min(24rem,var(--available-height))] overflow-y-auto p-1.5">
              {groups.map(({ title, entries }) => (
                <Base.Group key={title ?? ""}>
                  {title !== null && <Base.GroupLabel className={GROUP_TITLE}>{title}</Base.GroupLabel>}
                  {entries.map((entry) => (
                    <Base.Item key={entry.value} value={entry.value} className={ITEM}>
                      <EntryRow
                        entry={entry}
                        name={<Base.ItemText render={<span />}>{entry.label}</Base.ItemText>}
                      />
                      <span className="w-4 shrink-0">
                        <Base.ItemIndicator>
                          <Check size={15} className="text-accent-ink" />
                        </Base.ItemIndicator>
                      </span>
                    </Base.Item>
                  ))}
                </Base.Group>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export const TRIGGER =
  "inline-flex h-8.5 min-w-0 max-w-full items-center gap-2 rounded-md ps-2.5 pe-1.5 text-sm text-ink-2 transition-colors hover:bg-press hover:text-ink data-popup-open:bg-press data-popup-open:text-ink";
export const POPUP =
  "glass overlay-motion w-80 max-w-[calc(100vw-1.5rem)] overflow-hidden rounded-lg outline-none";
export const GROUP_TITLE = "px-2.5 pt-2.5 pb-1 text-2xs font-medium text-ink-3";
export const ITEM =
  "group flex cursor-default items-center gap-3 rounded-md px-2.5 py-1.5 text-sm outline-none data-highlighted:bg-press";

/** What is chosen now. */
export function TriggerContent({ value, groups }: PickerProps) {
  const chosen = groups.flatMap(({ entries }) => entries).find((entry) => entry.value === value);
  return (
    <>
      {chosen?.mark}
      <bdi className="truncate font-medium">{chosen?.label}</bdi>
      <ChevronDown size={14} className="shrink-0 text-ink-3" />
    </>
  );
}

export function EntryRow({ entry, name }: { entry: PickerEntry; name: ReactNode }) {
  const { mark, detail, figure } = entry;
  return (
    <>
      {mark && <span className="grid w-5.5 shrink-0 place-items-center">{mark}</span>}
      <span className="min-w-0 grow">
        <span className="block font-medium wrap-anywhere">
          <bdi>{name}</bdi>
        </span>
        {detail && (
          <span className="block text-xs text-ink-3 wrap-anywhere group-data-highlighted:text-ink-2">
            {detail}
          </span>
        )}
      </span>
      {figure && (
        <bdi className="num shrink-0 text-xs text-ink-3 group-data-highlighted:text-ink-2">{figure}</bdi>
      )}
    </>
  );
}
