import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { CornerDownLeft, Search } from "lucide-react";
import { useRef, useState } from "react";
import { Kbd } from "@/components/kbd";
import { useI18n } from "@/i18n/i18n";
import { type Command, type CommandGroup, useCommands } from "./commands";
import { openPalette, useUi } from "./ui-state";

/** Search over screens, actions and settings. */
export default function CommandPalette() {
  const { t } = useI18n();
  const open = useUi(({ paletteOpen }) => paletteOpen);
  const [query, setQuery] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const groups = useCommands();

  const run = (command: Command) => {
    openPalette(false);
    command.run();
  };

  return (
    <Dialog.Root open={open} onOpenChange={openPalette}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Viewport className="fixed inset-0 z-40 flex items-start justify-center overflow-hidden p-4 md:pt-[14dvh]">
          <Dialog.Popup
            initialFocus={input}
            className="glass overlay-motion flex max-h-[min(30rem,calc(100dvh-2rem))] w-full max-w-140 flex-col overflow-hidden rounded-xl outline-none"
          >
            <Dialog.Title className="sr-only">{t("palette.title")}</Dialog.Title>
            <Autocomplete.Root
              open
              inline
              items={groups.map(({ label, items }) => ({ value: label, items }))}
              value={query}
              onValueChange={setQuery}
              filter={matches}
              itemToStringValue={(command: Command) => command.label}
              autoHighlight="always"
              keepHighlight
            >
              <div className="flex shrink-0 items-center gap-3 border-b border-line px-4">
                <Search size={17} className="shrink-0 text-ink-3" />
                <Autocomplete.Input
                  ref={input}
                  aria-label={t("palette.title")}
                  placeholder={t("palette.placeholder")}
                  className="h-12 w-full min-w-0 bg-transparent text-base outline-none"
                />
                <Kbd>Esc</Kbd>
              </div>
              <div className="min-h-0 grow overflow-y-auto p-1.5">
                <Autocomplete.Empty>
                  {query && (
                    <p className="px-3 py-6 text-center text-sm text-ink-2">
                      {t("palette.empty", { query })}
                    </p>
                  )}
                </Autocomplete.Empty>
                <Autocomplete.List aria-label={t("palette.title")}>
                  {(group: { value: CommandGroup["label"]; items: Command[] }) => (
                    <Autocomplete.Group key={group.value} items={group.items}>
                      <Autocomplete.GroupLabel className="px-2.5 pt-2.5 pb-1 text-2xs font-medium text-ink-3">
                        {group.value}
                      </Autocomplete.GroupLabel>
                      <Autocomplete.Collection>
                        {(command: Command) => (
                          <CommandItem key={command.label + command.keywords} command={command} onRun={run} />
                        )}
                      </Autocomplete.Collection>
                    </Autocomplete.Group>
                  )}
                </Autocomplete.List>
              </div>
            </Autocomplete.Root>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function CommandItem({ command, onRun }: { command: Command; onRun: (command: Command) => void }) {
  const Icon = command.icon;
  return (
    <Autocomplete.Item
      value={command}
      onClick={() => onRun(command)}
      className="group flex min-h-9 cursor-default items-center gap-3 rounded-md px-2.5 text-sm outline-none data-highlighted:bg-press"
    >
      <Icon
        size={16}
        strokeWidth={1.8}
        className="shrink-0 text-ink-3 group-data-highlighted:text-accent-ink"
      />
      <span className="min-w-0 grow truncate">{command.label}</span>
      <CornerDownLeft
        size={14}
        className="shrink-0 text-ink-3 opacity-0 group-data-highlighted:opacity-100 rtl:-scale-x-100"
      />
    </Autocomplete.Item>
  );
}

/** Every word of the query must occur in what is shown or in the keywords. */
function matches(command: Command, query: string): boolean {
  const text = `${command.label} ${command.keywords}`.toLocaleLowerCase();
  return query
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
