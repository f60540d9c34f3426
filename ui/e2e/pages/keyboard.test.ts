import type { Page } from "playwright-core";
import { describe, expect, inject, test } from "vitest";
import { expectWords, openTab, useChromium } from "../fixtures/chromium";
import { type FocusStop, focusStop } from "../fixtures/in-page";
import { english } from "../fixtures/words";

const { t } = english;
const browser = useChromium();

describe("everything works without a mouse", () => {
  test.each(["chat", "machines", "models", "settings", "diagnostics"])(
    "Tab reaches all of %s and shows where it is",
    async (route) => {
      const page = await open(`#/${route}`);
      const stops = await tabThrough(page);

      expect(stops.length, "controls are reached").toBeGreaterThan(6);
      expect(
        stops.filter((stop) => !stop.marked).map((stop) => stop.what),
        "stops without a visible mark",
      ).toEqual([]);
      expect(
        stops.filter((stop) => !stop.inWindow).map((stop) => stop.what),
        "stops out of sight",
      ).toEqual([]);
    },
  );

  test("the first Tab offers to skip to the content", async () => {
    const page = await open("#/settings");
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: t("app.skip") });
    await expectFocus(page, t("app.skip"));
    expect(await skip.isVisible()).toBe(true);

    await page.keyboard.press("Enter");
    expect(await page.locator("main").evaluate((main) => main === document.activeElement)).toBe(true);
    expect(new URL(page.url()).hash, "the screen stays").toBe("#/settings");
  });

  test("the palette finds a theme, applies it and gives the focus back", async () => {
    const page = await open("?theme=light#/chat");
    const composer = page.getByRole("textbox", { name: t("chat.placeholder") });
    await composer.focus();

    await page.keyboard.press("Control+k");
    const search = page.getByRole("combobox", { name: t("palette.title") });
    await search.waitFor();
    await page.keyboard.type("dark theme");
    await page.getByRole("option", { name: t("palette.theme_dark") }).waitFor();
    await page.keyboard.press("Enter");

    await expect.poll(() => page.locator("html").getAttribute("data-theme")).toBe("dark");
    await search.waitFor({ state: "detached" });
    await expect.poll(() => composer.evaluate((area) => area === document.activeElement)).toBe(true);
  });

  test("the palette says when it finds nothing, and Escape closes it", async () => {
    const page = await open("#/chat");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: t("palette.title") }).waitFor();
    await page.keyboard.type("xyzzy");
    await expectWords(page, [t("palette.empty", { query: "xyzzy" })]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  test("a setting is changed, refused, given back and reset", async () => {
    const page = await open("#/settings");
    const port = page.getByRole("textbox", { name: t("setting.network.tcp_port"), exact: true });
    await port.focus();

    await port.fill("7900");
    await page.keyboard.press("Enter");
    await expectWords(page, [t("settings.waiting")]);
    expect(await lastCall(page)).toEqual({
      name: "settings.set",
      params: { key: "network.tcp_port", value: 7900 },
    });

    await port.fill("70000");
    await page.keyboard.press("Enter");
    await page.getByText("a whole number from 1 to 65535").waitFor();
    expect(await port.getAttribute("aria-invalid")).toBe("true");

    await port.focus();
    await page.keyboard.press("Escape");
    await expect.poll(() => port.inputValue()).toBe("7900");

    await page
      .getByRole("button", {
        name: t("settings.reset", { label: t("setting.network.tcp_port"), value: "7878" }),
      })
      .press("Enter");
    await expect.poll(() => port.inputValue()).toBe("7878");
  });

  test("a machine is renamed; Escape leaves the name alone", async () => {
    const page = await open("#/machines");
    const pencil = page.getByRole("button", { name: t("machines.rename") });

    await pencil.press("Enter");
    await expectFocus(page, t("machines.name"));
    await page.keyboard.type("attic");
    await page.keyboard.press("Escape");
    await expectFocus(page, t("machines.rename"));
    await page.getByRole("heading", { name: "studio", exact: true }).waitFor();

    await pencil.press("Enter");
    await expectFocus(page, t("machines.name"));
    await page.keyboard.type("attic");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "attic", exact: true }).waitFor();
    await expectWords(page, [t("machines.renamed", { name: "attic" })]);
    await expectFocus(page, t("machines.rename"));
  });

  test("an empty name is refused where it was typed", async () => {
    const page = await open("#/machines");
    await page.getByRole("button", { name: t("machines.rename") }).press("Enter");
    const field = page.getByRole("textbox", { name: t("machines.name") });
    await field.fill("   ");
    await page.keyboard.press("Enter");
    await page.getByText(t("machines.name_empty")).waitFor();
    const described = await field.getAttribute("aria-describedby");
    expect(await page.locator(`[id="${described}"]`).innerText()).toContain(t("machines.name_empty"));
  });

  test("Shift Enter starts a line and Enter sends", async () => {
    const page = await open("#/chat");
    const composer = page.getByRole("textbox", { name: t("chat.placeholder") });
    await composer.focus();
    await page.keyboard.type("one");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two");
    expect(await composer.inputValue()).toBe("one\ntwo");

    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText(t("chat.refused_title")).waitFor();
    expect(await composer.inputValue(), "the question is not lost").toBe("one\ntwo");
  });

  test("F6 walks the regions, Alt and a digit the screens, ? opens the list of keys", async () => {
    const page = await open("#/machines");
    await page.keyboard.press("F6");
    const first = await region(page);
    await page.keyboard.press("F6");
    expect(await region(page)).not.toBe(first);

    await page.keyboard.press("F6");
    await expectFocusIn(page, t("machines.details"));
    await page.keyboard.press("F6");
    expect(await region(page), "and round again").toBe(first);

    await page.keyboard.press("Alt+5");
    await page.getByRole("heading", { level: 1, name: t("screen.diagnostics") }).waitFor();
    await page.keyboard.press("Control+,");
    await page.getByRole("heading", { level: 1, name: t("screen.settings") }).waitFor();

    await page.keyboard.press("?");
    const list = page.getByRole("dialog", { name: t("keys.title") });
    await list.waitFor();
    await page.keyboard.press("Escape");
    await list.waitFor({ state: "detached" });
  });

  test("the question about the firewall keeps the focus inside and gives it back", async () => {
    const page = await open("?scenario=problems#/diagnostics");
    const ask = page.getByRole("button", { name: t("firewall.do_open") });
    await ask.press("Enter");
    const question = page.getByRole("dialog", { name: t("firewall.consent_title") });
    await question.waitFor();
    for (let step = 0; step < 4; step++) {
      await page.keyboard.press("Tab");
      expect(
        await question.evaluate((dialog) => dialog.contains(document.activeElement)),
        `after Tab ${step + 1}`,
      ).toBe(true);
    }
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "detached" });
    await expectFocus(page, t("firewall.do_open"));
  });
});

