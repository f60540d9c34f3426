import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { expectWords, openTab, useChromium } from "../fixtures/chromium";
import { Home, WELCOMED } from "../fixtures/daemon";
import { english, wordsOf } from "../fixtures/words";

const { t } = english;
const browser = useChromium();

test("a new name reaches the command line and the file", async () => {
  const home = await (await Home.create(WELCOMED)).serve();
  const { page, complaints } = await openPage(home, "machines");
  await rename(page, "attic");

  await page.getByRole("heading", { name: "attic", exact: true }).waitFor();
  expect((await home.status()).machine.name).toBe("attic");
  expect(await home.config()).toContain('name = "attic"');
  expect(complaints.join("\n")).toBe("");
});

test("a name set on the command line reaches the page without a reload", async () => {
  const home = await (await Home.create(WELCOMED)).serve();
  const { page } = await openPage(home, "machines");
  await home.command("config", "set", "machine.name", "cellar");
  await page.getByRole("heading", { name: "cellar", exact: true }).waitFor();
});

test("two tabs see each other's changes", async () => {
  const home = await (await Home.create(WELCOMED)).serve();
  const one = await openPage(home, "machines");
  const other = await openPage(home, "settings");

  await rename(one.page, "workshop");
  const field = other.page.getByRole("textbox", { name: t("setting.machine.name"), exact: true });
  await expect.poll(() => field.inputValue()).toBe("workshop");

  await other.page.getByRole("radio", { name: t("option.ui.theme.dark") }).click();
  await one.page.locator("html[data-theme=dark]").waitFor();
});

test("a setting that the environment fixes is shown with its source and cannot be changed", async () => {
  const home = await (await Home.create(WELCOMED)).serve({ BANYAN_NETWORK_MESSAGE_TIMEOUT: "45" });
  const { page, complaints } = await openPage(home, "settings");

  const field = page.getByRole("textbox", { name: t("setting.network.message_timeout"), exact: true });
  await field.waitFor();
  expect(await field.inputValue()).toBe("45");
  expect(await field.isDisabled()).toBe(true);
  await expectWords(page, [
    t("settings.source_environment"),
    t("settings.overruled", { origin: "BANYAN_NETWORK_MESSAGE_TIMEOUT" }),
    // The test starts the daemon with its ports as flags.
    t("settings.overruled", { origin: "--udp" }),
  ]);
  expect(complaints.join("\n")).toBe("");
});

test("a value that is not allowed is refused with the reason, and the file stays as it was", async () => {
  const home = await (await Home.create(WELCOMED)).serve();
  const { page } = await openPage(home, "settings");
  const before = await home.config();

  const field = page.getByRole("textbox", { name: t("setting.network.announce_interval"), exact: true });
  await field.fill("1");
  await field.press("Enter");
  await expect.poll(() => field.getAttribute("aria-invalid")).toBe("true");
  const note = await page.locator(`[id="${await field.getAttribute("aria-describedby")}"]`).innerText();
  expect(note, "says what is allowed").toMatch(/5.*3600/s);
  expect(await home.config()).toBe(before);
});

test("a change that waits for the next start says so, and has happened after it", async () => {
  const home = await (await Home.create(WELCOMED)).serve();
  const { page } = await openPage(home, "settings");
  const field = page.getByRole("textbox", { name: t("setting.network.interfaces"), exact: true });
  await field.fill("lo");
  await field.press("Enter");
  await expectWords(page, [t("settings.waiting"), t("settings.summary_waiting", { count: 1 })]);

  await home.stop();
  await home.serve();
  await expect
    .poll(() => page.evaluate(() => document.body.innerText), { timeout: 30_000 })
    .not.toContain(t("settings.waiting"));
  expect(await field.inputValue()).toBe("lo");
});

test("the page turns Persian from the palette and stays so", async () => {
  const home = await (await Home.create(WELCOMED)).serve();
  const { page } = await openPage(home, "settings");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: t("palette.title") }).fill("persian");
  await page.keyboard.press("Enter");
  await page.locator("html[lang=fa][dir=rtl]").waitFor();
  await page.getByRole("heading", { level: 1, name: wordsOf("fa").t("screen.settings") }).waitFor();

  await page.reload();
  await page.getByRole("heading", { level: 1, name: wordsOf("fa").t("screen.settings") }).waitFor();
  expect(await home.config()).toContain('language = "fa"');
});

async function openPage(home: Home, screen: "machines" | "settings") {
  const tab = await openTab(browser(), { colorScheme: "light" });
  await tab.page.goto(await home.link());
  await tab.page.getByRole("link", { name: t(`screen.${screen}`) }).click();
  await tab.page.getByRole("heading", { level: 1, name: t(`screen.${screen}`) }).waitFor();
  return tab;
}

async function rename(page: Page, name: string) {
  await page.getByRole("button", { name: t("machines.rename") }).click();
  await page.getByRole("textbox", { name: t("machines.name") }).fill(name);
  await page.keyboard.press("Enter");
}
