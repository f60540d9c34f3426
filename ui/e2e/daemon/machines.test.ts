import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { expectWords, openTab, useChromium } from "../fixtures/chromium";
import { Home, WELCOMED } from "../fixtures/daemon";
import { english } from "../fixtures/words";

const { t } = english;
const browser = useChromium();
/** Two daemons and two pages, and people who press buttons. */
const LONG = { timeout: 180_000 };

test("two people pair two machines from their pages, by comparing the codes on both", LONG, async () => {
  const [attic, cellar] = [await openMachines("attic"), await openMachines("cellar")];
  await reach(attic.page, cellar.home);
  await attic.page.getByRole("button", { name: t("peer.pair_with", { name: "cellar" }) }).click();
  await card(attic.page, t("pairing.waiting", { name: "cellar" })).waitFor();

  // The other person looks at something else; a banner leads them here.
  await cellar.page.getByRole("link", { name: t("screen.settings") }).click();
  await expectWords(cellar.page, [t("pairing_banner.requested", { name: "attic" })]);
  await cellar.page.getByRole("link", { name: t("pairing_banner.look") }).click();
  await cellar.page.getByRole("button", { name: t("pairing.open"), exact: true }).click();

  const codes = [await codeOn(attic.page), await codeOn(cellar.page)];
  expect(codes[0]).toMatch(/^\d{6}$/);
  expect(codes[1]).toBe(codes[0]);

  for (const { page } of [attic, cellar]) {
    await page.getByRole("radio", { name: t("pairing.whose_other") }).click();
    await page.getByRole("button", { name: t("pairing.same") }).click();
  }
  await card(attic.page, t("pairing.outcome_paired", { name: "cellar" })).waitFor();
  await card(cellar.page, t("pairing.outcome_paired", { name: "attic" })).waitFor();
  await expectWords(attic.page, [t("machines.count_connected", { count: 1 })]);

  // What a person allows on one page is what the daemon goes by.
  await attic.page.getByRole("button", { name: t("pairing.show") }).click();
  const panel = attic.page.getByRole("region", { name: "cellar" });
  const models = panel.getByRole("switch", { name: t("permission.llm.use"), exact: true });
  expect(await models.getAttribute("aria-checked")).toBe("false");
  await models.click();
  await expect.poll(() => models.getAttribute("aria-checked")).toBe("true");
  await panel.getByText(`${t("audit.allowed")}: ${t("permission.llm.use")}`).waitFor();

  expect([...attic.complaints, ...cellar.complaints].join("\n")).toBe("");
});

test("machines that trust each other meet again after a restart, until one is forgotten", LONG, async () => {
  const [attic, cellar] = [await openMachines("attic"), await openMachines("cellar")];
  await joinByTicket(attic.page, cellar.page);
  await expectWords(attic.page, [t("machines.count_connected", { count: 1 })]);

  await cellar.home.kill();
  await expectWords(attic.page, [t("machines.count_away", { count: 1 })]);
  await cellar.home.serve();
  await expectWords(attic.page, [t("machines.count_connected", { count: 1 })]);

  await attic.page.getByRole("button", { name: "cellar", exact: true }).click();
  const panel = attic.page.getByRole("region", { name: "cellar" });
  await panel.getByText(t("peer.origin_invitation")).waitFor();
  await panel.getByRole("button", { name: t("peer.forget") }).click();
  const question = attic.page.getByRole("dialog", { name: t("peer.forget_title", { name: "cellar" }) });
  await question.getByRole("button", { name: t("peer.forget") }).click();
  await expectWords(attic.page, [t("peer.forgotten", { name: "cellar" })]);
  await expect
    .poll(() => attic.page.evaluate(() => document.body.innerText), { timeout: 20_000 })
    .not.toContain(t("machines.count_connected", { count: 1 }));
});

test("codes that differ end the pairing on both screens", LONG, async () => {
  const [attic, cellar] = [await openMachines("attic"), await openMachines("cellar")];
  await reach(attic.page, cellar.home);
  await attic.page.getByRole("button", { name: t("peer.pair_with", { name: "cellar" }) }).click();
  await cellar.page.getByRole("button", { name: t("pairing.open"), exact: true }).click();
  await codeOn(attic.page);
  await cellar.page.getByRole("button", { name: t("pairing.different") }).click();
  await card(cellar.page, t("pairing.outcome_codes_differ")).waitFor();
  await card(attic.page, t("pairing.outcome_codes_differ_there")).waitFor();
  expect((await attic.home.peers())[0]?.state).toBe("discovered");
});

async function openMachines(name: string) {
  const home = await (await Home.create(`${WELCOMED}[machine]\nname = "${name}"\n`)).serve();
  const tab = await openTab(browser(), { colorScheme: "light" });
  await tab.page.goto(await home.link());
  await tab.page.getByRole("link", { name: t("screen.machines") }).click();
  await tab.page.getByRole("heading", { level: 2, name, exact: true }).waitFor();
  return { home, ...tab };
}

/** By its address, as nothing is broadcast on loopback. */
async function reach(page: Page, other: Home) {
  await page.getByRole("button", { name: t("machines.add") }).click();
  await page.getByRole("textbox", { name: t("add.address") }).fill(other.address);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: t("add.title") }).waitFor({ state: "detached" });
}

async function joinByTicket(issuer: Page, guest: Page) {
  await issuer.getByRole("button", { name: t("machines.add") }).click();
  await issuer.getByRole("radio", { name: t("add.way_invite") }).click();
  await issuer.getByRole("radio", { name: t("invite.team") }).click();
  await issuer.getByRole("button", { name: t("invite.make") }).click();
  const ticket = await issuer.getByText(/^banyan:/).innerText();
  await issuer.getByRole("button", { name: t("action.done") }).click();

  await guest.getByRole("button", { name: t("machines.add") }).click();
  await guest.getByRole("textbox", { name: t("add.address") }).fill(ticket);
  await guest.keyboard.press("Enter");
  await guest.getByRole("dialog", { name: t("add.title") }).waitFor({ state: "detached" });
}

function card(page: Page, title: string) {
  return page.getByRole("region", { name: title });
}

async function codeOn(page: Page): Promise<string> {
  const shown = card(page, t("pairing.compare")).getByRole("img");
  return ((await shown.getAttribute("aria-label")) ?? "").replaceAll(/\D/g, "");
}
