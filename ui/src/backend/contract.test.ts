// @vitest-environment node
import { GatewayDouble, LINK_CODE } from "@/testing/gateway-double";
import { tauriDouble } from "@/testing/tauri-double";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { ChatPiece, Event, Happening, Notice } from "./api.gen";
import type { Backend } from "./backend";
import { CallError } from "./call-error";
import { fakeBackend } from "./fake";
import { FakeNode } from "./fake/fake-node";
import { httpBackend } from "./http";
import { Session } from "./session";
import { tauriBackend } from "./tauri";

/** What every transport promises, whatever carries it. */
const transports: [name: string, open: (node: FakeNode) => Promise<Backend>][] = [
  ["fake", (node) => Promise.resolve(fakeBackend(node))],
  ["tauri", (node) => Promise.resolve(tauriBackend(tauriDouble(node)))],
  ["http", openHttp],
];

describe.each(transports)("the %s transport", (_name, open) => {
  async function setUp() {
    const node = new FakeNode();
    node.chat.pace = 0;
    return { node, backend: await open(node) };
  }

  it("carries parameters there and the answer back", async () => {
    const { node, backend } = await setUp();
    const machine = await backend.call("machines.rename", { name: "اتاق مطالعه 🌳" });
    expect(machine.name).toBe("اتاق مطالعه 🌳");
    expect(node.received).toEqual([{ name: "machines.rename", params: { name: "اتاق مطالعه 🌳" } }]);
  });

  it("carries an answer that is nothing", async () => {
    const { backend } = await setUp();
    expect(await backend.call("desktop.try_notification", null)).toBeNull();
  });

  it("carries an error with its code and parameters", async () => {
    const { node, backend } = await setUp();
    node.fail("status", { code: "disk_full", params: { folder: "/data" }, retryable: true });
    const failed = await backend.call("status", null).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CallError);
    expect(failed).toMatchObject({ code: "disk_full", params: { folder: "/data" }, retryable: true });
  });

  it("says which call does not exist", async () => {
    const { backend } = await setUp();
    const failed = backend.call("no.such" as "status", null);
    await expect(failed).rejects.toMatchObject({ code: "unknown_call", params: { call: "no.such" } });
  });

  it("lets go of a call when it is aborted", async () => {
    const { node, backend } = await setUp();
    const release = node.hold("status");
    const abort = new AbortController();
    const call = backend.call("status", null, { signal: abort.signal });
    await vi.waitFor(() => expect(node.received).toHaveLength(1));
    abort.abort(new Error("not needed any more"));
    await expect(call).rejects.toThrow("not needed any more");
    release();
  });

  it("does not even ask when it was aborted before", async () => {
    const { node, backend } = await setUp();
    const call = backend.call("status", null, { signal: AbortSignal.abort(new Error("too late")) });
    await expect(call).rejects.toThrow("too late");
    expect(node.received).toEqual([]);
  });

  it("carries an answer piece by piece, whole and in order", async () => {
    const { node, backend } = await setUp();
    const said: ChatPiece[] = ["پمپ ", "🌳 ", "two\nlines"].map((text) => ({ kind: "text", text }));
    node.chat.play(said);
    const heard: ChatPiece[] = [];
    const question = { messages: [{ role: "user" as const, content: "چرا؟" }] };
    await backend.stream("chat.ask", question, (piece) => heard.push(piece));
    expect(heard).toEqual(said);
    expect(node.chat.asked).toEqual([question]);
  });

  it("says at once why it does not even begin to answer", async () => {
    const { node, backend } = await setUp();
    node.fail("chat.ask", { code: "too_many_questions", params: { most: "16" }, retryable: true });
    const refused = ask(backend).done;
    await expect(refused).rejects.toMatchObject({ code: "too_many_questions", params: { most: "16" } });
  });

  it("tells when an answer breaks off, after what was said before", async () => {
    const { node, backend } = await setUp();
    node.chat.play([{ kind: "text", text: "one" }, "hold", "break"]);
    const { heard, done } = ask(backend);
    await vi.waitFor(() => expect(heard).toEqual([{ kind: "text", text: "one" }]));
    node.chat.release();
    await expect(done).rejects.toMatchObject({ code: "no_node" });
  });

  it("stops an answer that is left, and says nothing more of it", async () => {
    const { node, backend } = await setUp();
    node.chat.play([{ kind: "text", text: "one" }, "hold", { kind: "text", text: "two" }]);
    const { heard, done, leave } = ask(backend);
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    expect(node.chat.running).toBe(1);
    leave(new Error("enough"));
    await expect(done).rejects.toThrow("enough");
    await vi.waitFor(() => expect(node.chat.running).toBe(0));
    expect(heard).toHaveLength(1);
  });

  it("asks nothing that was given up before", async () => {
    const { node, backend } = await setUp();
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(backend.stream("chat.ask", { messages: [] }, () => {}, { signal })).rejects.toThrow(
      "too late",
    );
    expect(node.chat.asked).toEqual([]);
  });

  it("tells every event once and in order, alone or in batches", async () => {
    const { node, backend } = await setUp();
    const { events } = listen(backend);
    await vi.waitFor(() => expect(node.listeners).toBe(1));
    node.publish(notice("یک"));
    node.publish(notice("دو"), notice("سه"), notice("چهار"));
    for (let i = 0; i < 40; i++) node.publish(notice(`n${i}`));
    await vi.waitFor(() => expect(events).toHaveLength(44));
    expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 44 }, (_, i) => i + 1));
    expect(events.slice(0, 4).map(codeOf)).toEqual(["یک", "دو", "سه", "چهار"]);
  });

  it("goes on after the last event that was seen", async () => {
    const { node, backend } = await setUp();
    node.publish(notice("a"), notice("b"), notice("c"));
    const { events } = listen(backend, 1);
    await vi.waitFor(() => expect(events.map(codeOf)).toEqual(["b", "c"]));
  });

  it("asks for a resync when what was missed is gone", async () => {
    const { node, backend } = await setUp();
    node.publish(notice("a"), notice("b"), notice("c"));
    node.forgetHistory();
    const { events } = listen(backend, 1);
    await vi.waitFor(() => expect(events.map((event) => event.kind)).toEqual(["resync"]));
    node.publish(notice("d"));
    await vi.waitFor(() => expect(events.map(codeOf)).toEqual([undefined, "d"]));
  });

  it("serves two listeners without mixing them", async () => {
    const { node, backend } = await setUp();
    const one = listen(backend);
    const two = listen(backend);
    await vi.waitFor(() => expect(node.listeners).toBe(2));
    node.publish(notice("a"));
    await vi.waitFor(() => expect([one.events.length, two.events.length]).toEqual([1, 1]));
    one.stop();
    await vi.waitFor(() => expect(node.listeners).toBe(1));
    node.publish(notice("b"));
    await vi.waitFor(() => expect(two.events).toHaveLength(2));
    expect(one.events).toHaveLength(1);
  });

  it("ends its subscription when it is stopped", async () => {
    const { node, backend } = await setUp();
    const { stop, done } = listen(backend);
    await vi.waitFor(() => expect(node.listeners).toBe(1));
    stop();
    await expect(done).resolves.toBeUndefined();
    await vi.waitFor(() => expect(node.listeners).toBe(0));
  });
});

