import { describe, expect, inject, test } from "vitest";
import { openTab, useChromium } from "../fixtures/chromium";
import { endlessMotion } from "../fixtures/in-page";
import { showView } from "../fixtures/screens";
import { type View, VIEWS } from "../fixtures/views";
import { english } from "../fixtures/words";

const { t } = english;
const browser = useChromium();
/** Every arrangement once; the other views differ from these in words only. */
const ARRANGEMENTS = [
  "chat-refused",
  "machines-rename",
  "machines-nobody",
  "machines-twelve",
  "pairing-whose",
  "pairing-banner",
  "machine-limits",
  "machine-forget",
  "machine-ticket",
  "settings-mesh-keys",
  "settings-read-only",
  "diagnostics-problems",
  "diagnostics-failed",
  "firewall-question",
  "welcome",
  "palette",
  "keyboard-map",
  "offline",
  "link-spent",
  "fault",
].map(viewNamed);
/** A test that looks at all of them. */
const LONG = { timeout: 180_000 };
const LOOK = { theme: "light", language: "en" } as const;

describe("what people ask of their browser is respected", () => {
  test("a search for an answer moves, and stands still for those who want no motion", async () => {
    const asking = viewNamed("chat-asking");
    const moving = await openTab(browser(), { reducedMotion: "no-preference" });
    await showView(moving.page, asking, LOOK);
    expect(await moving.page.evaluate(endlessMotion)).not.toEqual([]);

    const still = await openTab(browser(), { reducedMotion: "reduce" });
    await showView(still.page, asking, LOOK);
    expect(await still.page.evaluate(endlessMotion)).toEqual([]);
    expect(await still.page.locator(".hairline").isVisible(), "it is shown without motion").toBe(true);
  });

  test("without motion nothing takes time to appear", LONG, async () => {
    const { page } = await openTab(browser(), { reducedMotion: "reduce" });
    for (const view of ARRANGEMENTS) {
      await showView(page, view, LOOK);
      const slow = await page.evaluate(() =>
        [...document.querySelectorAll("*")]
          .filter((element) => {
            const { transitionDuration, animationName } = getComputedStyle(element);
            return (
              animationName !== "none" ||
              transitionDuration.split(",").some((time) => Number.parseFloat(time) > 0.05)
            );
          })
          .map((element) => element.outerHTML.slice(0, 100)),
      );
      expect.soft(slow, view.name).toEqual([]);
    }
  });

  test("with the system's theme the page follows the system", async () => {
    const { page } = await openTab(browser(), { colorScheme: "dark" });
    await page.goto(`${inject("fakePage")}#/chat`);
    await expect.poll(() => page.locator("html").getAttribute("data-theme")).toBe("dark");
    await page.emulateMedia({ colorScheme: "light" });
    await expect.poll(() => page.locator("html").getAttribute("data-theme")).toBe("light");
  });

  test("the theme of the last visit is there before the first paint", async () => {
    const { page } = await openTab(browser(), { colorScheme: "light" });
    await page.goto(`${inject("fakePage")}?theme=dark#/chat`);
    await expect.poll(() => page.locator("html").getAttribute("data-theme")).toBe("dark");
    // No module runs any more; only the small script in the head does.
    await page.route(/index-.*\.js/, (route) => route.abort());
    await page.reload({ waitUntil: "domcontentloaded" });
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  });

  test("opaque overlays for those who want no transparency", async () => {
    const { page } = await openTab(browser());
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-reduced-transparency", value: "reduce" }],
    });
    await showView(page, viewNamed("palette"), LOOK);
    const filter = await page
      .getByRole("dialog")
      .evaluate((dialog) => getComputedStyle(dialog).backdropFilter);
    expect(filter).toBe("none");
  });
});

describe("Persian", () => {
  test("the page turns round and speaks Persian throughout", async () => {
    const { page } = await openTab(browser());
    await page.goto(`${inject("fakePage")}?lang=fa#/settings`);
    await page.locator("html[lang=fa][dir=rtl]").waitFor();
    const navigation = await page.locator("aside").boundingBox();
    expect(navigation?.x, "the navigation is on the right").toBeGreaterThan(1000);
    const faces = await page.evaluate(() =>
      document.fonts.ready.then((fonts) =>
        [...fonts].filter((face) => face.status === "loaded").map((face) => face.family),
      ),
    );
    expect(faces.join()).toContain("Vazirmatn");
  });

  test("switching to Persian and back keeps the screen and what was typed", async () => {
    const { page } = await openTab(browser());
    await page.goto(`${inject("fakePage")}#/chat`);
    await page.getByRole("textbox", { name: t("chat.placeholder") }).fill("half a question");
    await page.evaluate(() => window.fakeNode.call("settings.set", { key: "ui.language", value: "fa" }));
    await page.locator("html[dir=rtl]").waitFor();
    expect(await page.getByRole("textbox").inputValue()).toBe("half a question");
    await page.evaluate(() => window.fakeNode.call("settings.set", { key: "ui.language", value: "en" }));
    await page.locator("html[dir=ltr]").waitFor();
    expect(await page.getByRole("textbox", { name: t("chat.placeholder") }).inputValue()).toBe(
      "half a question",
    );
  });
});

function viewNamed(name: string): View {
  const view = VIEWS.find((candidate) => candidate.name === name);
  if (!view) throw new Error(`No view is called ${name}.`);
  return view;
}
