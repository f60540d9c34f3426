import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Access, Machine, Peer, Setting } from "@/backend/api.gen";
import { useBackend } from "./backend-context";
import { queries } from "./queries";

/** Figures such as memory move without an event; whoever shows them asks again. */
const FIGURES_EVERY_MS = 5000;

/** No event tells of a change that another window or the command line made; whoever opens the list asks. */
const UNTOLD = { refetchOnMount: "always" } as const;

export function useStatus() {
  return useQuery(queries.status(useBackend()));
}

export function useLiveStatus() {
  return useQuery({ ...queries.status(useBackend()), refetchInterval: FIGURES_EVERY_MS });
}

export function useMachines() {
  return useQuery(queries.machines(useBackend()));
}

/** This machine, as soon as it is known. */
export function useThisMachine(): Machine | undefined {
  return useMachines().data?.find((machine) => machine.this_machine);
}

/** The other machines: near or known. */
export function usePeers() {
  return useQuery(queries.peers(useBackend()));
}

/** What can be asked here and elsewhere, and who is answered. */
export function useModels() {
  return useQuery(queries.models(useBackend()));
}

/** Everything the server of a model here tells of it. */
export function useShownModel(model: string) {
  return useQuery(queries.shownModel(useBackend(), model));
}

/** Models that are being downloaded, and those that were since the node started. */
export function usePulls() {
  return useQuery(queries.pulls(useBackend()));
}

/** Who asked whom for the use of models. */
export function useAccess() {
  return useQuery(queries.access(useBackend()));
}

/** Machines whose people wait for an answer from here. */
export function useAccessRequests(): Access[] {
  return useAccess().data?.filter(({ asked_by, state }) => asked_by === "them" && state === "open") ?? [];
}

export function useInvitations() {
  return useQuery({ ...queries.invitations(useBackend()), ...UNTOLD });
}

export function useMeshKeys() {
  return useQuery({ ...queries.meshKeys(useBackend()), ...UNTOLD });
}

/** Those that wait for something a person does at this machine. */
export function usePairingsThatWait(): Peer[] {
  return usePeers().data?.filter(waitsForPerson) ?? [];
}

function waitsForPerson({ pairing }: Peer): boolean {
  return pairing?.step === "requested" || pairing?.step === "compare";
}

/** What was decided about one machine, newest first, a page at a time. */
export function useHistoryOf(peer: string) {
  const backend = useBackend();
  return useInfiniteQuery({
    queryKey: ["audit.list", { peer }],
    queryFn: ({ signal, pageParam }) =>
      backend.call(
        "audit.list",
        { peer, limit: HISTORY_PAGE, ...(pageParam !== null && { before: pageParam }) },
        { signal },
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.length < HISTORY_PAGE ? undefined : page.at(-1)?.id),
  });
}

const HISTORY_PAGE = 5;

export function useSettings() {
  return useQuery(queries.settings(useBackend()));
}

export function useSetting(key: string): Setting | undefined {
  return useSettings().data?.find((setting) => setting.key === key);
}

/** What the desktop offers; no data where there is no desktop. */
export function useDesktop() {
  const backend = useBackend();
  return useQuery({ ...queries.desktop(backend), enabled: backend.onDesktop });
}

/** The key that a machine's sigil is drawn from, where the machine is known. */
export function useMachineKey(id: string): string | undefined {
  const machines = useMachines().data ?? [];
  const peers = usePeers().data ?? [];
  return [...machines, ...peers].find((machine) => machine.id === id)?.key;
}
