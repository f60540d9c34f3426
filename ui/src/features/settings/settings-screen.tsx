import { clsx } from "clsx";
import { type ReactNode, useEffect } from "react";
import { Card } from "@/components/card";
import { InlineError } from "@/components/inline-error";
import { OpenNetworkBanner } from "@/components/open-network-banner";
import { Page } from "@/components/page";
import { Skeleton } from "@/components/skeleton";
import { useDesktop, useSettings, useStatus } from "@/data/reads";
import { useSetSetting } from "@/data/writes";
import { useI18n } from "@/i18n/i18n";
import { href, useRoute } from "@/routing/router";
import { AboutCard } from "./about-card";
import { arrange, type Section, SECTIONS } from "./arrangement";
import { DesktopRows } from "./desktop-rows";
import { FolderRows } from "./folder-rows";
import { MeshKeysCard } from "./mesh-keys-card";
import { SettingRow } from "./setting-row";
import { SharingRows } from "./sharing-rows";

export default function SettingsScreen() {
  const { t } = useI18n();
  const settings = useSettings();
  const status = useStatus().data;
  const desktop = useDesktop().data;
  const closeNetwork = useSetSetting("network.open");
  const wanted = useRoute().section;
  const loaded = settings.data !== undefined && status !== undefined;
  const arranged = arrange(settings.data ?? []);
  const waiting = settings.data?.filter((setting) => setting.waiting).length ?? 0;
  const content = new Map<Section, ReactNode[]>();
  for (const [section, rows] of arranged) {
    // Without a desktop there is nobody to show a notification to.
    if (section === "desktop" && !desktop) continue;
    content.set(
      section,
      rows.map((setting) => <SettingRow key={setting.key} setting={setting} />),
    );
  }
  const sharing = arranged.get("sharing");
  if (sharing) content.set("sharing", [<SharingRows key="rows" settings={sharing} />]);
  if (desktop) {
    const rows = content.get("desktop");
    content.set("desktop", [
      <DesktopRows key="rows" desktop={desktop}>
        {rows}
      </DesktopRows>,
    ]);
  }
  if (status) content.set("folders", [<FolderRows key="rows" status={status} />]);
  const shown = SECTIONS.filter(
    (section) => content.has(section) || (status && (section === "about" || section === "mesh")),
  );

  useEffect(() => {
    if (wanted) document.getElementById(wanted)?.scrollIntoView({ block: "start" });
    // Sections that arrive later push the wanted one away.
  }, [wanted, shown.length]);

  return (
    <Page
      title={t("screen.settings")}
      summary={
        waiting > 0
          ? t("settings.summary_waiting", { count: waiting })
          : t("settings.summary", { file: status?.config_file ?? "config.toml" })
      }
    >
      <OpenNetworkBanner
        setting={settings.data?.find(({ key }) => key === "network.open")}
        change={closeNetwork}
      />
      {settings.error && (
        <div className="mt-4">
          <InlineError error={settings.error} onRetry={() => void settings.refetch()} />
        </div>
      )}
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[168px_minmax(0,1fr)]">
        <SectionList sections={shown} current={wanted} />
        <div className="grid max-w-[760px] grid-cols-[minmax(0,1fr)] gap-4">
          {!loaded && !settings.error && <Skeleton className="h-96 rounded-lg!" />}
          {shown.map((section) =>
            section === "about" && status ? (
              <AboutCard key={section} status={status} />
            ) : section === "mesh" ? (
              <MeshKeysCard key={section} />
            ) : (
              <Card key={section} id={section} title={t(`section.${section}`)}>
                <div className="mt-1 -mb-3">{content.get(section)}</div>
              </Card>
            ),
          )}
        </div>
      </div>
    </Page>
  );
}

function SectionList({ sections, current }: { sections: readonly Section[]; current: string | undefined }) {
  const { t } = useI18n();
  return (
    <nav aria-label={t("settings.sections")} className="sticky top-4 hidden flex-col gap-px lg:flex">
      {sections.map((section) => (
        <a
          key={section}
          href={href({ screen: "settings", section })}
          aria-current={current === section ? "location" : undefined}
          className={clsx(
            "rounded-md px-2.5 py-1.5 text-sm transition-colors",
            current === section
              ? "bg-press font-medium text-ink"
              : "text-ink-2 hover:bg-press/60 hover:text-ink",
          )}
        >
          {t(`section.${section}`)}
        </a>
      ))}
    </nav>
  );
}
