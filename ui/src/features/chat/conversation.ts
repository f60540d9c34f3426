import { create } from "zustand";
import type { ApiError, ChatAsk, ChatMessage } from "@/backend/api.gen";
import type { Backend } from "@/backend/backend";
import { callError } from "@/backend/call-error";
import { type Answer, failed, isRunning, NO_ANSWER_YET, stopped, withPiece } from "./answer";

/** A question and what came of it. */
export interface Turn {
  id: number;
  question: string;
  answer: Answer;
}

/** Where a question goes, and to which model. */
export type Wish = Pick<ChatAsk, "place" | "model" | "may_leave_lan">;

interface Conversation {
  turns: readonly Turn[];
  /** Ends the answer that is being written. */
  stop: (() => void) | null;
}

/** One conversation, for as long as the page lives. */
export const useConversation = create<Conversation>(() => ({ turns: [], stop: null }));

/** Asks, after all that was said before. */
export function ask(backend: Backend, question: string, wish: Wish) {
  const { turns } = useConversation.getState();
  const id = (turns.at(-1)?.id ?? 0) + 1;
  useConversation.setState({ turns: [...turns, { id, question, answer: NO_ANSWER_YET }] });
  void run(backend, id, wish);
}

/** Asks the last question once more; what was answered goes. */
export function askAgain(backend: Backend, wish: Wish) {
  const last = useConversation.getState().turns.at(-1);
  if (!last || isRunning(last.answer)) return;
  change(last.id, () => NO_ANSWER_YET);
  void run(backend, last.id, wish);
}

export function stopAnswer() {
  useConversation.getState().stop?.();
}

export function forgetConversation() {
  stopAnswer();
  useConversation.setState({ turns: [], stop: null });
}

async function run(backend: Backend, id: number, wish: Wish) {
  const leaving = new AbortController();
  const { signal } = leaving;
  const stop = () => leaving.abort();
  useConversation.setState({ stop });
  const asked: ChatAsk = { messages: messagesUntil(id), ...wish };
  try {
    await backend.stream("chat.ask", asked, (piece) => change(id, (one) => withPiece(one, piece)), {
      signal,
    });
    change(id, (one) => (isRunning(one) ? failed(one, CUT_OFF) : one));
  } catch (thrown) {
    change(id, (one) => (signal.aborted ? stopped(one) : failed(one, callError(thrown))));
  } finally {
    // Another question may have begun since.
    if (useConversation.getState().stop === stop) useConversation.setState({ stop: null });
  }
}

/** The node ended the answer without a last word. */
const CUT_OFF: ApiError = { code: "stopping", params: {}, retryable: true };

/** What the model is told: earlier questions with their answers, then this one. */
function messagesUntil(id: number): ChatMessage[] {
  return useConversation.getState().turns.flatMap(({ id: one, question, answer }): ChatMessage[] => {
    const asked: ChatMessage = { role: "user", content: question };
    if (one === id) return [asked];
    return answer.text === "" ? [] : [asked, { role: "assistant", content: answer.text }];
  });
}

function change(id: number, how: (answer: Answer) => Answer) {
  useConversation.setState(({ turns }) => ({
    turns: turns.map((turn) => (turn.id === id ? { ...turn, answer: how(turn.answer) } : turn)),
  }));
}
