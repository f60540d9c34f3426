import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isRefusal } from "@/backend/call-error";
import { setConnection } from "./connection";

/** Answers stay until an event says otherwise; the node is near, so nothing is retried blindly. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    if (isRefusal(error)) setConnection("refused");
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { staleTime: Infinity, retry: false, networkMode: "always", refetchOnWindowFocus: false },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
