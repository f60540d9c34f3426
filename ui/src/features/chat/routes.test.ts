import { describe, expect, it } from "vitest";
import { fakeModels } from "@/backend/fake/models";
import { createI18n } from "@/i18n/i18n";
import { ENGLISH } from "@/i18n/words";
import { modelChoices, placeChoices } from "./routes";

const english = createI18n("en", ENGLISH);
const MANY = fakeModels({ models: "many" });
const OPEN = { view: MANY, private: false };

describe("the models to choose from", () => {
  it("are each there once, under however many names and on however many machines", () => {
    const qwen = modelChoices(english, OPEN, "auto").filter(({ names }) => names.includes("qwen3"));
    expect(qwen).toEqual([
      expect.objectContaining({
        name: "qwen3:8b",
        names: ["qwen3:8b", "qwen3"],
        on: ["This machine", "atlas", "lab-server"],
        speed: 144,
      }),
    ]);
  });

  it("are those of the place alone, and none that only embed or may not be used", () => {
    const names = (place: string) => modelChoices(english, OPEN, place).map(({ name }) => name);
    expect(names("here")).not.toContain("qwen3:32b");
    expect(names("here")).not.toContain("nomic-embed-text");
    expect(names("auto")).not.toContain("gemma3:4b");
  });

  it("are those of this machine where it asks no others", () => {
    const alone = modelChoices(english, { view: MANY, private: true }, "auto");
    expect(alone.flatMap(({ on }) => on)).toEqual(alone.map(() => "This machine"));
  });

  it("leave the network only if no machine has them inside", () => {
    const inside = { ...MANY, here: MANY.here.map((one) => ({ ...one, leaves_lan: true })) };
    const choices = modelChoices(english, { view: inside, private: false }, "auto");
    expect(choices.find(({ name }) => name === "qwen3:8b")?.leavesLan).toBe(false);
    expect(choices.find(({ name }) => name === "gpt-large")?.leavesLan).toBe(true);
  });
});

describe("the places to choose from", () => {
  it("say whether they are free, and keep the chosen one that is not there", () => {
    const places = placeChoices(english, OPEN, [], "GONE-MACHINE");
    expect(places.map(({ label, detail }) => [label, detail])).toEqual([
      ["Any machine", "The one that is done first."],
      ["This machine", undefined],
      ["atlas", "Free now"],
      ["lab-server", "Free now"],
      ["kitchen-nuc", "Free in about 48 sec"],
      ["GONE-MACH", "Not now"],
    ]);
  });

  it("are this machine alone where it asks no others", () => {
    const places = placeChoices(english, { view: MANY, private: true }, [], "auto");
    expect(places.map(({ value }) => value)).toEqual(["auto", "here"]);
  });
});
