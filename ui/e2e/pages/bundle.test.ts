import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, inject, test } from "vitest";
import { openTab, useChromium } from "../fixtures/chromium";
import { english } from "../fixtures/words";

const PRODUCT = fileURLToPath(new URL("../../dist/assets/", import.meta.url));
const FAKE = fileURLToPath(new URL("../../dist-fake/assets/", import.meta.url));

/** A fake's words that no compressor renames. */
const MARKS_OF_THE_FAKE = ["P45JYHS3", "/home/mina", "fakeNode", "BANYAN_LOG_KEEP_FILES"];

const browser = useChromium();

// What each file may weigh is the matter of `npm run budget`.
describe("the product's bundle", () => {
  test("holds nothing of the fake backend", () => {
    const scripts = textOf(FAKE);
    const leaked = MARKS_OF_THE_FAKE.filter((mark) => textOf(PRODUCT).includes(mark));
    expect(
      MARKS_OF_THE_FAKE.filter((mark) => !scripts.includes(mark)),
      "marks that mark nothing",
    ).toEqual([]);
    expect(leaked).toEqual([]);
  });

  test("an English page fetches no more than it needs until it can be used", async () => {
    const { page } = await openTab(browser());
    const fetched: { name: string; bytes: number }[] = [];
    page.on("response", async (response) => {
      const name = new URL(response.url()).pathname;
      fetched.push({ name, bytes: (await response.body()).length });
    });
    await page.goto(`${inject("fakePage")}#/chat`, { waitUntil: "networkidle" });
    await page.getByRole("heading", { name: english.t("chat.greeting") }).waitFor();

    const weight = (ending: string) =>
      fetched.filter(({ name }) => name.endsWith(ending)).reduce((total, { bytes }) => total + bytes, 0);
    // The fake backend is in it, a tenth of all; `npm run budget` holds the product to less.
    expect(weight(".js"), "start and chat together").toBeLessThan(680_000);
    expect(weight(".css")).toBeLessThan(50_000);
    expect(weight(".woff2")).toBeLessThan(80_000);
    expect(fetched.filter(({ name }) => name.includes("vazirmatn"))).toEqual([]);
    expect(fetched.filter(({ name }) => /\.(woff|ttf|otf)$/.test(name))).toEqual([]);
  });
});

function textOf(folder: string): string {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".js"))
    .map((file) => readFileSync(folder + file, "utf8"))
    .join("\n");
}
