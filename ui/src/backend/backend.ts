import type { Calls, Event, Streams } from "./api.gen";

/**
 * The one way from the page to a node. `tauri.ts` implements it for the window,
 * `http.ts` for a browser, `fake.ts` for tests; nothing outside this folder
 * knows which of them is at work.
 */
export interface Backend {
  /** Whether a window of the application is around this page, with a desktop to ask things of. */
  readonly onDesktop: boolean;

  /** Rejects with a {@link CallError}, or with the signal's reason when aborted. */
  call<K extends CallName>(name: K, params: Params<K>, options?: CallOptions): Promise<Answer<K>>;

  /**
   * A call that is answered piece by piece. Resolves after the last piece;
   * rejects as a call does. Aborting it stops the work behind it.
   */
  stream<K extends StreamName>(
    name: K,
    params: Streams[K]["params"],
    onPiece: (piece: Piece<K>) => void,
    options?: CallOptions,
  ): Promise<void>;

  /**
   * Hands over every event after `after` once and in order until the signal
   * aborts. Breaks are repaired inside; a gap that cannot be repaired arrives
   * as a `resync` event. Rejects only when the node refuses this page.
   */
  events(after: number | null, onEvent: (event: Event) => void, options: EventOptions): Promise<void>;
}

export type CallName = keyof Calls;
export type Params<K extends CallName> = Calls[K]["params"];
export type Answer<K extends CallName> = Calls[K]["answer"];

export type StreamName = keyof Streams;
export type Piece<K extends StreamName> = Streams[K]["piece"];

export interface CallOptions {
  signal?: AbortSignal | undefined;
}

export interface EventOptions {
  signal: AbortSignal;
  /** Told when events flow again and when they stop. */
  onConnection?: ((connected: boolean) => void) | undefined;
}
