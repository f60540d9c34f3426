import type { QueryClient } from "@tanstack/react-query";
import type {
  Diagnostics,
  Firewall,
  Machine,
  Notice,
  NodeState,
  Peer,
  Pull,
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

/** Whether somebody decided something about the machine since. */
export function patchPeer(client: QueryClient, peer: Peer): boolean {
  // A list that is on its way may be older than this.
  if (client.isFetching({ queryKey: ["peers.list"] }))
    void client.invalidateQueries({ queryKey: ["peers.list"] });
  const peers = client.getQueryData<Peer[]>(["peers.list"]);
  if (!peers) return false;
  const before = peers.find(({ id }) => id === peer.id);
  const after = before ? peers.map((one) => (one === before ? peer : one)) : [...peers, peer];
  client.setQueryData<Peer[]>(["peers.list"], after);
  return before !== undefined && decidedOf(before) !== decidedOf(peer);
}

/** What only a decision changes; everything else comes and goes by itself. */
function decidedOf({ state, relation, name, permissions, quota }: Peer): string {
  return JSON.stringify([state, relation, name, permissions, quota]);
}

export function removePeer(client: QueryClient, id: string) {
  client.setQueryData<Peer[]>(["peers.list"], (peers) => peers?.filter((peer) => peer.id !== id));
}

export function patchPull(client: QueryClient, pull: Pull) {
  // A list that is on its way may be older than this.
  if (client.isFetching({ queryKey: ["models.pulls"] }))
    void client.invalidateQueries({ queryKey: ["models.pulls"] });
  client.setQueryData<Pull[]>(["models.pulls"], (pulls) => {
    if (!pulls?.some(({ id }) => id === pull.id)) return pulls && [...pulls, pull];
    return pulls.map((known) => (known.id === pull.id ? pull : known));
  });
}

export function removePull(client: QueryClient, id: string) {
  client.setQueryData<Pull[]>(["models.pulls"], (pulls) => pulls?.filter((pull) => pull.id !== id));
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
