import { describe, expect, inject, test } from "vitest";
import { AXE_SOURCE, readable, STANDARDS } from "../fixtures/axe";
import { eventually } from "../fixtures/child";
import { endlessMotion, readableText, settled, sticksOut } from "../fixtures/in-page";
import { pictureFile } from "../fixtures/pictures";
import { addressOf, type View, VIEWS } from "../fixtures/views";
import { HAS_WEBKIT_GTK, useWebKit, type WebKit } from "../fixtures/webkit";
import { wordsOf } from "../fixtures/words";

interface Look {
  theme: "light" | "dark";
  language: "en" | "fa";
}

/** A sample: what axe looks at is nearly the same in every engine. */
const TRIED_WITH_AXE = new Set([
  "chat",
  "machines",
  "machines-twelve",
  "pairing-compare",
  "machine-mine",
  "settings",
  "diagnostics-problems",
  "welcome",
]);

// The window on Linux is WebKitGTK; what Chromium shows says little about it.
describe.runIf(HAS_WEBKIT_GTK)("in WebKitGTK", () => {
  const webkit = useWebKit({ width: 1280, height: 900 });

  describe.for<Look>([
    { theme: "dark", language: "en" },
    { theme: "light", language: "fa" },
  ])("%o", (look) => {
    const words = wordsOf(look.language);

    // Before a node answers, the language is the browser's, which is English here.
    const views = VIEWS.filter(({ name }) => look.language === "en" || name !== "unreachable");

    test.for(views.map((view) => [view.name, view] as const))("%s", async ([, view]) => {
      const tab = webkit();
      await show(tab, view, look);
      await tab.screenshot(pictureFile("webkit", `${view.name}-${look.language}-${look.theme}.png`));

      expect.soft(await tab.run(sticksOut), "nothing sticks out sideways").toEqual([]);
      expect.soft(await tab.run(() => document.documentElement.dir)).toBe(words.direction);
      const errors = await tab.run(() => window.scriptErrors);
      expect.soft(view.faulty ? [] : errors, "no script fails").toEqual([]);
      if (TRIED_WITH_AXE.has(view.name)) {
        expect.soft(await violations(tab), "axe finds nothing").toEqual([]);
      }
    });
  });

  test("a search for an answer is seen to move", async () => {
    await show(webkit(), viewNamed("chat-asking"), { theme: "dark", language: "en" });
    expect(await webkit().run(endlessMotion)).not.toEqual([]);
  });

  test("overlays are opaque, because this engine blurs in software", async () => {
    await show(webkit(), viewNamed("palette"), { theme: "dark", language: "en" });
    expect(await webkit().run(() => document.documentElement.dataset["blur"])).toBe("off");
    const filter = await webkit().run(() => {
      const style = getComputedStyle(document.querySelector("[role=dialog]") as Element);
      return style.getPropertyValue("backdrop-filter") || style.getPropertyValue("-webkit-backdrop-filter");
    });
    expect(filter).toBe("none");
  });
});

async function show(tab: WebKit, view: View, look: Look) {
  const words = wordsOf(look.language);
  await tab.goto("about:blank");
  await tab.goto(addressOf(view, inject("fakePage"), look));
  await waitFor(tab, () => document.querySelector("main") !== null);
  if (view.prepare) await tab.run(view.prepare);
  if (view.ask) {
    await waitFor(tab, write, view.ask(words));
    await waitFor(tab, press, words.t("chat.send"));
  }
  for (const name of view.press?.(words) ?? []) await waitFor(tab, press, name);

  await waitFor(tab, hasHeading, view.heading(words));
  for (const word of view.shows(words)) {
    await eventually(
      async () => expect(await tab.run(readableText)).toContain(word),
      `"${word}" on ${view.name}`,
    );
  }
  await tab.run(settled);
}

async function waitFor<Args extends unknown[]>(tab: WebKit, body: (...args: Args) => boolean, ...args: Args) {
  await eventually(
    async () => {
      if (!(await tab.run(body, ...args))) throw new Error("not yet");
    },
    `${body.name}(${args.join(", ")})`,
  );
}

/** Presses the button or choice with that name, once it is there and ready. */
function press(name: string): boolean {
  const named = (choice: HTMLElement) =>
    (choice.getAttribute("aria-label") ?? choice.innerText).includes(name);
  const choices = document.querySelectorAll<HTMLElement>(
    "button:not([aria-disabled=true]), [role=radio], [role=combobox], [role=menuitem]",
  );
  const choice = [...choices].find(named);
  choice?.click();
  return choice !== undefined;
}

/** Puts text into the composer, as typing does: React listens to the event. */
function write(text: string): boolean {
  const field = document.querySelector("textarea");
  if (!field) return false;
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set?.call(field, text);
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  return true;
}

function hasHeading(text: string): boolean {
  const headings = [...document.querySelectorAll<HTMLElement>("h1, h2, h3")];
  return headings.some((heading) => heading.textContent?.includes(text));
}

async function violations(tab: WebKit): Promise<string[]> {
  await tab.runScript(AXE_SOURCE);
  return readable(await tab.run((runOnly) => window.axe.run({ runOnly }), STANDARDS));
}

function viewNamed(name: string): View {
  const view = VIEWS.find((candidate) => candidate.name === name);
  if (!view) throw new Error(`No view is called ${name}.`);
  return view;
}
