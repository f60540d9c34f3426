import type { Setting } from "@/backend/api.gen";

/** The sections of the screen, in order. `desktop`, `folders`, `mesh` and `about` hold more than settings. */
export const SECTIONS = [
  "machine",
  "appearance",
  "desktop",
  "folders",
  "network",
  "mesh",
  "page",
  "chat",
  "models",
  "sharing",
  "log",
  "other",
  "about",
] as const;

export type Section = (typeof SECTIONS)[number];

/** By the first part of a key; a setting nobody arranged appears under "other". */
const SECTION_OF: Record<string, Section> = {
  machine: "machine",
  ui: "appearance",
  desktop: "desktop",
  network: "network",
  http: "page",
  chat: "chat",
  models: "models",
  sharing: "sharing",
  log: "log",
};

/** What one machine may ask of this one belongs to what is shared. */
const APART: Record<string, Section> = { "network.requests_per_minute": "sharing" };

/** Things the page remembers for itself; there is nothing to choose. */
const HIDDEN = new Set(["ui.welcomed", "ui.tray_hint_shown"]);

/** Every visible setting in its section, in the order the node lists them. */
export function arrange(settings: readonly Setting[]): Map<Section, Setting[]> {
  const sections = new Map<Section, Setting[]>();
  for (const setting of settings) {
    if (HIDDEN.has(setting.key)) continue;
    const section = sectionOf(setting.key);
    sections.set(section, [...(sections.get(section) ?? []), setting]);
  }
  return sections;
}

export function sectionOf(key: string): Section {
  return APART[key] ?? SECTION_OF[key.split(".")[0] ?? ""] ?? "other";
}
