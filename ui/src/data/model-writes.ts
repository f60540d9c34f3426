import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Pull } from "@/backend/api.gen";
import type { CallName, Params } from "@/backend/backend";
import { useBackend } from "./backend-context";
import { patchPull, removePull } from "./patches";

// The servers of models of this machine, and the models they hold.

export function useTryServer() {
  const backend = useBackend();
  return useMutation({
    mutationFn: (server: Params<"backends.try">) => backend.call("backends.try", server),
  });
}

export function useAddServer() {
  return useServerWrite("backends.add");
}

export function useChangeServer() {
  return useServerWrite("backends.change");
}

export function useRemoveServer() {
  return useServerWrite("backends.remove");
}

/** Looks at a server now, with a question of one token where that is wanted. */
export function useProbeServer(id: string) {
  const backend = useBackend();
  return useMutation({ mutationFn: (ask: boolean) => backend.call("backends.probe", { id, ask }) });
}

/** Begins a download, or goes on with one that failed. */
export function usePull() {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (model: string) => backend.call("models.pull", { model }),
    onSuccess: (pull: Pull) => patchPull(client, pull),
  });
}

/** Ends a download, or puts one away that has ended. */
export function useEndPull({ id, model }: Pull) {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => backend.call("models.cancel_pull", { model }),
    onSuccess: () => removePull(client, id),
  });
}

export function useDeleteModel() {
  return useServerWrite("models.delete");
}

/** What changes what can be asked; the event that says so may come later than the answer. */
function useServerWrite<K extends Extract<CallName, `backends.${string}` | "models.delete">>(name: K) {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (params: Params<K>) => backend.call(name, params),
    onSuccess: () => client.invalidateQueries({ queryKey: ["models.view"] }),
  });
}
