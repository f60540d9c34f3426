import { describe, expect, it } from "vitest";
import { fakePeers } from "@/backend/fake/peers";
import { createWorld } from "@/backend/fake/world";
import { en } from "./en";
import { fa } from "./fa";
import { formatsOf } from "./formats";
import { createI18n } from "./i18n";
import { resolveLanguage } from "./language";
import type { Key, Message } from "./message";
import { inOneLine, sentence } from "./sentence";
import { PERSIAN } from "./persian";
import { ENGLISH, type Words } from "./words";

describe("the catalogues", () => {
  const keys = Object.keys(en) as Key[];

  it("have the same keys", () => {
    expect(Object.keys(fa).toSorted()).toEqual(keys.toSorted());
  });

  it.each(keys)("%s has the same placeholders in both languages, in every plural form", (key) => {
    const expected = placeholders(Object.values(forms(en[key])).at(-1) ?? "");
    for (const text of [...Object.values(forms(en[key])), ...Object.values(forms(fa[key]))]) {
      expect(placeholders(text)).toEqual(expected);
    }
  });

  it("leave no text empty that is not a help", () => {
    for (const key of keys.filter((candidate) => !candidate.endsWith(".help"))) {
      for (const text of [...Object.values(forms(en[key])), ...Object.values(forms(fa[key]))]) {
        expect(text, key).not.toBe("");
      }
    }
  });
});

describe("messages", () => {
  const english = createI18n("en", ENGLISH);
  const persian = createI18n("fa", PERSIAN);

  it("choose the plural form", () => {
    expect(english.t("machines.found", { count: 1 })).toBe("1 machine found");
    expect(english.t("machines.found", { count: 12 })).toBe("12 machines found");
    expect(persian.t("machines.found", { count: 12 })).toBe("۱۲ دستگاه پیدا شد");
  });

  it("keep a value with braces as it is", () => {
    expect(english.t("machines.renamed", { name: "{name} {count}" })).toBe(
      "This machine is now called {name} {count}.",
    );
  });

  it("isolate names inside right-to-left text", () => {
    expect(persian.t("machines.renamed", { name: "studio" })).toContain("\u2068studio\u2069");
  });
});

describe("formats", () => {
  const english = formatsOf("en");

  it.each([
    [0, "0 sec"],
    [59.9, "59 sec"],
    [61, "1 min 1 sec"],
    [7842, "2 hr 10 min"],
    [86_400 * 3, "3 days"],
  ])("say %d seconds as %s", (seconds, said) => {
    expect(english.duration(seconds)).toBe(said);
  });

  it.each([
    [0, "0 byte"],
    [999, "999 byte"],
    [1000, "1 kB"],
    [23_400_000, "23.4 MB"],
    [412e9, "412 GB"],
  ])("say %d bytes as %s", (bytes, said) => {
    expect(english.bytes(bytes)).toBe(said);
  });

  it("say a context as models count it", () => {
    expect(english.context(131_072)).toBe("128k");
    expect(english.context(512)).toBe("512");
    expect(english.context(1_048_576)).toBe("1M");
  });

  it("say memory in steps of 1024", () => {
    expect(english.memory(32 * 1024 ** 3)).toBe("32 GB");
    expect(english.memory(1024)).toBe("1 kB");
  });

  it.each([
    [0, "now"],
    [12, "12 sec. ago"],
    [3 * 3600 + 59, "3 hr. ago"],
    [86_400, "yesterday"],
    [-40, "now"],
  ])("say %d seconds ago as %s", (seconds, said) => {
    const now = Date.UTC(2026, 10, 21);
    expect(english.ago(new Date(now - seconds * 1000).toISOString(), now)).toBe(said);
  });

  it("give a round trip a digit where it matters", () => {
    expect(english.milliseconds(0.64)).toBe("0.6\u00a0ms");
    expect(english.milliseconds(212.4)).toBe("212\u00a0ms");
    expect(formatsOf("fa").milliseconds(1.8)).toContain("۱٫۸");
  });

  it("write Persian digits in Persian", () => {
    expect(formatsOf("fa").number(1234)).toBe("۱٬۲۳۴");
  });
});

describe("the language", () => {
  it.each([
    ["system", "fa-IR", "fa"],
    ["system", "de-DE", "en"],
    ["en", "fa-IR", "en"],
    ["fa", "en-GB", "fa"],
  ])("for the setting %s on a %s system is %s", (setting, system, language) => {
    expect(resolveLanguage(setting, system)).toBe(language);
  });
});

describe("sentences", () => {
  const codes = Object.keys(ENGLISH.sentences);

  it("exist in both languages", () => {
    expect(Object.keys(PERSIAN.sentences).toSorted()).toEqual(codes.toSorted());
  });

  it.each(codes)("%s uses the same placeholders in both languages", (code) => {
    const of = ({ sentences }: Words) => placeholders(Object.values(sentences[code] ?? {}).join(" "));
    expect(of(PERSIAN)).toEqual(of(ENGLISH));
  });

  it("say words in their own language and leave values alone", () => {
    const said = (program: string, { sentences }: Words, language: "en" | "fa") =>
      sentence(sentences, "port_taken", { program, port: "1", key: "k", origin: "o" }, language).text;
    expect(said("#another_program", ENGLISH, "en")).toMatch(/^Another program uses it/);
    expect(said("#another_program", PERSIAN, "fa")).toMatch(/^برنامهٔ دیگری/);
    expect(said("httpd (7)", ENGLISH, "en")).toMatch(/^httpd \(7\) uses it/);
  });

  it("are there for everything the fake node says", () => {
    for (const world of [
      createWorld({}),
      createWorld({ problems: true }),
      createWorld({ unreached: true }),
    ]) {
      const told = [
        ...world.status.notices,
        ...world.readiness.reasons,
        ...world.checks.map((check) => check.finding),
        ...fakePeers("eleven").flatMap((peer) => (peer.trouble ? [peer.trouble.error] : [])),
      ];
      for (const { code, params } of told) {
        const said = sentence(ENGLISH.sentences, code, params, "en");
        expect(codes, code).toContain(code);
        expect(`${inOneLine(said)} ${said.fix}`).not.toMatch(/\{\w+\}/);
      }
    }
  });

  it("tell an unknown code rather than hide it", () => {
    expect(sentence(ENGLISH.sentences, "no_such", { a: "1" }, "en")).toEqual({
      title: "no_such",
      text: "1",
      fix: "",
    });
  });
});

function forms(message: Message): Record<string, string> {
  return typeof message === "string" ? { other: message } : message;
}

function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ""))].toSorted();
}
