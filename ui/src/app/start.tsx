import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { Backend } from "@/backend/backend";
import { callError, isRefusal } from "@/backend/call-error";
import { startLive } from "@/data/live";
import { createQueryClient } from "@/data/query-client";
import { I18nProvider } from "@/i18n/i18n";
import { loadWords } from "@/i18n/words";
import { App } from "./app";
import { ErrorBoundary } from "./error-boundary";
import { LinkSpent } from "./link-spent";
import { Unreachable } from "./unreachable";

/** Opens the backend and shows the page, or says why there is nothing to show. */
export async function start(openBackend: () => Promise<Backend>) {
  const container = document.getElementById("root");
  if (!container) throw new Error("The page has no #root.");
  const root = createRoot(container);
  const language = document.documentElement.lang === "fa" ? "fa" : "en";
  const words = await loadWords(language);
  const spoken = { language, words } as const;

  try {
    const backend = await openBackend();
    const client = createQueryClient();
    // For as long as the page lives, so outside of what React may mount twice.
    const live = startLive(backend, client);
    root.render(
      <StrictMode>
        <App backend={backend} client={client} live={live} spoken={spoken} />
      </StrictMode>,
    );
  } catch (thrown) {
    const spent = isRefusal(callError(thrown));
    root.render(
      <I18nProvider {...spoken}>
        <ErrorBoundary>
          {spent ? <LinkSpent /> : <Unreachable onRetry={() => location.reload()} />}
        </ErrorBoundary>
      </I18nProvider>,
    );
  }
}
