import type { ChatAsk, ChatPiece } from "../api.gen";
import { pause } from "../abort";
import { SCRIPTS, type ScriptName, type Step } from "./answers";

/** Between two pieces, as a brisk model writes. */
const PACE_MS = 24;

/**
 * Answers from scripts. A test chooses one with `play`, waits where it holds
 * and lets it go on with `release`.
 */
export class FakeChat {
  readonly asked: ChatAsk[] = [];
  /** Answers that are being written. */
  running = 0;
  /** Tests have no time to lose. */
  pace = PACE_MS;
  #script: (ask: ChatAsk) => readonly Step[] = SCRIPTS.whole;
  #released: () => void = () => {};

  /** What is answered from now on. */
  play(script: ScriptName | readonly Step[]) {
    this.#script = typeof script === "string" ? SCRIPTS[script] : () => script;
  }

  /** Lets the answer that holds go on. */
  release() {
    this.#released();
  }

  async answer(ask: ChatAsk, onPiece: (piece: ChatPiece) => void, signal: AbortSignal | undefined) {
    this.asked.push(ask);
    this.running++;
    try {
      for (const step of this.#script(ask)) {
        if (signal?.aborted) return;
        if (step === "hold") await this.#hold(signal);
        else if (step === "break") throw { code: "no_node", params: {}, retryable: true };
        else {
          onPiece(step);
          if (this.pace > 0) await pause(this.pace, signal ?? new AbortController().signal);
        }
      }
    } finally {
      this.running--;
    }
  }

  #hold(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      this.#released = resolve;
      signal?.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}
