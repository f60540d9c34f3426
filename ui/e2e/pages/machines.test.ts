import type { Page } from "playwright-core";
import { describe, expect, inject, test } from "vitest";
import { openTab, useChromium } from "../fixtures/chromium";
import { endlessMotion } from "../fixtures/in-page";
import { english } from "../fixtures/words";

const { t } = english;
const browser = useChromium();
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 700 };

describe("a thousand machines", () => {
  test("only those in sight are drawn, and none is missing wherever one scrolls", async () => {
    const page = await open("?scenario=crowd#/machines", WIDE);
    await page.getByRole("table").waitFor();
    expect(await page.locator("[data-row]").count()).toBeLessThan(120);
    for (const share of [0.2, 0.5, 0.9, 1, 0]) {
      await page.locator("[data-scroller]").evaluate((scroller, to) => {
        scroller.scrollTop = to * (scroller.scrollHeight - scroller.clientHeight);
      }, share);
      await expect
        .poll(() => page.evaluate(gapsInSight), { message: `at ${share}`, timeout: 10_000 })
        .toEqual([]);
    }
    expect(await page.locator("[data-row]").count()).toBeLessThan(120);
  });

  test("keys go through all of them, and the list says where they are", async () => {
    const page = await open("?scenario=crowd#/machines", WIDE);
    await page.getByRole("table").waitFor();
    await page.locator("[data-peer][tabindex='0']").focus();
    expect(await focusedRow(page)).toBe(2);
    await page.keyboard.press("End");
    expect(await focusedRow(page)).toBe(1001);
    await page.keyboard.press("PageUp");
    expect(await focusedRow(page)).toBe(991);
    await page.keyboard.press("Home");
    expect(await focusedRow(page)).toBe(2);
    for (let press = 0; press < 60; press++) await page.keyboard.press("ArrowDown");
    expect(await focusedRow(page)).toBe(62);
  });

  test("a group on the map leads to those it stands for", async () => {
    const page = await open("?scenario=crowd#/machines", WIDE);
    const group = `661 ${t("machines.filter_nearby")} ${t("machines.in_list")}`;
    await page.getByRole("button", { name: group }).click();
    const table = page.getByRole("table");
    await expect.poll(() => table.getAttribute("aria-rowcount")).toBe("663");
    expect(await table.isVisible()).toBe(true);
  });

  test("changes by the hundred arrive without a machine lost", async () => {
    const page = await open("?scenario=crowd#/machines", WIDE);
    await page.getByRole("table").waitFor();
    await page.evaluate(() => {
      const { others } = window.fakeNode;
      for (const { id } of others.peers.slice(0, 400)) others.becomes(id, { rtt_ms: 77.7 });
      for (let number = 0; number < 50; number++) others.appears({ name: `late-${number}` });
    });
    await expect.poll(() => page.getByRole("table").getAttribute("aria-rowcount")).toBe("1051");
    await page.getByRole("searchbox").fill("late-49");
    await page.getByRole("rowheader", { name: "late-49" }).waitFor();
  });
});

describe("on a phone", () => {
  test("the details come as a sheet that keeps the focus and gives it back", async () => {
    const page = await open("?scenario=two-machines#/machines", PHONE);
    const row = page.getByRole("button", { name: "atlas", exact: true });
    await row.press("Enter");
    const sheet = page.getByRole("dialog", { name: "atlas" });
    // Its content comes a moment after it.
    await sheet.getByRole("switch").first().waitFor();
    for (let step = 0; step < 14; step++) {
      await page.keyboard.press("Tab");
      expect(await sheet.evaluate((dialog) => dialog.contains(document.activeElement))).toBe(true);
    }
    // Where a button shows its name, Escape would hide that first.
    await sheet.getByRole("switch").first().focus();
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await expect.poll(() => row.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(new URL(page.url()).hash).toBe("#/machines");
  });
});

test("an answer is seen to run along its edge, and stands still for those who want no motion", async () => {
  const moving = await open("?scenario=three-machines#/machines", WIDE, "no-preference");
  await moving.getByRole("table").waitFor();
  expect(await moving.evaluate(endlessMotion)).not.toEqual([]);
  const still = await open("?scenario=three-machines#/machines", WIDE);
  await still.getByRole("table").waitFor();
  expect(await still.evaluate(endlessMotion)).toEqual([]);
  const quiet = await open("?scenario=two-machines#/machines", WIDE, "no-preference");
  await quiet.getByRole("table").waitFor();
  expect(await quiet.evaluate(endlessMotion), "nothing moves without work").toEqual([]);
});

async function open(
  address: string,
  viewport: { width: number; height: number },
  reducedMotion: "reduce" | "no-preference" = "reduce",
): Promise<Page> {
  const { page } = await openTab(browser(), { reducedMotion, viewport });
  await page.goto(inject("fakePage") + address);
  await page.getByRole("heading", { level: 1, name: t("screen.machines") }).waitFor();
  return page;
}

/** Points of the list within the window at which no row stands. */
function gapsInSight(): number[] {
  const rows = [...document.querySelectorAll("[data-row]")].map((row) => row.getBoundingClientRect());
  const list = document.querySelector("[data-row]")?.parentElement?.getBoundingClientRect();
  if (!list) return [-1];
  const gaps: number[] = [];
  for (let y = Math.max(0, list.top + 1); y < Math.min(innerHeight, list.bottom - 1); y += 20) {
    if (!rows.some((row) => row.top <= y && y <= row.bottom)) gaps.push(y);
  }
  return gaps;
}

function focusedRow(page: Page): Promise<number> {
  return page.evaluate(() =>
    Number(document.activeElement?.closest("[role=row]")?.getAttribute("aria-rowindex")),
  );
}
