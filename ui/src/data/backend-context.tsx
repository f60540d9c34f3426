import { createContext, use } from "react";
import type { Backend } from "@/backend/backend";

export const BackendContext = createContext<Backend | null>(null);

export function useBackend(): Backend {
  const backend = use(BackendContext);
  if (!backend) throw new Error("There is no BackendContext around this component.");
  return backend;
}
