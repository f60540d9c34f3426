import { describe, expect, test } from "vitest";
import { eventually } from "../fixtures/child";
import { Home, WELCOMED } from "../fixtures/daemon";
import { readableText, sticksOut } from "../fixtures/in-page";
import { pictureFile } from "../fixtures/pictures";
import { HAS_WEBKIT_GTK, useWebKit } from "../fixtures/webkit";
import { english } from "../fixtures/words";

const { t } = english;

describe.runIf(HAS_WEBKIT_GTK)("in WebKitGTK", () => {
  const webkit = useWebKit({ width: 1280, height: 900 });

  test("the page opens by its link, follows events and recovers with its daemon", async () => {
    const home = await (await Home.create(WELCOMED)).serve();
    await webkit().goto(await home.link());
    await expectText(t("chat.greeting"));

    await webkit().run(() => void (location.hash = "#/machines"));
    await home.command("config", "set", "machine.name", "harbour");
    await expectText("harbour");
    expect(await webkit().run(sticksOut)).toEqual([]);
    await webkit().screenshot(pictureFile("webkit", "daemon-machines.png"));

    await home.kill();
    await expectText(t("connection.lost"));
    await home.serve();
    await eventually(
      async () => expect(await webkit().run(readableText)).not.toContain(t("connection.lost")),
      "it recovers",
    );
    await home.command("config", "set", "machine.name", "lighthouse");
    await expectText("lighthouse");
  });

  async function expectText(text: string) {
    await eventually(
      async () => expect(await webkit().run(readableText)).toContain(text),
      `the page shows "${text}"`,
    );
  }
});
