import {
  Copy,
  FileText,
  Keyboard,
  Languages,
  type LucideIcon,
  Monitor,
  Moon,
  Plus,
  Radar,
  SlidersHorizontal,
  Sun,
} from "lucide-react";
import { callError } from "@/backend/call-error";
import { copyText } from "@/components/copy-text";
import { tell, tellFailure } from "@/components/toast-manager";
import { useDesktop, usePeers, useSettings, useThisMachine } from "@/data/reads";
import { useReport, useSetSetting } from "@/data/writes";
import { sectionOf } from "@/features/settings/arrangement";
import { type I18n, useI18n } from "@/i18n/i18n";
import { navigate, SCREENS } from "@/routing/router";
import { screens } from "./screens";
import { openKeys } from "./ui-state";

/** One line of the palette. */
export interface Command {
  /** What is searched and shown. */
  label: string;
  /** What is searched but not shown, such as the name in the file. */
  keywords: string;
  icon: LucideIcon;
  run: () => void;
}

export interface CommandGroup {
  label: string;
  items: Command[];
}

/** Everything the palette offers now. */
export function useCommands(): CommandGroup[] {
  const i18n = useI18n();
  const { t } = i18n;
  return [
    { label: t("palette.screens"), items: SCREENS.map((screen) => screenCommand(i18n, screen)) },
    { label: t("palette.actions"), items: useActions() },
    { label: t("palette.machines"), items: useMachineCommands() },
    { label: t("palette.settings"), items: useSettingCommands() },
  ];
}

function screenCommand({ t }: I18n, screen: (typeof SCREENS)[number]): Command {
  return {
    label: t(`screen.${screen}`),
    keywords: screen,
    icon: screens[screen].icon,
    run: () => navigate({ screen }),
  };
}

function useActions(): Command[] {
  const { t, say } = useI18n();
  const machine = useThisMachine();
  const report = useReport();
  const theme = useSetSetting("ui.theme");
  const language = useSetSetting("ui.language");

  // Promises, because the palette is gone before the answer comes.
  const orTell = (work: Promise<unknown>) => {
    work.catch((thrown: unknown) => {
      const { title, text } = say(callError(thrown));
      tellFailure(title, text);
    });
  };
  const copy = async (text: string, done: string) => {
    if (await copyText(text)) tell(done);
  };
  const copyReport = async () => copy(await report.mutateAsync(), t("diagnostics.report_copied"));
  const look = (value: string) => () => orTell(theme.mutateAsync(value));
  const speak = (value: string) => () => orTell(language.mutateAsync(value));

  return [
    { label: t("palette.theme_light"), keywords: "theme light", icon: Sun, run: look("light") },
    { label: t("palette.theme_dark"), keywords: "theme dark", icon: Moon, run: look("dark") },
    { label: t("palette.theme_system"), keywords: "theme system", icon: Monitor, run: look("system") },
    { label: t("palette.language_en"), keywords: "language english", icon: Languages, run: speak("en") },
    {
      label: t("palette.language_fa"),
      keywords: "language persian farsi",
      icon: Languages,
      run: speak("fa"),
    },
    {
      label: t("palette.copy_report"),
      keywords: "report diagnostics",
      icon: FileText,
      run: () => orTell(copyReport()),
    },
    {
      label: t("machines.add"),
      keywords: "machine add address pair",
      icon: Plus,
      run: () => navigate({ screen: "machines", section: "add" }),
    },
    ...(machine
      ? [
          {
            label: t("palette.copy_id"),
            keywords: "id",
            icon: Copy,
            run: () => orTell(copy(machine.id, t("action.copied"))),
          },
        ]
      : []),
    { label: t("palette.keys"), keywords: "keyboard shortcuts", icon: Keyboard, run: () => openKeys(true) },
  ];
}

/** Every machine that somebody decided about leads to what is known of it. */
function useMachineCommands(): Command[] {
  const peers = usePeers().data ?? [];
  return peers.flatMap(({ state, name, id, short_id, addresses }) =>
    state === "trusted" && name !== null
      ? [
          {
            label: name,
            keywords: `${short_id} ${addresses.join(" ")}`,
            icon: Radar,
            run: () => navigate({ screen: "machines", section: id }),
          },
        ]
      : [],
  );
}

/** Every named setting leads to its section. */
function useSettingCommands(): Command[] {
  const { t, lookUp } = useI18n();
  const settings = useSettings().data ?? [];
  const onDesktop = useDesktop().data !== undefined;
  return settings.flatMap(({ key }) => {
    const label = lookUp(`setting.${key}`);
    const section = sectionOf(key);
    // A browser has no such section to lead to.
    if (!label || (section === "desktop" && !onDesktop)) return [];
    return [
      {
        label: `${t(`section.${section}`)}: ${label}`,
        keywords: key,
        icon: SlidersHorizontal,
        run: () => navigate({ screen: "settings", section }),
      },
    ];
  });
}
