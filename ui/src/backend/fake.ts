import { aborted, unlessAborted } from "./abort";
import type { Answer, Backend, Piece } from "./backend";
import { callError, noNode } from "./call-error";
import { EventCursor } from "./event-cursor";
import type { FakeNode } from "./fake/fake-node";

/** A backend over a node in memory: for tests and `npm run dev:fake`, never in the product. */
export function fakeBackend(node: FakeNode): Backend {
  return {
    onDesktop: node.world.desktop !== null,

    async call(name, params, options) {
      options?.signal?.throwIfAborted();
      if (node.unreachable) throw noNode();
      const answer = node.call(name, params).catch((thrown: unknown) => {
        throw callError(thrown);
      });
      return structuredClone(await unlessAborted(answer, options?.signal)) as Answer<typeof name>;
    },

    async stream(name, params, onPiece, options) {
      const signal = options?.signal;
      signal?.throwIfAborted();
      if (node.unreachable) throw noNode();
      const hear = (piece: unknown) => {
        if (!signal?.aborted) onPiece(structuredClone(piece) as Piece<typeof name>);
      };
      const answered = node.stream(name, params).then((run) => run(hear, signal));
      await unlessAborted(answered, signal).catch((thrown: unknown) => {
        signal?.throwIfAborted();
        throw callError(thrown);
      });
      signal?.throwIfAborted();
    },

    async events(after, onEvent, { signal, onConnection }) {
      const cursor = new EventCursor(after);
      const unsubscribe = node.subscribe(after, {
        deliver: (batch) => {
          for (const event of batch) if (!signal.aborted && cursor.accept(event)) onEvent(event);
        },
        reachable: (reachable) => onConnection?.(reachable),
      });
      await aborted(signal);
      unsubscribe();
    },
  };
}
