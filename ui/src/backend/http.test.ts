// @vitest-environment node
import { GatewayDouble, LINK_CODE } from "@/testing/gateway-double";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Event, Happening } from "./api.gen";
import { FakeNode } from "./fake/fake-node";
import { httpBackend } from "./http";
import { Session } from "./session";

const READY: Happening = { kind: "node_state", state: "ready" };

let node: FakeNode;
let gateway: GatewayDouble;
let storage: Storage;
let abort: AbortController;

beforeEach(async () => {
  node = new FakeNode();
  gateway = await GatewayDouble.start(node);
  storage = memoryStorage();
  storage.setItem("banyan.token", "token");
  abort = new AbortController();
});

afterEach(async () => {
  abort.abort();
  await gateway.stop();
});

describe("a broken line", () => {
  it("is mended without losing or repeating an event", async () => {
    const { events, connections } = await listen();
    node.publish(READY, READY);
    await vi.waitFor(() => expect(events).toHaveLength(2));

    gateway.cut();
    node.publish(READY);
    await vi.waitFor(() => expect(events).toHaveLength(3));
    expect(events.map((event) => event.seq)).toEqual([1, 2, 3]);
    expect(connections).toEqual([true, false, true]);
  });

  it("is told and tried again with growing pauses while nothing answers", async () => {
    const pauses: number[] = [];
    const { connections } = await listen((failures) => {
      pauses.push(failures);
      return 1;
    });
    await gateway.stop();
    await vi.waitFor(() => expect(pauses.length).toBeGreaterThan(3));
    expect(pauses.slice(0, 4)).toEqual([0, 1, 2, 3]);
    expect(connections.slice(0, 2)).toEqual([true, false]);
  });

  it("counts as broken when it falls silent", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { connections } = await listen();
    await vi.advanceTimersByTimeAsync(46_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(connections.slice(0, 2)).toEqual([true, false]));
  });
});

describe("calls", () => {
  it("say that no node answers when nothing does", async () => {
    const backend = await open();
    await gateway.stop();
    await expect(backend.call("status", null)).rejects.toMatchObject({ code: "no_node", retryable: true });
  });

  it.each([
    { status: 502, body: "<html>Bad gateway</html>" },
    { status: 500, body: "" },
    { status: 200, body: "no json" },
  ])("report what is not our node's answer: %j", async (garble) => {
    const backend = await open();
    gateway.garble = garble;
    await expect(backend.call("status", null)).rejects.toMatchObject({ code: "internal" });
  });

  it("are refused without a token, and never sent", async () => {
    storage.removeItem("banyan.token");
    const backend = await open();
    await expect(backend.call("status", null)).rejects.toMatchObject({ code: "unauthorized" });
    expect(node.received).toEqual([]);
  });

  it("forget a token that is spent", async () => {
    const backend = await open();
    gateway.tokens.clear();
    await expect(backend.call("status", null)).rejects.toMatchObject({ code: "unauthorized" });
    expect(storage.getItem("banyan.token")).toBeNull();
  });
});

describe("events", () => {
  it("end when the session does", async () => {
    const backend = await open();
    gateway.tokens.clear();
    const listening = backend.events(null, () => {}, { signal: abort.signal });
    await expect(listening).rejects.toMatchObject({ code: "unauthorized" });
  });
});

describe("a one-time link", () => {
  it("buys a token and leaves the address", async () => {
    storage.removeItem("banyan.token");
    const replaced: string[] = [];
    const backend = await open(`#code=${LINK_CODE}`, replaced);
    expect(await backend.call("machines.list", null)).toHaveLength(1);
    expect(storage.getItem("banyan.token")).toBe("from-link");
    expect(replaced).toEqual(["/app/?a=b"]);
  });

  it("that is spent is refused", async () => {
    storage.removeItem("banyan.token");
    await expect(open("#code=old")).rejects.toMatchObject({ code: "link_spent" });
  });

  it("that is spent does no harm to a session that lives", async () => {
    const backend = await open("#code=old");
    expect(await backend.call("machines.list", null)).toHaveLength(1);
  });

  it("stays in the address while nothing answers", async () => {
    const replaced: string[] = [];
    await gateway.stop();
    await expect(open(`#code=${LINK_CODE}`, replaced)).rejects.toMatchObject({ code: "no_node" });
    expect(replaced).toEqual([]);
  });
});

async function open(hash = "", replaced: string[] = [], backoff: (failures: number) => number = () => 1) {
  const location = { hash, pathname: "/app/", search: "?a=b" } as Location;
  const history = { replaceState: (_data: unknown, _title: string, url: string) => replaced.push(url) };
  const session = await Session.open(gateway.base, {
    location,
    history: history as unknown as History,
    storage,
    fetch,
  });
  return httpBackend({ base: gateway.base, session, backoff });
}

async function listen(backoff?: (failures: number) => number) {
  const backend = await open("", [], backoff);
  const events: Event[] = [];
  const connections: boolean[] = [];
  const onConnection = (connected: boolean) => connections.push(connected);
  void backend.events(null, (event) => events.push(event), { signal: abort.signal, onConnection });
  await vi.waitFor(() => expect(gateway.streams).toBe(1));
  return { events, connections };
}

function memoryStorage(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  } as Storage;
}