async function openHttp(node: FakeNode): Promise<Backend> {
  const gateway = await GatewayDouble.start(node);
  onTestFinished(() => gateway.stop());
  const items = new Map<string, string>();
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  } as Storage;
  const location = { hash: `#code=${LINK_CODE}`, pathname: "/app/", search: "" } as Location;
  const history = { replaceState: () => {} } as unknown as History;
  const session = await Session.open(gateway.base, { location, history, storage, fetch });
  return httpBackend({ base: gateway.base, session, backoff: () => 1 });
}

function listen(backend: Backend, after: number | null = null) {
  const events: Event[] = [];
  const abort = new AbortController();
  const done = backend.events(after, (event) => events.push(event), { signal: abort.signal });
  onTestFinished(() => abort.abort());
  return { events, done, stop: () => abort.abort() };
}

function ask(backend: Backend) {
  const heard: ChatPiece[] = [];
  const abort = new AbortController();
  const done = backend.stream("chat.ask", { messages: [] }, (piece) => heard.push(piece), {
    signal: abort.signal,
  });
  return { heard, done, leave: (reason: Error) => abort.abort(reason) };
}

function notice(code: string): Happening {
  const one: Notice = { code, level: "info", params: {} };
  return { kind: "notices_changed", notices: [one] };
}

function codeOf(event: Event): string | undefined {
  return event.kind === "notices_changed" ? event.notices[0]?.code : undefined;
}
