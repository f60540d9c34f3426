import { queryOptions } from "@tanstack/react-query";
import type { LogLevel } from "@/backend/api.gen";
import type { Answer, Backend, CallName, Params } from "@/backend/backend";
import type { CallError } from "@/backend/call-error";

/** A key names the call it caches, so a misspelt one does not compile. */
export type QueryKey = readonly [name: CallName, params?: unknown];

declare module "@tanstack/react-query" {
  interface Register {
    queryKey: QueryKey;
    defaultError: CallError;
  }
}

/** One factory for each read. Events keep their answers fresh (see `live.ts`). */
export const queries = {
  status: (backend: Backend) => read(backend, "status", null),
  machines: (backend: Backend) => read(backend, "machines.list", null),
  peers: (backend: Backend) => read(backend, "peers.list", null),
  invitations: (backend: Backend) => read(backend, "tickets.list", null),
  meshKeys: (backend: Backend) => read(backend, "mesh.list", null),
  settings: (backend: Backend) => read(backend, "settings.list", null),
  diagnostics: (backend: Backend) => read(backend, "diagnostics.run", null),
  log: (backend: Backend, level: LogLevel) => read(backend, "log.read", { level, limit: LOG_LINES }),
  access: (backend: Backend) => read(backend, "access.list", null),
  models: (backend: Backend) => read(backend, "models.view", null),
  shownModel: (backend: Backend, model: string) => read(backend, "models.show", { model }),
  pulls: (backend: Backend) => read(backend, "models.pulls", null),
  readiness: (backend: Backend) => read(backend, "chat.readiness", null),
  desktop: (backend: Backend) => read(backend, "desktop.state", null),
};

const LOG_LINES = 200;

function read<K extends CallName>(backend: Backend, name: K, params: Params<K>) {
  return queryOptions<Answer<K>>({
    queryKey: params === null ? [name] : [name, params],
    queryFn: ({ signal }) => backend.call(name, params, { signal }),
  });
}
