import { expect, test } from "vitest";
import { violations } from "../fixtures/axe";
import { expectWords, openTab, useChromium } from "../fixtures/chromium";
import { Home, WELCOMED } from "../fixtures/daemon";
import { english } from "../fixtures/words";

const { t } = english;
const browser = useChromium();

test("diagnostics shows this machine's real figures, and the report holds them without secrets", async () => {
  const home = await (await Home.create(WELCOMED)).serve();
  const { page, complaints } = await openTab(browser(), {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await page.goto(await home.link());
  await page.getByRole("link", { name: t("screen.diagnostics") }).click();

  const status = await home.status();
  const loopback = status.interfaces.find((one) => one.kind === "loopback");
  await expectWords(page, [
    t("check.data_folder"),
    status.http?.address ?? "",
    loopback?.name ?? "lo",
    home.data,
  ]);
  const memory = page.getByRole("region", { name: t("diagnostics.figures") }).getByText(/^\d+([.,]\d+)? MB$/);
  expect(Number.parseFloat(await memory.first().innerText()), "memory of the daemon in MB").toBeGreaterThan(
    1,
  );
  expect(await violations(page)).toEqual([]);

  await page.getByRole("button", { name: t("diagnostics.copy_report") }).click();
  await expectWords(page, [t("diagnostics.report_copied")]);
  const report = await page.evaluate(() => navigator.clipboard.readText());
  const token = await page.evaluate(() => sessionStorage.getItem("banyan.token"));
  expect(report).toContain(status.version);
  expect(report).toContain(status.machine.short_id);
  expect(token).toBeTruthy();
  expect(report).not.toContain(token);
  expect(complaints.join("\n")).toBe("");
});

test("the log on the page is the daemon's own", async () => {
  const home = await (await Home.create(WELCOMED)).serve();
  const { page } = await openTab(browser());
  await page.goto(await home.link());
  await page.getByRole("link", { name: t("screen.diagnostics") }).click();
  const log = page.getByRole("list", { name: t("diagnostics.log") });
  await log.getByRole("listitem").first().waitFor();
  expect(await log.innerText()).toContain("info");
});
