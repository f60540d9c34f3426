import { useQuery } from "@tanstack/react-query";
import type { Machine, Setting } from "@/backend/api.gen";
import { useBackend } from "./backend-context";
import { queries } from "./queries";

/** Figures such as memory move without an event; whoever shows them asks again. */
const FIGURES_EVERY_MS = 5000;

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
