import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Machine, Place, Setting, SettingValue } from "@/backend/api.gen";
import type { Backend } from "@/backend/backend";
import { useBackend } from "./backend-context";
import { patchFirewall, patchMachine, patchSetting, patchSettingValue } from "./patches";
import { queries } from "./queries";

export function useRename() {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => backend.call("machines.rename", { name }),
    onSuccess: (machine: Machine) => patchMachine(client, machine),
  });
}

/** Shows the new value at once and takes it back when the node refuses. */
export function useSetSetting(key: string) {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (value: SettingValue) => backend.call("settings.set", { key, value }),
    onMutate(value) {
      const before = client.getQueryData(queries.settings(backend).queryKey);
      patchSettingValue(client, key, value);
      return { before: before?.find((setting) => setting.key === key) };
    },
    onSuccess: (setting: Setting) => patchSetting(client, setting),
    onError(_error, _value, context) {
      if (context?.before) patchSetting(client, context.before);
    },
  });
}

export function useResetSetting(key: string) {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => backend.call("settings.reset", { key }),
    onSuccess: (setting: Setting) => patchSetting(client, setting),
  });
}

export function useOpenFirewall() {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => backend.call("firewall.open", null),
    async onSuccess({ firewall }) {
      patchFirewall(client, firewall);
      // The check that spoke of the firewall is out of date too.
      await client.invalidateQueries({ queryKey: ["diagnostics.run"] });
    },
  });
}

export function useAutostart() {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (on: boolean) => backend.call("desktop.autostart", { on }),
    onSuccess: (desktop) => client.setQueryData(queries.desktop(backend).queryKey, desktop),
  });
}

export function useOpenPlace() {
  const backend = useBackend();
  return useMutation({ mutationFn: (place: Place) => backend.call("desktop.open", { place }) });
}

export function useTryNotification() {
  const backend = useBackend();
  return useMutation({ mutationFn: () => backend.call("desktop.try_notification", null) });
}

/** The report's text, for the clipboard. */
export function useReport() {
  const backend = useBackend();
  return useMutation({ mutationFn: async () => (await backend.call("diagnostics.report", null)).text });
}

/** Lets the person choose a file; the path is `null` when they changed their mind. */
export function useSaveReport() {
  const backend = useBackend();
  return useMutation({
    mutationFn: async (title: string) => (await backend.call("desktop.save_report", { title })).path,
  });
}

/** Asks anew whether anything could answer, rather than trusting the cache. */
export function useAskReadiness() {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({ mutationFn: () => freshReadiness(backend, client) });
}

function freshReadiness(backend: Backend, client: ReturnType<typeof useQueryClient>) {
  return client.fetchQuery({ ...queries.readiness(backend), staleTime: 0 });
}
