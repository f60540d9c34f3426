import type { AnswerFigures, AnswerPlace, ApiError, ChatPiece, Why } from "@/backend/api.gen";

/** An answer as far as it has come. */
export interface Answer {
  state: "asking" | "waiting" | "writing" | "done" | "stopped" | "failed";
  text: string;
  thinking: string;
  /** Where it is written now, or was written last. */
  from: AnswerPlace | null;
  /** Where it was written before that, the first one first. */
  before: readonly AnswerPlace[];
  line: { machine: string; ahead: number; etaMs: number } | null;
  /** It ended because it may not be longer. */
  cut: boolean;
  figures: AnswerFigures | null;
  why: Why | null;
  error: ApiError | null;
}

export const NO_ANSWER_YET: Answer = {
  state: "asking",
  text: "",
  thinking: "",
  from: null,
  before: [],
  line: null,
  cut: false,
  figures: null,
  why: null,
  error: null,
};

export function isRunning({ state }: Answer): boolean {
  return state === "asking" || state === "waiting" || state === "writing";
}

/** The answer with one more piece. */
export function withPiece(answer: Answer, piece: ChatPiece): Answer {
  switch (piece.kind) {
    case "waits": {
      const line = { machine: piece.machine, ahead: piece.ahead, etaMs: piece.eta_ms };
      return { ...answer, state: "waiting", line };
    }
    case "begins":
      return {
        ...answer,
        state: "writing",
        line: null,
        from: piece.from,
        before: answer.from ? [...answer.before, answer.from] : answer.before,
        text: piece.kept,
        thinking: piece.carry === "restart" ? "" : answer.thinking,
        why: piece.why,
      };
    case "text":
      return { ...answer, text: answer.text + piece.text };
    case "thinking":
      return { ...answer, thinking: answer.thinking + piece.text };
    case "done": {
      const { from, cut, figures, why } = piece;
      return { ...answer, state: "done", line: null, from, cut, figures, why };
    }
    case "failed":
      return failed(answer, piece.error, piece.why);
  }
}

/** The answer after it broke off; what was written stays. */
export function failed(answer: Answer, error: ApiError, why: Why | null = answer.why): Answer {
  return { ...answer, state: "failed", line: null, error, why };
}

/** The answer after the person ended it. */
export function stopped(answer: Answer): Answer {
  return isRunning(answer) ? { ...answer, state: "stopped", line: null } : answer;
}
