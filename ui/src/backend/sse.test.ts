import { describe, expect, it } from "vitest";
import { type ServerSentEvent, sseParser } from "./sse";

describe("the parser of server-sent events", () => {
  it("joins data lines, keeps the id, skips comments and unknown fields", () => {
    expect(parse([": hello\nretry: 5\nid: 7\nevent: x\ndata: a\ndata:b\n\n:\n\ndata\n\n"])).toEqual([
      { id: "7", data: "a\nb" },
      { id: "7", data: "" },
    ]);
  });

  it("understands all three line ends", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      expect(parse([["data: 1", "", "data: 2", "", ": end", ""].join(end)])).toEqual([
        { id: "", data: "1" },
        { id: "", data: "2" },
      ]);
    }
  });

  it("does not tell an event that broke off", () => {
    expect(parse(["data: whole\n\ndata: hal"])).toEqual([{ id: "", data: "whole" }]);
  });

  it("gives the same events however the text is cut", () => {
    const random = seeded(42);
    for (let round = 0; round < 300; round++) {
      const text = randomStream(random);
      expect(parse(cut(text, random)), JSON.stringify(text)).toEqual(parse([text]));
    }
  });
});

function parse(pieces: string[]): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  const push = sseParser((event) => events.push(event));
  for (const piece of pieces) push(piece);
  return events;
}

function randomStream(random: () => number): string {
  const words = ["data: ", "data:", "id: 1", ":", "\n", "\r\n", "\r", "\n\n", "سلام", "x", " ", "retry"];
  const length = Math.floor(random() * 30);
  return Array.from({ length }, () => words[Math.floor(random() * words.length)]).join("");
}

function cut(text: string, random: () => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const next = at + 1 + Math.floor(random() * 4);
    pieces.push(text.slice(at, next));
    at = next;
  }
  return pieces;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
