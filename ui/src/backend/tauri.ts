import { Channel, invoke } from "@tauri-apps/api/core";
import { aborted, unlessAborted } from "./abort";
import type { ApiError, Event } from "./api.gen";
import type { Answer, Backend, Piece } from "./backend";
import { callError } from "./call-error";
import { EventCursor } from "./event-cursor";

/** What this transport needs of Tauri; a test hands in its own. */
export interface TauriCore {
  invoke: (command: string, args: Record<string, unknown>) => Promise<unknown>;
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- each channel carries its own kind
  Channel: new <Message>() => { onmessage: (message: Message) => void };
}

/** What the shell sends of an answer that comes piece by piece. */
type Part = { piece: unknown } | { error: ApiError } | { end: true };

/**
 * Whether this page runs inside the application's window and is its own. Where
 * a daemon already holds the data folder the window shows that daemon's page,
 * under /app/, which may use no command.
 */
export function insideTauri(): boolean {
  return "__TAURI_INTERNALS__" in window && !location.pathname.startsWith("/app/");
}

/** The node in the window's own process, reached by commands and a channel. */
export function tauriBackend(core: TauriCore = { invoke, Channel }): Backend {
  return {
    onDesktop: true,

    async call(name, params, options) {
      options?.signal?.throwIfAborted();
      const answer = core.invoke("call", { name, params }).catch((thrown: unknown) => {
        throw callError(thrown);
      });
      return (await unlessAborted(answer, options?.signal)) as Answer<typeof name>;
    },

    async stream(name, params, onPiece, options) {
      const signal = options?.signal;
      signal?.throwIfAborted();
      const channel = new core.Channel<Part[]>();
      const ended = new Promise<void>((resolve, reject) => {
        // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a channel has one listener
        channel.onmessage = (batch) => {
          for (const part of batch) {
            if (signal?.aborted) return;
            if ("piece" in part) onPiece(part.piece as Piece<typeof name>);
            else if ("error" in part) reject(callError(part.error));
            else resolve();
          }
        };
      });
      // It may break off before anybody waits for its end.
      ended.catch(() => undefined);
      const begun = core.invoke("stream", { name, params, channel });
      try {
        await unlessAborted(begun, signal);
        await unlessAborted(ended, signal);
      } catch (thrown) {
        signal?.throwIfAborted();
        throw callError(thrown);
      } finally {
        // Also where it was left before it had a number.
        void begun.then((id) => core.invoke("unsubscribe", { id })).catch(() => undefined);
      }
    },

    async events(after, onEvent, { signal, onConnection }) {
      const cursor = new EventCursor(after);
      const channel = new core.Channel<Event[]>();
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
