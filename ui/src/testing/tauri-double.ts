import type { FakeNode } from "@/backend/fake/fake-node";
import type { Event } from "@/backend/api.gen";
import type { TauriCore } from "@/backend/tauri";

/** The window's side of the shell: commands and ordered channels over a node in memory. */
export function tauriDouble(node: FakeNode): TauriCore {
  const subscriptions = new Map<number, () => void>();
  let nextId = 1;

  class Channel {
    onmessage: (batch: Event[]) => void = () => {};
  }

  return {
    Channel,
    async invoke(command, args) {
      switch (command) {
        case "call":
          return throughJson(await node.call(String(args["name"]), throughJson(args["params"])));
        case "subscribe": {
          const channel = args["channel"] as Channel;
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
