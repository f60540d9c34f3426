import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// Screens are loaded on demand, which takes a while on a busy machine. Waiting
// ends as soon as the condition holds.
configure({ asyncUtilTimeout: 10_000 });

if (typeof window !== "undefined") {
  provideWhatJsdomLacks();
  afterEach(() => {
    cleanup();
    localStorage.clear();
    sessionStorage.clear();
    location.hash = "";
  });
}

function provideWhatJsdomLacks() {
  window.matchMedia = (media) => ({
    media,
    // A wide window of somebody who asked for nothing special.
    matches: media.startsWith("(min-width"),
    onchange: null,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
    dispatchEvent: () => false,
  });
  window.ResizeObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  Element.prototype.scrollIntoView = () => {};
  Element.prototype.getAnimations = () => [];
  window.PointerEvent ??= MouseEvent as typeof PointerEvent;
}
