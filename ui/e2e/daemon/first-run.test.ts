import { expect, test } from "vitest";
import { openTab, useChromium } from "../fixtures/chromium";
import { Home } from "../fixtures/daemon";
import { english, wordsOf } from "../fixtures/words";

const browser = useChromium();

test("a first run asks three things and keeps the answers", async () => {
  const home = await (await Home.create()).serve();
  const { page, complaints } = await openTab(browser(), { colorScheme: "light", locale: "en-GB" });
  await page.goto(await home.link());

  await page.getByRole("heading", { name: english.t("welcome.title") }).waitFor();
  expect(page.url(), "the code leaves the address").not.toContain("code=");
  await page.getByRole("textbox", { name: english.t("welcome.name") }).fill("اتاق مطالعه");
  await page.getByRole("radio", { name: english.t("option.ui.theme.dark") }).click();
  await page.locator("html[data-theme=dark]").waitFor();
  await page.getByRole("radio", { name: english.t("option.ui.language.fa") }).click();

  const persian = wordsOf("fa");
  await page.locator("html[lang=fa][dir=rtl]").waitFor();
  await page.getByRole("button", { name: persian.t("welcome.start") }).click();
  await page.getByRole("heading", { name: persian.t("chat.greeting") }).waitFor();

  await page.reload();
  await page.getByRole("heading", { name: persian.t("chat.greeting") }).waitFor();
  expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  await page.getByRole("complementary").getByText("اتاق مطالعه").waitFor();

  const config = await home.config();
  expect(config).toContain('name = "اتاق مطالعه"');
  expect(config).toContain('theme = "dark"');
  expect(config).toContain('language = "fa"');
  expect(config).toContain("welcomed = true");
  expect(complaints.join("\n")).toBe("");
});

test("whoever skips the questions is not asked again", async () => {
  const home = await (await Home.create()).serve();
  const { page } = await openTab(browser());
  await page.goto(await home.link());
  await page.getByRole("button", { name: english.t("welcome.skip") }).click();
  await page.getByRole("heading", { name: english.t("chat.greeting") }).waitFor();

  await home.stop();
  await home.serve();
  const second = await openTab(browser());
  await second.page.goto(await home.link());
  await second.page.getByRole("heading", { name: english.t("chat.greeting") }).waitFor();
});
