import { clsx } from "clsx";
import { Search } from "lucide-react";
import { Kbd } from "@/components/kbd";
import { Logo } from "@/components/logo";
import { useI18n } from "@/i18n/i18n";
import { href, type Screen, SCREENS } from "@/routing/router";
import { MachineBadge } from "./machine-badge";
import { NoticeCount } from "./notice-count";
import { screens } from "./screens";
import { MOD } from "./shortcuts";
import { openPalette } from "./ui-state";

export function Sidebar({ current, className }: { current: Screen; className?: string }) {
  const { t } = useI18n();
  return (
    <aside aria-label={t("app.sidebar")} data-region className={clsx("w-60 shrink-0 flex-col", className)}>
      <div className="flex h-14 items-center gap-2.5 px-4">
        <Logo />
        <span className="text-lg font-semibold tracking-[-.015em]">{t("app.name")}</span>
      </div>
      <div className="px-3 pb-3">
        <button
          type="button"
          aria-keyshortcuts="Control+K Meta+K"
          onClick={() => openPalette(true)}
          className="flex h-9 w-full items-center gap-2.5 rounded-md border border-line-strong bg-raised px-2.5 text-sm text-ink-2 shadow-1 transition-colors hover:bg-press hover:text-ink"
        >
          <Search size={16} />
          <span className="grow text-start">{t("action.search")}</span>
          <Kbd>{MOD} K</Kbd>
        </button>
      </div>
      <nav aria-label={t("app.main_navigation")} className="flex flex-col gap-px px-3">
        {SCREENS.map((screen, index) => (
          <NavLink key={screen} screen={screen} keys={String(index + 1)} active={screen === current} />
        ))}
      </nav>
      <div className="grow" />
      <MachineBadge />
    </aside>
  );
}

function NavLink({ screen, keys, active }: { screen: Screen; keys: string; active: boolean }) {
  const { t } = useI18n();
  const Icon = screens[screen].icon;
  return (
    <a
      href={href({ screen })}
      aria-current={active ? "page" : undefined}
      aria-keyshortcuts={`Control+${keys} Alt+${keys}`}
      className={clsx(
        "relative flex h-8.5 items-center gap-2.5 rounded-md px-2.5 text-sm transition-colors",
        active ? "bg-press font-medium text-ink" : "text-ink-2 hover:bg-press/60 hover:text-ink",
      )}
    >
      {active && (
        <span className="absolute inset-y-2 -start-3 w-[3px] rounded-e-full bg-linear-to-b from-(--m1) via-(--m3) to-(--m4)" />
      )}
      <Icon size={17} strokeWidth={1.8} className={active ? "text-accent-ink" : undefined} />
      <span className="grow">{t(`screen.${screen}`)}</span>
      <NoticeCount screen={screen} />
    </a>
  );
}
