import { describe, expect, it } from "vitest";
import type { ModelsView } from "@/backend/api.gen";
import { fakeModels } from "@/backend/fake/models";
import { fakePeers } from "@/backend/fake/peers";
import { createI18n } from "@/i18n/i18n";
import { ENGLISH } from "@/i18n/words";
import { waysIn } from "./ways";

const english = createI18n("en", ENGLISH);
const NONE = fakeModels({});

function titles(view: ModelsView, peers: Parameters<typeof waysIn>[2] = []): string[] {
  return waysIn(english, view, peers).map(({ title }) => title);
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
