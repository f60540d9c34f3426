import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { expectWords, openTab, useChromium } from "../fixtures/chromium";
import { Home, WELCOMED } from "../fixtures/daemon";
import { ScriptedOllama } from "../fixtures/ollama";
import { english } from "../fixtures/words";

const { t, say } = english;
const browser = useChromium();
/** Two daemons, and answers that come word by word. */
const LONG = { timeout: 180_000 };
const MODEL = "llama3.2:3b";
const QUESTION = "How does a heat pump work?";

test("an answer arrives word by word, with where it came from and how", LONG, async () => {
  const ollama = await ScriptedOllama.start([MODEL]);
  const { page, complaints } = await openChat("studio", ollama);
  await put(page);
  const turn = await ollama.turn();
  expect(turn.messages.at(-1)).toMatchObject({ role: "user", content: QUESTION });

  turn.think("They want the idea first.");
  turn.write("It moves warmth ");
  await expectWords(page, ["It moves warmth", t("chat.thought")]);
  await page.getByRole("button", { name: t("chat.stop") }).waitFor();
  turn.write("– as يخچال does.");
  await expectWords(page, ["It moves warmth – as يخچال does."]);
  turn.end();

  const answer = page.getByRole("article", { name: t("chat.answer") });
  await answer.getByText("50 tok/s").waitFor();
  expect(await answer.innerText()).toMatch(new RegExp(`studio.*${MODEL}`, "s"));
  await page.getByRole("button", { name: t("why.title") }).click();
  const panel = page.getByRole("complementary", { name: t("why.title") });
  await panel.getByText(t("why.chosen")).waitFor();
  await expectWords(page, [t("why.stayed"), t("why.tokens", { count: 2 })]);

  // What was said before goes along.
  await put(page, "And in winter?");
  const next = await ollama.turn();
  expect(next.messages.map(({ content }) => content)).toEqual([
    QUESTION,
    "It moves warmth – as يخچال does.",
    "And in winter?",
  ]);
  next.write("Slower.");
  next.end();
  await expectWords(page, ["Slower."]);
  expect(complaints.join("\n")).toBe("");
});

test("stopping an answer stops the model, and keeps the words", LONG, async () => {
  const ollama = await ScriptedOllama.start([MODEL]);
  const { page } = await openChat("studio", ollama);
  await put(page);
  const turn = await ollama.turn();
  turn.write("It moves ");
  await expectWords(page, ["It moves"]);
  await page.keyboard.press("Escape");
  await turn.left;
  await expectWords(page, [t("chat.stopped"), "It moves"]);
});

test("a server that dies in mid-answer is named, and the words stay", LONG, async () => {
  const ollama = await ScriptedOllama.start([MODEL]);
  const { page } = await openChat("studio", ollama);
  await put(page);
  const turn = await ollama.turn();
  turn.write("It moves ");
  await expectWords(page, ["It moves"]);
  ollama.die();
  const failure = page.getByRole("alert");
  await failure.getByText(say({ code: "nobody_answers", params: {} }).title).waitFor();
  expect(await failure.innerText()).toContain("studio");
  await failure.getByRole("button", { name: t("chat.send_again") }).waitFor();
  await expectWords(page, ["It moves", t("chat.readiness_waiting")]);
});

test("a machine without models is answered by one that shares", LONG, async () => {
  const ollama = await ScriptedOllama.start([MODEL]);
  const owner = await homeOf("cellar", ollama.address, "[sharing]\non = true\n");
  const guest = await homeOf("attic", NOWHERE);
  const { page, complaints } = await openChatOf(guest);
  await expectWords(page, [t("ways.title")]);
  await join(owner, guest);

  await expectWords(page, [t("chat.readiness_ready")]);
  await page.getByRole("combobox", { name: t("route.model") }).click();
  await page.getByRole("option", { name: new RegExp(`${MODEL}.*cellar`, "s") }).click();
  await put(page);
  const turn = await ollama.turn();
  turn.write("From the cellar.");
  turn.end();
  const answer = page.getByRole("article", { name: t("chat.answer") });
  await answer.getByText("50 tok/s").waitFor();
  expect(await answer.innerText()).toMatch(new RegExp(`cellar.*${MODEL}.*From the cellar\\.`, "s"));
  await page.getByRole("button", { name: t("why.title") }).click();
  await expectWords(page, [t("why.encrypted", { name: "cellar" })]);

  // Its owner changes their mind, and the page hears of it.
  await owner.command("share", "off");
  await expectWords(page, [t("chat.readiness_waiting")]);
  expect(complaints.join("\n")).toBe("");
});

