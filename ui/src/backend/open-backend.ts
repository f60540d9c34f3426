import type { Backend } from "./backend";
import { httpBackend } from "./http";
import { Session } from "./session";
import { insideTauri, tauriBackend } from "./tauri";

/** The backend of the place this page was opened in. */
export async function openBackend(): Promise<Backend> {
  if (insideTauri()) return tauriBackend();
  const page = { location, history, storage: sessionStorage, fetch: fetch.bind(globalThis) };
  // A new link that is opened in this tab changes only the hash, which loads nothing.
  addEventListener("hashchange", () => {
    if (Session.codeIn(location)) location.reload();
  });
  const session = await Session.open("", page);
  return httpBackend({ base: "", session });
}
