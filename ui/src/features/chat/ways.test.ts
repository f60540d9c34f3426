import { describe, expect, it } from "vitest";
import type { ModelsView, Pull } from "@/backend/api.gen";
import { fakeModels } from "@/backend/fake/models";
import { fakePeers } from "@/backend/fake/peers";
import { createI18n } from "@/i18n/i18n";
import { ENGLISH } from "@/i18n/words";
import { waysIn } from "./ways";

const english = createI18n("en", ENGLISH);
const NONE = fakeModels({});

function titles(view: ModelsView, peers: Parameters<typeof waysIn>[2] = []): string[] {
  return waysIn(english, view, peers, []).map(({ title }) => title);
}

describe("the ways to an answer", () => {
  it("are Ollama and another machine where there is neither", () => {
    expect(titles(NONE)).toEqual(["Run a model on this machine", "Use another machine"]);
  });

  it("follow how Ollama is doing here", () => {
    const as = (standing: "up" | "silent") => ({
      ...NONE,
      backends: NONE.backends.map((one) => ({ ...one, standing })),
    });
    expect(titles(as("up"))[0]).toBe("Ollama runs here, without a model");
    expect(titles(as("silent"))[0]).toBe("Ollama is here, and something is wrong with it");
  });

  it("lead to a first model where Ollama runs, and to it once it is on its way", () => {
    const up = { ...NONE, backends: NONE.backends.map((one) => ({ ...one, standing: "up" as const })) };
    expect(waysIn(english, up, [], [])[0]?.action).toEqual({ label: "Get a model", href: "#/models/get" });
    const pull: Pull = {
      id: "gemma3:1b",
      model: "gemma3:1b",
      backend: "ollama",
      state: "running",
      began: "2026-11-21T10:00:00Z",
      bytes: 349,
      total_bytes: 1000,
      parts: [],
      words: "",
      trouble: null,
    };
    const [coming] = waysIn(english, up, [], [pull]);
    expect([coming?.title, coming?.text]).toEqual([
      "gemma3:1b is on its way",
      "34% of it is here. Questions are answered as soon as all of it is.",
    ]);
    expect(waysIn(english, up, [], [{ ...pull, state: "failed" }])[0]?.title).toBe(
      "Ollama runs here, without a model",
    );
  });

  it("begin with the machine that only lacks a word of its owner", () => {
    const peers = fakePeers("two");
    const offered = fakeModels({ models: true }).elsewhere.filter(({ permitted }) => !permitted);
    expect(titles({ ...NONE, elsewhere: offered }, peers)).toEqual([
      "Run a model on this machine",
      "ren-laptop offers models",
      "Use the models of atlas",
    ]);
  });
});