test("a machine asks for permission, and its owner answers with a line", LONG, async () => {
  const ollama = await ScriptedOllama.start([MODEL]);
  const owner = await homeOf("cellar", ollama.address, "[sharing]\non = true\n");
  const guest = await homeOf("attic", NOWHERE);
  const { page: asking, complaints } = await openChatOf(guest);
  const { page: asked } = await openChatOf(owner);
  await pairAsStrangers(asking, asked, owner);
  await asking.getByRole("link", { name: t("screen.chat") }).click();
  await asked.getByRole("link", { name: t("screen.chat") }).click();

  await asking.getByRole("link", { name: t("access.ask") }).click();
  await asking.getByRole("button", { name: t("access.ask") }).click();
  await asking.getByRole("textbox", { name: t("access.reason") }).fill("For a letter");
  await asking.keyboard.press("Enter");
  await expectWords(asking, [t("access.waits")]);

  await expectWords(asked, [t("access.banner", { name: "attic" })]);
  await asked.getByRole("link", { name: t("pairing_banner.look") }).click();
  const request = asked.getByRole("region", { name: t("access.asks", { name: "attic" }) });
  await request.getByText("For a letter").waitFor();
  await request.getByRole("button", { name: t("access.answer_today") }).click();
  await request.waitFor({ state: "detached" });

  await asking.getByRole("button", { name: t("models.chat_with", { name: MODEL }) }).click();
  await expectWords(asking, [t("chat.readiness_ready")]);
  await put(asking);
  const turn = await ollama.turn();
  turn.write("With pleasure.");
  turn.end();
  await expectWords(asking, ["With pleasure."]);
  expect(complaints.join("\n")).toBe("");
});

/** Where nothing listens: a port that no system hands out. */
const NOWHERE = "http://127.0.0.1:1";

function homeOf(name: string, ollama: string, more = ""): Promise<Home> {
  const config = `${WELCOMED}[machine]\nname = "${name}"\n[models]\nollama_address = "${ollama}"\n${more}`;
  return Home.create(config).then((home) => home.serve());
}

async function openChat(name: string, ollama: ScriptedOllama) {
  const tab = await openChatOf(await homeOf(name, ollama.address));
  await expectWords(tab.page, [t("chat.readiness_ready")]);
  return tab;
}

async function openChatOf(home: Home) {
  const tab = await openTab(browser());
  await tab.page.goto(await home.link());
  await tab.page.getByRole("textbox", { name: t("chat.placeholder") }).waitFor();
  return tab;
}

async function put(page: Page, question = QUESTION) {
  await page.getByRole("textbox", { name: t("chat.placeholder") }).fill(question);
  await page.keyboard.press("Enter");
}

/** Two people compare codes; neither allows the other anything. */
async function pairAsStrangers(asking: Page, asked: Page, { address }: Home) {
  for (const page of [asking, asked]) await page.getByRole("link", { name: t("screen.machines") }).click();
  await asking.getByRole("button", { name: t("machines.add") }).click();
  await asking.getByRole("textbox", { name: t("add.address") }).fill(address);
  await asking.keyboard.press("Enter");
  await asking.getByRole("dialog", { name: t("add.title") }).waitFor({ state: "detached" });
  await asking.getByRole("button", { name: t("peer.pair_with", { name: "cellar" }) }).click();
  await asked.getByRole("button", { name: t("pairing.open"), exact: true }).click();
  for (const page of [asking, asked]) {
    await page.getByRole("radio", { name: t("pairing.whose_other") }).click();
    await page.getByRole("button", { name: t("pairing.same") }).click();
  }
  await expectWords(asking, [t("pairing.outcome_paired", { name: "cellar" })]);
}

/** The guest comes with an invitation, which lets it use shared models. */
async function join(owner: Home, guest: Home) {
  const { text } = await owner.command<{ text: string }>("ticket");
  await guest.command("pair", text);
}
