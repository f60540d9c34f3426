import { clsx } from "clsx";
import { lazy, Suspense, useEffect, useRef } from "react";
import { useConnection } from "@/data/connection";
import { useI18n } from "@/i18n/i18n";
import { type Screen, useRoute } from "@/routing/router";
import { BottomBar } from "./bottom-bar";
import { ConnectionBanner } from "./connection-banner";
import { ErrorBoundary } from "./error-boundary";
import { WaitingBanner } from "./waiting-banner";
import { fetchScreens, screens } from "./screens";
import { useShortcuts } from "./shortcuts";
import { Sidebar } from "./sidebar";
import { useUi } from "./ui-state";

const CommandPalette = lazy(() => import("./command-palette"));
const KeyboardMap = lazy(() => import("./keyboard-map"));

/** The first screen has the line and the processor to itself. */
const OTHER_SCREENS_AFTER_MS = 3000;

/** The frame around every screen. */
export function Shell({ onReconnect }: { onReconnect: () => void }) {
  const { t } = useI18n();
  const { screen } = useRoute();
  const { paletteOpen, keysOpen, sidebarHidden } = useUi();
  const lost = useConnection(({ connection }) => connection === "lost");
  const main = useFocusOnScreenChange(screen);
  const Screen = screens[screen].component;
  useShortcuts();

  useEffect(() => {
    document.title = `${t(`screen.${screen}`)} · ${t("app.name")}`;
  }, [screen, t]);

  useEffect(() => {
    const timer = setTimeout(() => void fetchScreens(), OTHER_SCREENS_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);

  return (
    <div className="flex h-full flex-col">
      <a
        href="#main"
        onClick={(event) => {
          // The hash belongs to the router.
          event.preventDefault();
          main.current?.focus();
        }}
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-md focus:bg-accent focus:px-3 focus:py-2 focus:text-on-accent"
      >
        {t("app.skip")}
      </a>
      {lost && <ConnectionBanner onRetry={onReconnect} />}
      <WaitingBanner screen={screen} />
      <div className="flex min-h-0 grow flex-col md:flex-row">
        <Sidebar current={screen} className={sidebarHidden ? "hidden" : "hidden md:flex"} />
        <main
          ref={main}
          id="main"
          tabIndex={-1}
          data-region
          className={clsx(
            "relative min-h-0 min-w-0 grow overflow-hidden bg-surface outline-none md:my-2 md:me-2 md:rounded-xl md:border md:border-line md:shadow-1",
            sidebarHidden && "md:ms-2",
            lost && "grayscale",
          )}
        >
          <ErrorBoundary key={screen}>
            <Suspense fallback={null}>
              <Screen />
            </Suspense>
          </ErrorBoundary>
        </main>
        <BottomBar current={screen} />
      </div>
      <Suspense fallback={null}>
        {paletteOpen && <CommandPalette />}
        {keysOpen && <KeyboardMap />}
      </Suspense>
    </div>
  );
}

/** A screen reader hears of the new screen; the first one keeps the focus where it is. */
function useFocusOnScreenChange(screen: Screen) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(screen);
  useEffect(() => {
    if (shown.current === screen) return;
    shown.current = screen;
    main.current?.focus({ preventScroll: true });
  }, [screen]);
  return main;
}
