import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FakeNode } from "@/backend/fake/fake-node";

/** So small that a letter of two bytes is cut in half now and then. */
const PIECE_BYTES = 7;

export const LINK_CODE = "one-time-code";

/** A gateway as the real one speaks, over a node in memory and a real socket. */
export class GatewayDouble {
  readonly base: string;
  readonly #server: ReturnType<typeof createServer>;
  readonly #streams = new Set<ServerResponse>();
  /** Tokens it accepts; a test empties it to end every session. */
  readonly tokens = new Set(["token"]);
  /** Answers every call with this instead of asking the node. */
  garble: { status: number; body: string } | null = null;
  #codeSpent = false;

  static async start(node: FakeNode): Promise<GatewayDouble> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new GatewayDouble(server, node);
  }

  private constructor(server: ReturnType<typeof createServer>, node: FakeNode) {
    this.#server = server;
    this.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", (request, response) => void this.#answer(node, request, response));
  }

  /** How many streams are open. */
  get streams(): number {
    return this.#streams.size;
  }

  /** Breaks every stream, in the middle of whatever it was saying. */
  cut() {
    for (const stream of this.#streams) stream.destroy();
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(node: FakeNode, request: IncomingMessage, response: ServerResponse) {
    const path = (request.url ?? "").replace("/rpc/", "");
    const body = JSON.parse(await bodyOf(request)) as Record<string, unknown> | null;
    if (path === "session") return this.#openSession(body, response);
    const token = request.headers.authorization?.replace("Bearer ", "");
    if (!token || !this.tokens.has(token)) return refuse(response, "unauthorized");
    if (this.garble) return response.writeHead(this.garble.status).end(this.garble.body);
    if (path === "events") return this.#stream(node, body, response);
    if (FakeNode.isStream(path)) return this.#pieces(node, path, body, response);
    try {
      sendJson(response, 200, await node.call(path, body));
    } catch (error) {
      sendJson(response, 400, error);
    }
  }

  #openSession(body: Record<string, unknown> | null, response: ServerResponse) {
    if (this.#codeSpent || body?.["code"] !== LINK_CODE) return refuse(response, "link_spent");
    this.#codeSpent = true;
    this.tokens.add("from-link");
    sendJson(response, 200, { token: "from-link" });
  }

  async #pieces(node: FakeNode, path: string, body: unknown, response: ServerResponse) {
    const leave = new AbortController();
    response.on("close", () => leave.abort());
    try {
      const run = await node.stream(path, body);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": hello\n\n");
      this.#streams.add(response);
      await run((piece) => writeInBits(response, `data: ${JSON.stringify(piece)}\n\n`), leave.signal);
      response.end();
    } catch (error) {
      // After the first piece nothing but an end in the middle can tell.
      if (response.headersSent) response.destroy();
      else sendJson(response, 400, error);
    } finally {
      this.#streams.delete(response);
    }
  }

  #stream(node: FakeNode, body: Record<string, unknown> | null, response: ServerResponse) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(": hello\n\n");
    this.#streams.add(response);
    const unsubscribe = node.subscribe(body?.["after"] as number | null, {
      deliver(batch) {
        const text = batch.map((event) => `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`).join("");
        writeInBits(response, text);
      },
    });
    response.on("close", () => {
      unsubscribe();
      this.#streams.delete(response);
    });
  }
}

function writeInBits(response: ServerResponse, text: string) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) response.write(bytes.subarray(at, at + PIECE_BYTES));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

function refuse(response: ServerResponse, code: string) {
  sendJson(response, 401, { code, params: {}, retryable: false });
}

function sendJson(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body ?? null));
}
