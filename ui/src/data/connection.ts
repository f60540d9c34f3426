import { create } from "zustand";

/**
 * How this page stands with its node. `refused` is final: the link or the
 * session is spent and only a new link helps.
 */
export type Connection = "connecting" | "live" | "lost" | "refused";

export const useConnection = create<{ connection: Connection }>(() => ({ connection: "connecting" }));

export function setConnection(connection: Connection) {
  useConnection.setState((state) => (state.connection === "refused" ? state : { connection }));
}
