import { useSyncExternalStore } from "react";

/** The screens, in the order of the navigation and of Ctrl 1, 2, … */
export const SCREENS = ["chat", "machines", "models", "settings", "diagnostics"] as const;

export type Screen = (typeof SCREENS)[number];

/** Where the page is: a screen and, where it has them, a section of it. */
export interface Route {
  screen: Screen;
  section?: string;
}

/** The address of a route. A hash works under every path and without a server. */
export function href(route: Route): string {
  return `#/${route.screen}${route.section ? `/${encodeURIComponent(route.section)}` : ""}`;
}

/** Reads an address; one that says nothing leads to the chat. */
export function parse(hash: string): Route {
  const [screen = "", section = ""] = hash.replace(/^#\/?/, "").split("/");
  if (!isScreen(screen)) return { screen: "chat" };
  const decoded = decode(section);
  return decoded ? { screen, section: decoded } : { screen };
}

export function navigate(route: Route) {
  location.hash = href(route);
}

export function useRoute(): Route {
  return parse(useSyncExternalStore(subscribe, currentHash));
}

function isScreen(text: string): text is Screen {
  return SCREENS.some((screen) => screen === text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function currentHash(): string {
  return location.hash;
}

function subscribe(onChange: () => void) {
  addEventListener("hashchange", onChange);
  return () => removeEventListener("hashchange", onChange);
}
