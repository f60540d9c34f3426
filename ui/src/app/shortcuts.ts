import { useEffect } from "react";
import { navigate, SCREENS } from "@/routing/router";
import { openKeys, openPalette, toggleSidebar } from "./ui-state";

const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** How the main modifier is written on this system. */
export const MOD = MAC ? "⌘" : "Ctrl";

/** The keys of the whole page. Browsers keep Ctrl 1 … 8 for their tabs, so Alt works too. */
export function useShortcuts() {
  useEffect(() => {
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}

function onKeyDown(event: KeyboardEvent) {
  const action = actionOf(event);
  if (!action) return;
  event.preventDefault();
  action();
}

function actionOf(event: KeyboardEvent): (() => void) | null {
  if (event.isComposing || event.defaultPrevented) return null;
  if (event.key === "F6") return focusNextRegion;
  if (event.key === "?" && !isTyping(event.target)) return () => openKeys(true);
  const mod = MAC ? event.metaKey : event.ctrlKey;
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (digit && !event.shiftKey && mod !== event.altKey) {
    const screen = SCREENS[Number(digit) - 1];
    return screen ? () => navigate({ screen }) : null;
  }
  if (!mod || event.altKey || event.shiftKey) return null;
  switch (event.key.toLowerCase()) {
    case "k":
      return () => openPalette(true);
    case ",":
      return () => navigate({ screen: "settings" });
    case "b":
      return toggleSidebar;
    default:
      return null;
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, [contenteditable]");
}

/** Moves between the regions of the page that are in sight. */
function focusNextRegion() {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter(
    (region) => region.offsetParent !== null,
  );
  // The details lie inside the content; what is innermost counts.
  const current = regions.findLastIndex((region) => region.contains(document.activeElement));
  const next = regions[(current + 1) % regions.length];
  const target = next?.querySelector<HTMLElement>("a[aria-current], a, button, textarea, input") ?? next;
  target?.focus();
}
