import { pause } from "./abort";
import type { Event } from "./api.gen";
import type { Answer, Backend, Piece } from "./backend";
import { callError, CallError, isRefusal, noNode } from "./call-error";
import { EventCursor } from "./event-cursor";
import type { Session } from "./session";
import { sseParser } from "./sse";

export interface HttpOptions {
  /** Where the gateway listens; empty for the page's own origin. */
  base: string;
  session: Session;
  fetch?: typeof fetch;
  /** The pause before the next attempt, by how many have failed. */
  backoff?: (failures: number) => number;
}

/** The gateway sends a sign of life every 15 s; after three missed ones the line is dead. */
const SILENCE_LIMIT_MS = 45_000;

/** A node behind HTTP: calls by POST, events as a stream read with fetch. */
export function httpBackend(options: HttpOptions): Backend {
  const { base, session, fetch: fetcher = fetch.bind(globalThis), backoff = defaultBackoff } = options;

  async function post(path: string, body: unknown, accept: string, signal: AbortSignal | undefined) {
    const authorization = session.authorization();
    const response = await fetcher(`${base}/rpc/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", accept, authorization },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    }).catch(() => {
      signal?.throwIfAborted();
      throw noNode();
    });
    if (response.ok) return response;
    const error = callError(await readJson(response, signal));
    if (isRefusal(error)) session.forget();
    throw error;
  }

  /**
   * What a connection of server-sent events says, until it ends, the signal
   * aborts, or it falls silent, which counts as broken.
   */
  async function listen(
    path: string,
    body: unknown,
    onData: (data: string) => void,
    onOpen: () => void,
    signal: AbortSignal | undefined,
  ) {
    const line = new AbortController();
    const drop = () => line.abort();
    signal?.addEventListener("abort", drop, { once: true });
    let watchdog = setTimeout(drop, SILENCE_LIMIT_MS);
    try {
      const response = await post(path, body, "text/event-stream", line.signal);
      if (!response.body) throw noNode();
      onOpen();
      const parse = sseParser(({ data }) => {
        if (!signal?.aborted) onData(data);
      });
      // getReader, because WebKitGTK cannot iterate over a stream.
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(watchdog);
        watchdog = setTimeout(drop, SILENCE_LIMIT_MS);
        parse(decoder.decode(value, { stream: true }));
      }
    } finally {
      clearTimeout(watchdog);
      signal?.removeEventListener("abort", drop);
      line.abort();
    }
  }

  return {
    onDesktop: false,

    async call(name, params, callOptions) {
      const response = await post(name, params, "application/json", callOptions?.signal);
      return (await readJson(response, callOptions?.signal)) as Answer<typeof name>;
    },

    async stream(name, params, onPiece, streamOptions) {
      const signal = streamOptions?.signal;
      signal?.throwIfAborted();
      const onData = (data: string) => onPiece(JSON.parse(data) as Piece<typeof name>);
      try {
        await listen(name, params, onData, () => {}, signal);
      } catch (error) {
        signal?.throwIfAborted();
        // Whatever else ends a line in the middle, the node is not at its end any more.
        throw error instanceof CallError ? error : noNode();
      }
      signal?.throwIfAborted();
    },

    async events(after, onEvent, { signal, onConnection }) {
      const cursor = new EventCursor(after);
      let failures = 0;
      while (!signal.aborted) {
        try {
          await listen("events", { after: cursor.last }, onData, opened, signal);
        } catch (error) {
          if (isRefusal(error)) throw error;
        }
        if (signal.aborted) return;
        onConnection?.(false);
        await pause(backoff(failures++), signal);
      }

      function onData(data: string) {
        const event = JSON.parse(data) as Event;
        if (cursor.accept(event)) onEvent(event);
      }

      function opened() {
        failures = 0;
        onConnection?.(true);
      }
    },
  };
}

async function readJson(response: Response, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    const text = await response.text();
    return text === "" ? null : JSON.parse(text);
  } catch (error) {
    signal?.throwIfAborted();
    // A body that broke off is a broken line; one that is no JSON is not our node.
    throw error instanceof SyntaxError ? callError(error) : noNode();
  }
}

/** Doubles from half a second to half a minute; jitter keeps many pages from knocking at once. */
function defaultBackoff(failures: number): number {
  const ceiling = Math.min(30_000, 500 * 2 ** failures);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}
