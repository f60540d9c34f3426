import { CSPProvider } from "@base-ui/react/csp-provider";
import { DirectionProvider } from "@base-ui/react/direction-provider";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import type { Backend } from "@/backend/backend";
import { BackendContext } from "@/data/backend-context";
import { useConnection } from "@/data/connection";
import type { Live } from "@/data/live";
import { useSetting, useSettings, useThisMachine } from "@/data/reads";
import { I18nProvider, useI18n } from "@/i18n/i18n";
import { type Language, resolveLanguage } from "@/i18n/language";
import { loadWords, type Words } from "@/i18n/words";
import { ErrorBoundary } from "./error-boundary";
import { LinkSpent } from "./link-spent";
import { useLook } from "./look";
import { Shell } from "./shell";
import { Unreachable } from "./unreachable";

const Toasts = lazy(() => import("@/components/toasts"));
const WelcomeScreen = lazy(() => import("@/features/welcome/welcome-screen"));

export interface Spoken {
  language: Language;
  words: Words;
}

interface AppProps {
  backend: Backend;
  client: QueryClient;
  live: Live;
  /** What the first paint is in; the setting decides afterwards. */
  spoken: Spoken;
}

export function App({ backend, client, live, spoken }: AppProps) {
  return (
    <BackendContext value={backend}>
      <QueryClientProvider client={client}>
        <Speaking first={spoken}>
          <Surroundings>
            <ErrorBoundary>
              <Entrance live={live} client={client} />
            </ErrorBoundary>
          </Surroundings>
        </Speaking>
      </QueryClientProvider>
    </BackendContext>
  );
}

/** Speaks the language of the setting, as soon as its words are there. */
function Speaking({ first, children }: { first: Spoken; children: ReactNode }) {
  const [spoken, setSpoken] = useState(first);
  const chosen = useSetting("ui.language")?.value;
  const wanted = typeof chosen === "string" ? resolveLanguage(chosen) : spoken.language;

  useEffect(() => {
    if (wanted === spoken.language) return;
    let current = true;
    const speak = async () => {
      const words = await loadWords(wanted);
      if (current) setSpoken({ language: wanted, words });
    };
    void speak();
    return () => {
      current = false;
    };
  }, [wanted, spoken.language]);

  return <I18nProvider {...spoken}>{children}</I18nProvider>;
}

function Surroundings({ children }: { children: ReactNode }) {
  const { direction } = useI18n();
  useLook();
  return (
    // The policy of the window allows no style elements put in at run time.
    <CSPProvider disableStyleElements>
      <DirectionProvider direction={direction}>
        {children}
        <Suspense fallback={null}>
          <Toasts />
        </Suspense>
      </DirectionProvider>
    </CSPProvider>
  );
}

/** Decides what there is to show: the shell, the welcome, or why neither. */
function Entrance({ live, client }: { live: Live; client: QueryClient }) {
  const connection = useConnection((state) => state.connection);
  const settings = useSettings();
  const machine = useThisMachine();
  const retry = () => {
    live.retry();
    void client.refetchQueries();
  };

  if (connection === "refused") return <LinkSpent />;
  if (!settings.data) return settings.error ? <Unreachable onRetry={retry} /> : null;
  const welcomed = settings.data.find((setting) => setting.key === "ui.welcomed")?.value !== false;
  if (welcomed) return <Shell onReconnect={retry} />;
  if (!machine) return null;
  return (
    <Suspense fallback={null}>
      <WelcomeScreen machine={machine} settings={settings.data} />
    </Suspense>
  );
}
