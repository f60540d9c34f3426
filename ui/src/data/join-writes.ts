import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { JoinKind, TicketUse } from "@/backend/api.gen";
import type { QueryKey } from "./queries";
import type { Backend } from "@/backend/backend";
import { useBackend } from "./backend-context";
import { usePeerWrite } from "./peer-writes";

// Tickets and mesh keys: trust without comparing codes.

export function useMakeTicket() {
  return useJoinWrite(["tickets.list"], (backend, kind: JoinKind) => backend.call("tickets.make", { kind }));
}

export function useWithdrawTicket() {
  return useJoinWrite(["tickets.list"], (backend, id: string) => backend.call("tickets.withdraw", { id }));
}

export function useRedeemTicket() {
  return usePeerWrite((backend, use: TicketUse) => backend.call("tickets.redeem", use));
}

export function useMakeMeshKey() {
  return useJoinWrite(["mesh.list"], (backend, kind: JoinKind) => backend.call("mesh.make", { kind }));
}

export function useAddMeshKey() {
  return useJoinWrite(["mesh.list"], (backend, key: string) => backend.call("mesh.add", { key }));
}

export function useRotateMeshKey() {
  return useJoinWrite(["mesh.list"], (backend, id: string) => backend.call("mesh.rotate", { id }));
}

export function useRemoveMeshKey() {
  return useJoinWrite(["mesh.list"], (backend, id: string) => backend.call("mesh.remove", { id }));
}

/** No event tells of these, so the list is asked again after each change. */
function useJoinWrite<Given, Answered>(
  queryKey: QueryKey,
  write: (backend: Backend, given: Given) => Promise<Answered>,
) {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (given: Given) => write(backend, given),
    onSuccess: () => void client.invalidateQueries({ queryKey }),
  });
}
