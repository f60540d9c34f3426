import { expect, test } from "vitest";
import { freePort } from "../fixtures/child";
import { expectWords, openTab, useChromium } from "../fixtures/chromium";
import { Home, WELCOMED } from "../fixtures/daemon";
import { ollamaAnswering, somethingElse } from "../fixtures/ollama";
import { english } from "../fixtures/words";

const { t, say } = english;
const browser = useChromium();
const QUESTION = "How does a heat pump work?";

test("with no Ollama the page says so, keeps the question and looks again when asked", async () => {
  const address = `http://127.0.0.1:${await freePort()}`;
  const { page, complaints } = await ask(address);
  const absent = say({ code: "ollama_absent", params: { address } });
  await expectWords(page, [t("chat.refused_title"), absent.title, absent.text]);

  await page.getByRole("button", { name: t("action.try_again") }).click();
  await expectWords(page, [absent.title]);
  expect(await page.getByRole("textbox", { name: t("chat.placeholder") }).inputValue()).toBe(QUESTION);
  expect(complaints.join("\n")).toBe("");
});

test("with an Ollama without models the page says how to get one", async () => {
  const address = await ollamaAnswering("0.12.3", []);
  const { page } = await ask(address);
  const empty = say({ code: "ollama_empty", params: { version: "0.12.3", address } });
  await expectWords(page, [empty.title, empty.text]);
});

test("with something else at Ollama's address the page says that", async () => {
  const address = await somethingElse();
  const { page } = await ask(address);
  await expectWords(page, [say({ code: "ollama_broken", params: { address, reason: "" } }).title, address]);
});

/** A page on which the question has just been sent. */
async function ask(ollama: string) {
  const home = await (await Home.create(`${WELCOMED}[models]\nollama_address = "${ollama}"\n`)).serve();
  const tab = await openTab(browser());
  await tab.page.goto(await home.link());
  await tab.page.getByRole("textbox", { name: t("chat.placeholder") }).fill(QUESTION);
  await tab.page.keyboard.press("Enter");
  return tab;
}
