import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Access, AccessChoice } from "@/backend/api.gen";
import type { Backend } from "@/backend/backend";
import { useBackend } from "./backend-context";
import { queries } from "./queries";

// Asking the person of a machine for the use of its models, and answering.

export function useAskAccess(peer: string) {
  return useAccessWrite((backend, reason: string) => backend.call("access.ask", { peer, reason }));
}

export function useWithdrawAccess(peer: string) {
  return useAccessWrite((backend) => backend.call("access.withdraw", { peer }));
}

export function useAnswerAccess(peer: string) {
  return useAccessWrite((backend, { answer, words }: { answer: AccessChoice; words: string }) =>
    backend.call("access.answer", { peer, answer, words }),
  );
}

function useAccessWrite<Given = void>(write: (backend: Backend, given: Given) => Promise<Access>) {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (given: Given) => write(backend, given),
    onSuccess: (written) =>
      client.setQueryData(queries.access(backend).queryKey, (all) => [
        written,
        ...(all ?? []).filter((one) => one.peer !== written.peer || one.asked_by !== written.asked_by),
      ]),
  });
}
