import { describe, expect, it } from "vitest";
import type { AnswerPlace, ChatPiece, Why } from "@/backend/api.gen";
import { type Answer, NO_ANSWER_YET, stopped, withPiece } from "./answer";

const WHY: Why = { model: null, rule: null, candidates: [], tried: [] };
const ATLAS: AnswerPlace = { machine: "A", name: "atlas", this_machine: false, model: "m" };
const HERE: AnswerPlace = { machine: "B", name: "studio", this_machine: true, model: "m" };

function after(...pieces: ChatPiece[]): Answer {
  return pieces.reduce(withPiece, NO_ANSWER_YET);
}

function begins(from: AnswerPlace, carry: "nothing" | "continue" | "restart", kept: string): ChatPiece {
  return { kind: "begins", from, carry, kept, why: WHY };
}

describe("an answer", () => {
  it("goes on with what was kept, and remembers who began", () => {
    const answer = after(
      begins(ATLAS, "nothing", ""),
      { kind: "text", text: "one two thr" },
      begins(HERE, "continue", "one two "),
      { kind: "text", text: "three" },
    );
    expect(answer).toMatchObject({ text: "one two three", from: HERE, before: [ATLAS] });
  });

  it("that begins anew forgets its thoughts too", () => {
    const answer = after(
      begins(ATLAS, "nothing", ""),
      { kind: "thinking", text: "hm" },
      { kind: "text", text: "one" },
      begins(HERE, "restart", ""),
    );
    expect(answer).toMatchObject({ text: "", thinking: "" });
  });

  it("leaves the line when it begins", () => {
    const waits: ChatPiece = { kind: "waits", machine: "atlas", ahead: 2, eta_ms: 9000 };
    expect(after(waits)).toMatchObject({ state: "waiting", line: { ahead: 2 } });
    expect(after(waits, begins(ATLAS, "nothing", ""))).toMatchObject({ state: "writing", line: null });
  });

  it("that is over cannot be stopped", () => {
    const failed = after({
      kind: "failed",
      error: { code: "stopping", params: {}, retryable: true },
      why: WHY,
    });
    expect(stopped(failed)).toBe(failed);
    expect(stopped(after(begins(ATLAS, "nothing", "")))).toMatchObject({ state: "stopped" });
  });
});
