import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectWords, openTab, useChromium } from "../fixtures/chromium";
import { Home, WELCOMED } from "../fixtures/daemon";
import { english } from "../fixtures/words";

const { t, say } = english;
const browser = useChromium();
const SPENT = say({ code: "link_spent", params: {} });

test("a page outlives its daemon: it says that nothing answers, and goes on after the restart", async () => {
  const home = await (await Home.create(WELCOMED)).serve();
  const { page } = await openTab(browser());
  await page.goto(await home.link());
  await page.getByRole("link", { name: t("screen.machines") }).click();
  const name = (await home.status()).machine.name;
  await page.getByRole("heading", { name, exact: true }).waitFor();

  await home.kill();
  await expectWords(page, [t("connection.lost"), name]);

  await page.getByRole("button", { name: t("connection.try_now") }).click();
  await expectWords(page, [t("connection.lost"), name]);

  await home.serve();
  await page.getByText(t("connection.lost")).waitFor({ state: "detached", timeout: 40_000 });
  await home.command("config", "set", "machine.name", "back again");
  await page.getByRole("heading", { name: "back again", exact: true }).waitFor();
});

test("a page that nobody attends to finds its daemon again by itself", async () => {
  const home = await (await Home.create(WELCOMED)).serve();
  const { page } = await openTab(browser());
  await page.goto(await home.link());
  await page.getByRole("heading", { name: t("chat.greeting") }).waitFor();

  await home.stop();
  await expectWords(page, [t("connection.lost")]);
  await home.serve();
  await page.getByText(t("connection.lost")).waitFor({ state: "detached", timeout: 40_000 });
});

test("a reload needs no new link, not even after a restart of the daemon", async () => {
  const home = await (await Home.create(WELCOMED)).serve();
  const { page } = await openTab(browser());
  await page.goto(await home.link());
  await page.getByRole("heading", { name: t("chat.greeting") }).waitFor();
  await home.kill();
  await home.serve();
  await page.reload();
  await page.getByRole("heading", { name: t("chat.greeting") }).waitFor();
});

test("a link opens one page only", async () => {
  const home = await (await Home.create(WELCOMED)).serve();
  const link = await home.link();
  const first = await openTab(browser());
  await first.page.goto(link);
  await first.page.getByRole("heading", { name: t("chat.greeting") }).waitFor();

  const second = await openTab(browser());
  await second.page.goto(link);
  await second.page.getByRole("heading", { name: SPENT.title }).waitFor();
  await expectWords(second.page, [SPENT.text, "banyan link --open"]);
  expect(second.page.url(), "the spent code leaves the address").not.toContain("code=");
});

test.each([
  ["a wrong code", "#code=AAAAAAAAAAAAAAAAAAAAAA"],
  ["no code at all", ""],
])("%s opens nothing", async (_, fragment) => {
  const home = await (await Home.create(WELCOMED)).serve();
  const { page } = await openTab(browser());
  const address = (await home.link()).split("#")[0];
  await page.goto(`${address}${fragment}`);
  await page.getByRole("heading", { name: SPENT.title }).waitFor();
  expect(await page.getByRole("navigation").count(), "nothing of the node is shown").toBe(0);
});

test("a page whose session was forgotten asks for a new link, and one mends it", async () => {
  const home = await (await Home.create(WELCOMED)).serve();
  const { page } = await openTab(browser());
  await page.goto(await home.link());
  await page.getByRole("heading", { name: t("chat.greeting") }).waitFor();

  await home.stop();
  await writeFile(join(home.data, "sessions.json"), "no longer readable", { mode: 0o600 });
  await home.serve();
  await page.getByRole("heading", { name: SPENT.title }).waitFor({ timeout: 40_000 });

  await page.goto(await home.link());
  await page.getByRole("heading", { name: t("chat.greeting") }).waitFor();
});

test("another site's page gets nothing from the daemon", async () => {
  const home = await (await Home.create(WELCOMED)).serve();
  const { page } = await openTab(browser());
  await page.goto(await home.link());
  await page.getByRole("heading", { name: t("chat.greeting") }).waitFor();
  const token = (await page.evaluate(() => sessionStorage.getItem("banyan.token"))) ?? "";
  const rpc = new URL("/rpc/status", page.url()).href;

  const foreign = await openTab(browser());
  await foreign.page.route("http://elsewhere.test/", (route) =>
    route.fulfill({ body: "<h1>Elsewhere</h1>", contentType: "text/html" }),
  );
  await foreign.page.goto("http://elsewhere.test/");
  const outcome = await foreign.page.evaluate(
    ([url, bearer]) =>
      fetch(url as string, {
        method: "POST",
        body: "null",
        headers: { authorization: `Bearer ${bearer}` },
      }).then(
        (response) => `answered ${response.status}`,
        () => "refused",
      ),
    [rpc, token],
  );
  expect(outcome).toBe("refused");
});
