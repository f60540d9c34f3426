import type { Access, AccessAnswer, Code, Happening } from "../api.gen";
import type { Answer, CallName, Params } from "../backend";
import type { Neighbourhood } from "./neighbourhood";
import { ago } from "./peers";

type AccessCall = Extract<CallName, `access.${string}`>;
type Handlers = { [K in AccessCall]: (params: Params<K>) => Answer<K> };

const DAY_MS = 86_400_000;
const PAUSE_MS = 3_600_000;

/** Requests to use models, as a fake node keeps them: the latest of each machine and way. */
export class FakeAccess {
  requests: Access[] = [];
  readonly #others: Neighbourhood;
  readonly #publish: (...happenings: Happening[]) => void;

  constructor(others: Neighbourhood, publish: (...happenings: Happening[]) => void) {
    this.#others = others;
    this.#publish = publish;
  }

  readonly calls: Handlers = {
    "access.list": () => this.requests,
    "access.ask": ({ peer, reason = "" }) => this.#open(peer, "us", reason),
    "access.withdraw": ({ peer }) => this.#close(peer, "us", { state: "withdrawn" }),
    "access.answer": ({ peer, answer, words = "" }) => this.#answer(peer, "them", answer, words),
  };

  /** The person of that machine asks. */
  asks(name: string, reason = ""): Access {
    const asked = this.#open(name, "them", reason);
    this.#publish({ kind: "peer_noticed", peer: this.#others.find(name), occasion: "access_request" });
    return asked;
  }

  /** The person of that machine answers what was asked there. */
  answers(name: string, answer: AccessAnswer["answer"], words = ""): Access {
    const answered = this.#answer(name, "us", answer, words);
    this.#publish({ kind: "peer_noticed", peer: this.#others.find(name), occasion: "access_answer" });
    return answered;
  }

  #open(name: string, asked_by: Access["asked_by"], reason: string): Access {
    const { id, name: shown, short_id } = this.#others.find(name);
    const before = this.requests.find((one) => one.peer === id && one.asked_by === asked_by);
    if (before?.state === "open") throw refusal("asked_already");
    return this.#put({
      peer: id,
      name: shown ?? short_id,
      asked_by,
      reason,
      asked: ago(0),
      state: "open",
      until: null,
      words: "",
      answered: null,
      expires: new Date(Date.now() + DAY_MS).toISOString(),
      again: null,
    });
  }

  #answer(name: string, by: Access["asked_by"], answer: AccessAnswer["answer"], words: string): Access {
    if (answer !== "today") {
      const again = answer === "no" ? new Date(Date.now() + PAUSE_MS).toISOString() : null;
      return this.#close(name, by, { state: answer, words, again });
    }
    const midnight = new Date();
    midnight.setHours(24, 0, 0, 0);
    return this.#close(name, by, { state: "until", until: midnight.toISOString(), words });
  }

  #close(name: string, by: Access["asked_by"], outcome: Partial<Access>): Access {
    const { id } = this.#others.find(name);
    const open = this.requests.find((one) => one.peer === id && one.asked_by === by && one.state === "open");
    if (!open) throw refusal("no_request");
    return this.#put({ ...open, answered: ago(0), expires: null, ...outcome });
  }

  #put(access: Access): Access {
    const others = this.requests.filter(
      (one) => one.peer !== access.peer || one.asked_by !== access.asked_by,
    );
    this.requests = [access, ...others];
    this.#publish({ kind: "access_changed" });
    return access;
  }
}

function refusal(code: Code) {
  return { code, params: {}, retryable: false };
}
