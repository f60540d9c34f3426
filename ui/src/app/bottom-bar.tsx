import { clsx } from "clsx";
import { Search } from "lucide-react";
import { useI18n } from "@/i18n/i18n";
import { href, type Screen, SCREENS } from "@/routing/router";
import { NoticeCount } from "./notice-count";
import { screens } from "./screens";
import { openPalette } from "./ui-state";

const ITEM =
  "flex min-h-12 min-w-0 flex-col items-center justify-center gap-1 rounded-md text-2xs font-medium";

/** The navigation of narrow windows, within reach of a thumb. */
export function BottomBar({ current }: { current: Screen }) {
  const { t } = useI18n();
  return (
    <nav
      aria-label={t("app.main_navigation")}
      data-region
      className="grid shrink-0 grid-cols-6 border-t border-line bg-canvas px-1 pt-1 pb-[max(.375rem,env(safe-area-inset-bottom))] md:hidden"
    >
      {SCREENS.map((screen) => {
        const Icon = screens[screen].icon;
        const active = screen === current;
        return (
          <a
            key={screen}
            href={href({ screen })}
            aria-current={active ? "page" : undefined}
            className={clsx(ITEM, active ? "text-accent-ink" : "text-ink-3")}
          >
            <span className="relative">
              <Icon size={20} strokeWidth={1.8} />
              <NoticeCount screen={screen} className="absolute -end-3.5 -top-1.5" />
            </span>
            <span className="max-w-full truncate">{t(`screen.${screen}`)}</span>
          </a>
        );
      })}
      <button type="button" onClick={() => openPalette(true)} className={clsx(ITEM, "text-ink-3")}>
        <Search size={20} strokeWidth={1.8} />
        <span className="max-w-full truncate">{t("action.search")}</span>
      </button>
    </nav>
  );
}
