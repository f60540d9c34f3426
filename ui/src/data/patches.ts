import type { QueryClient } from "@tanstack/react-query";
import type {
  Diagnostics,
  Firewall,
  Machine,
  Notice,
  NodeState,
  Setting,
  SettingValue,
  Status,
} from "@/backend/api.gen";

// Changes to what the cache holds, used by answers of writes and by events.

export function patchMachine(client: QueryClient, machine: Machine) {
  client.setQueryData<Machine[]>(["machines.list"], (machines) =>
    machines?.map((known) => (known.id === machine.id ? machine : known)),
  );
  if (machine.this_machine) patchStatus(client, { machine });
}

export function patchSetting(client: QueryClient, setting: Setting) {
  client.setQueryData<Setting[]>(["settings.list"], (settings) =>
    settings?.map((known) => (known.key === setting.key ? setting : known)),
  );
}

export function patchSettingValue(client: QueryClient, key: string, value: SettingValue) {
  client.setQueryData<Setting[]>(["settings.list"], (settings) =>
    settings?.map((known) => (known.key === key ? { ...known, value } : known)),
  );
}

export function patchNodeState(client: QueryClient, state: NodeState) {
  patchStatus(client, { state });
}

export function patchNotices(client: QueryClient, notices: Notice[]) {
  patchStatus(client, { notices });
}

export function patchFirewall(client: QueryClient, firewall: Firewall) {
  client.setQueryData<Diagnostics>(["diagnostics.run"], (known) => known && { ...known, firewall });
}

function patchStatus(client: QueryClient, change: Partial<Status>) {
  client.setQueryData<Status>(["status"], (status) => status && { ...status, ...change });
}
