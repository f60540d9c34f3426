import { describe, expect, it } from "vitest";
import { href, parse, type Route, SCREENS } from "./router";

describe("the router", () => {
  it("reads every address it writes", () => {
    const routes: Route[] = [
      ...SCREENS.map((screen) => ({ screen })),
      { screen: "settings", section: "network" },
      { screen: "settings", section: "a/b ü" },
    ];
    for (const route of routes) expect(parse(href(route))).toEqual(route);
  });

  it.each(["", "#", "#/", "#/nowhere", "#code=abc", "#/chat/%E0%A4%A"])(
    "leads from %j to the chat",
    (hash) => {
      expect(parse(hash)).toEqual({ screen: "chat" });
    },
  );
});