async function open(address: string): Promise<Page> {
  // Without motion a mark is there at once or not at all.
  const { page } = await openTab(browser(), { reducedMotion: "reduce" });
  await page.goto(inject("fakePage") + address);
  await page.getByRole("heading").first().waitFor();
  return page;
}

/** Every stop from the top of the page until the focus comes round. */
async function tabThrough(page: Page): Promise<FocusStop[]> {
  const stops: FocusStop[] = [];
  for (let press = 0; press < 120; press++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(wasHereBefore)) break;
    // Between the last stop and the first one the focus is with the browser.
    const stop = await page.evaluate(focusStop);
    if (stop) stops.push(stop);
  }
  return stops;
}

function wasHereBefore(): boolean {
  const element = document.activeElement as HTMLElement & { visited?: boolean };
  const before = element.visited ?? false;
  element.visited = element !== document.body;
  return before;
}

async function expectFocus(page: Page, name: string) {
  await expect
    .poll(() =>
      page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        return element.getAttribute("aria-label") ?? element.innerText;
      }),
    )
    .toBe(name);
}

async function expectFocusIn(page: Page, name: string) {
  const around = () => document.activeElement?.closest("[data-region]")?.getAttribute("aria-label");
  await expect.poll(() => page.evaluate(around)).toBe(name);
}

function region(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.activeElement?.closest("[data-region]")?.tagName);
}

function lastCall(page: Page): Promise<unknown> {
  return page.evaluate(() => window.fakeNode.received.at(-1));
}
