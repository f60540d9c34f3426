import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import type { PairingAnswer, Peer, PermissionGrant, Permission, PeerQuota } from "@/backend/api.gen";
import type { Backend } from "@/backend/backend";
import { useBackend } from "./backend-context";
import { patchPeer } from "./patches";

// What a person does about another machine. Most answers are the machine as it
// is afterwards; what others change arrives as events.

export function useAddPeer() {
  return usePeerWrite((backend, address: string) => backend.call("peers.add", { address }));
}

export function usePairWith(peer: string) {
  return usePeerWrite((backend) => backend.call("peers.pair", { peer }));
}

export function useOpenRequest(peer: string) {
  return usePeerWrite((backend) => backend.call("peers.open", { peer }));
}

export function useAnswerPairing(peer: string) {
  return usePeerWrite((backend, answer: Omit<PairingAnswer, "peer">) =>
    backend.call("peers.confirm", { peer, ...answer }),
  );
}

/** Ends a pairing, or puts away how the last one ended. */
export function useCancelPairing(peer: string) {
  return usePeerWrite((backend) => backend.call("peers.cancel", { peer }));
}

export function useAllow(peer: string) {
  return usePeerWrite((backend, grant: Omit<PermissionGrant, "peer">) =>
    backend.call("peers.allow", { peer, ...grant }),
  );
}

export function useDeny(peer: string) {
  return usePeerWrite((backend, permission: Permission) => backend.call("peers.deny", { peer, permission }));
}

export function useSetQuota(peer: string) {
  return usePeerWrite((backend, quota: PeerQuota | null) => backend.call("peers.set_quota", { peer, quota }));
}

export function useAdoptName(peer: string) {
  return usePeerWrite((backend) => backend.call("peers.adopt_name", { peer }));
}

// The card of a machine may be gone before these are done, and they are told all the same.

export function useBlock(peer: string, onSuccess: () => void) {
  const backend = useBackend();
  return useMutation({ mutationFn: () => backend.call("peers.block", { peer }), onSuccess });
}

export function useUnblock(peer: string, onSuccess: () => void) {
  const backend = useBackend();
  return useMutation({ mutationFn: () => backend.call("peers.unblock", { peer }), onSuccess });
}

export function useForget(peer: string, onSuccess: () => void) {
  const backend = useBackend();
  return useMutation({ mutationFn: () => backend.call("peers.forget", { peer }), onSuccess });
}

export function usePeerWrite<Given = void>(write: (backend: Backend, given: Given) => Promise<Peer>) {
  const backend = useBackend();
  const client: QueryClient = useQueryClient();
  return useMutation({
    mutationFn: (given: Given) => write(backend, given),
    onMutate: () => updatesOf(client),
    onSuccess: (peer, _given, before) => {
      // Where an event overtook the answer, the cache knows more than the answer does.
      if (updatesOf(client) === before) patchPeer(client, peer);
      void client.invalidateQueries({ queryKey: ["audit.list", { peer: peer.id }] });
    },
  });
}

function updatesOf(client: QueryClient): number | undefined {
  return client.getQueryState(["peers.list"])?.dataUpdateCount;
}
