import type { FakeNode } from "@/backend/fake/fake-node";
import type { Event } from "@/backend/api.gen";
import type { TauriCore } from "@/backend/tauri";

/** The window's side of the shell: commands and ordered channels over a node in memory. */
export function tauriDouble(node: FakeNode): TauriCore {
  const subscriptions = new Map<number, () => void>();
  let nextId = 1;

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- each channel carries its own kind
  class Channel<Message> {
    onmessage: (message: Message) => void = () => {};
  }

  return {
    Channel,
    async invoke(command, args) {
      switch (command) {
        case "call":
          return throughJson(await node.call(String(args["name"]), throughJson(args["params"])));
        case "stream": {
          const channel = args["channel"] as Channel<unknown[]>;
          const leave = new AbortController();
          const send = (part: unknown) => channel.onmessage(throughJson([part]));
          const run = await node.stream(String(args["name"]), throughJson(args["params"]));
          void run((piece) => send({ piece }), leave.signal)
            .catch((error: unknown) => send({ error }))
            .finally(() => send({ end: true }));
          subscriptions.set(nextId, () => leave.abort());
          return nextId++;
        }
        case "subscribe": {
          const channel = args["channel"] as Channel<Event[]>;
          const deliver = (batch: Event[]) => channel.onmessage(throughJson(batch));
          subscriptions.set(nextId, node.subscribe(args["after"] as number | null, { deliver }));
          return nextId++;
        }
        case "unsubscribe":
          subscriptions.get(Number(args["id"]))?.();
          return null;
        default:
          throw new Error(`no command ${command}`);
      }
    },
  };
}

function throughJson<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}
