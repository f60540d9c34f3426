import { RICH_ENGLISH, RICH_PERSIAN } from "./rich-answers";
import type { AnswerFigures, AnswerPlace, Candidate, ChatAsk, ChatMessage, ChatPiece, Why } from "../api.gen";
import { machineId } from "./models";

/** A piece, or to stop until it is released, or to break off. */
export type Step = ChatPiece | "hold" | "break";

/** Ways in which a question is answered, or is not. */
export const SCRIPTS = {
  /** From beginning to end. */
  whole: ({ place = "auto", messages }: ChatAsk): Step[] => {
    const from = placeOf(place);
    return [begins(from), thinking(), ...words(textFor(from, messages)), done(from)];
  },
  /** Stops in the middle of the text. */
  held: ({ place = "auto", messages }: ChatAsk): Step[] => {
    const from = placeOf(place);
    const all = words(textFor(from, messages));
    return [begins(from), thinking(), ...all.slice(0, 24), "hold", ...all.slice(24), done(from)];
  },
  /** With everything that a model may write. */
  rich: ({ messages }: ChatAsk): Step[] => [
    begins(ATLAS),
    ...words(inPersian(messages) ? RICH_PERSIAN : RICH_ENGLISH),
    done(ATLAS),
  ],
  /** Stands in line behind two others. */
  waits: (): Step[] => [
    { kind: "waits", machine: "atlas", ahead: 2, eta_ms: 12_000 },
    "hold",
    begins(ATLAS),
    ...words(textFor(ATLAS)),
    done(ATLAS),
  ],
  /** The machine dies in the middle; another one goes on. */
  continues: (): Step[] => {
    const all = words(textFor(ATLAS));
    const kept = all.slice(0, 20);
    return [
      begins(ATLAS),
      ...kept,
      { kind: "begins", from: HERE, carry: "continue", kept: textOf(kept), why: afterLoss() },
      ...all.slice(20),
      {
        kind: "done",
        from: HERE,
        cut: false,
        figures: { ...FIGURES, tokens_per_second: 38.4 },
        why: afterLoss(),
      },
    ];
  },
  /** Nobody is left. */
  fails: (): Step[] => [
    { kind: "failed", error: { code: "nobody_answers", params: {}, retryable: true }, why: nobody() },
  ],
  /** The longest answer that is allowed was reached. */
  cut: (): Step[] => [begins(HERE), ...words("One, two, three"), { ...done(HERE), cut: true }],
  /** The connection to the node breaks. */
  breaks: (): Step[] => [begins(ATLAS), ...words("Both survive"), "break"],
};

export type ScriptName = keyof typeof SCRIPTS;

const HERE: AnswerPlace = {
  machine: machineId("self"),
  name: "studio",
  this_machine: true,
  model: "llama3.2:3b",
};
const ATLAS: AnswerPlace = {
  machine: machineId("atlas"),
  name: "atlas",
  this_machine: false,
  model: "qwen3:32b",
};
const FIGURES: AnswerFigures = {
  tokens: 212,
  tokens_per_second: 61.2,
  prompt_tokens: 1204,
  load_ms: 0,
  first_word_ms: 380,
  total_ms: 3840,
};

function placeOf(place: string): AnswerPlace {
  return place === "here" ? HERE : ATLAS;
}

function begins(from: AnswerPlace): ChatPiece {
  return { kind: "begins", from, carry: "nothing", kept: "", why: whyOf(from) };
}

function thinking(): ChatPiece {
  return { kind: "thinking", text: "The person wants the idea first, then numbers. Start with the fridge." };
}

function done(from: AnswerPlace): ChatPiece & { kind: "done" } {
  return { kind: "done", from, cut: false, figures: FIGURES, why: whyOf(from) };
}

/** A piece for each word, with the space after it. */
function words(text: string): ChatPiece[] {
  return (text.match(/\S+\s*/g) ?? []).map((word) => ({ kind: "text", text: word }));
}

function textOf(pieces: readonly ChatPiece[]): string {
  return pieces.map((piece) => (piece.kind === "text" ? piece.text : "")).join("");
}

function inPersian(asked: readonly ChatMessage[]): boolean {
  return /\p{Script=Arabic}/u.test(asked.at(-1)?.content ?? "");
}

/** In the language of the question. */
function textFor({ name }: AnswerPlace, asked: readonly ChatMessage[] = []): string {
  if (inPersian(asked))
    return `پمپ حرارتی یخچالی است که پشت‌ورو شده باشد. یخچال گرما را از درون خود بیرون می‌برد و پشت آشپزخانه رها می‌کند؛ پمپ حرارتی گرما را از باغچه برمی‌دارد و در اتاق شما رها می‌کند.

گرما نمی‌سازد، جابه‌جایش می‌کند. برای همین یک واحد برق سه یا چهار واحد گرما می‌آورد:

1. مایعی سرد بیرون گرما می‌گیرد و بخار می‌شود.
2. کمپرسور بخار را می‌فشارد و داغش می‌کند.
3. بخار در خانه گرمایش را پس می‌دهد و دوباره مایع می‌شود.

این را ${name} نوشت، یکی از دستگاه‌های خودتان.`;
  return `A heat pump is a fridge turned inside out. A fridge carries heat out of its cabinet and lets it go behind your kitchen; a heat pump carries heat out of the garden and lets it go in your living room.

It does not make heat, it moves it. That is why one unit of electricity brings in three or four units of warmth:

1. A cold liquid takes up heat outside and turns into gas.
2. A compressor squeezes the gas, which makes it hot.
3. Indoors the gas gives its heat away and turns back into liquid.

This was written on ${name}, one of your own machines.`;
}

function candidate(
  machine: "self" | "atlas" | "ren-laptop" | "kitchen-nuc",
  about: Partial<Candidate>,
): Candidate {
  const name = machine === "self" ? "studio" : machine;
  return {
    machine: machineId(machine),
    name,
    model: null,
    chosen: false,
    estimate: null,
    dropped: null,
    ...about,
  };
}

function whyOf(from: AnswerPlace): Why {
  return {
    model: from.model,
    rule: "largest_comfortable",
    candidates: [
      candidate("atlas", {
        model: "qwen3:32b",
        chosen: from === ATLAS,
        estimate: { total: 3900, wait: 0, load: 0, prefill: 300, decode: 3600 },
      }),
      candidate("self", {
        model: "llama3.2:3b",
        chosen: from === HERE,
        estimate: { total: 8200, wait: 0, load: 2100, prefill: 500, decode: 5600 },
      }),
      candidate("ren-laptop", { dropped: "not_permitted" }),
      candidate("kitchen-nuc", { dropped: "no_model" }),
    ],
    tried: [],
  };
}

function afterLoss(): Why {
  const why = whyOf(HERE);
  const candidates = why.candidates.map((one) =>
    one.name === "atlas" ? { ...one, estimate: null, dropped: "tried" } : one,
  );
  return { ...why, candidates, tried: [tried("atlas", "silent")] };
}

function nobody(): Why {
  return {
    model: "qwen3:32b",
    rule: "named",
    candidates: [
      candidate("ren-laptop", { dropped: "not_permitted" }),
      candidate("kitchen-nuc", { dropped: "no_model" }),
    ],
    tried: [
      tried("atlas", "backend", "model requires more system memory (22.4 GiB) than is available (9.1 GiB)"),
      tried("self", "full"),
    ],
  };
}

function tried(machine: "self" | "atlas", problem: string, said: string | null = null) {
  return { machine: machineId(machine), name: machine === "self" ? "studio" : machine, problem, words: said };
}
