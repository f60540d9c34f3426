import { Channel, invoke } from "@tauri-apps/api/core";
import { aborted, unlessAborted } from "./abort";
import type { Event } from "./api.gen";
import type { Answer, Backend } from "./backend";
import { callError } from "./call-error";
import { EventCursor } from "./event-cursor";

/** What this transport needs of Tauri; a test hands in its own. */
export interface TauriCore {
  invoke: (command: string, args: Record<string, unknown>) => Promise<unknown>;
  Channel: new () => { onmessage: (batch: Event[]) => void };
}

/**
 * Whether this page runs inside the application's window and is its own. Where
 * a daemon already holds the data folder the window shows that daemon's page,
 * under /app/, which may use no command.
 */
export function insideTauri(): boolean {
  return "__TAURI_INTERNALS__" in window && !location.pathname.startsWith("/app/");
}

/** The node in the window's own process, reached by commands and a channel. */
export function tauriBackend(core: TauriCore = { invoke, Channel: Channel<Event[]> }): Backend {
  return {
    onDesktop: true,

    async call(name, params, options) {
      options?.signal?.throwIfAborted();
      const answer = core.invoke("call", { name, params }).catch((thrown: unknown) => {
        throw callError(thrown);
      });
      return (await unlessAborted(answer, options?.signal)) as Answer<typeof name>;
    },

    async events(after, onEvent, { signal, onConnection }) {
      const cursor = new EventCursor(after);
      const channel = new core.Channel();
      // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a channel has one listener
      channel.onmessage = (batch) => {
        for (const event of batch) {
          if (!signal.aborted && cursor.accept(event)) onEvent(event);
        }
      };
      const id = await core.invoke("subscribe", { after, channel }).catch((thrown: unknown) => {
        throw callError(thrown);
      });
      onConnection?.(true);
      await aborted(signal);
      // The window may be going away together with its subscriptions.
      await core.invoke("unsubscribe", { id }).catch(() => undefined);
    },
  };
}
