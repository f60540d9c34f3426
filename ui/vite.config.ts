import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { firstPaint } from "./first-paint-plugin.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig(({ mode }) => ({
  root,
  // One build serves the window (at /) and the gateway (at /app/).
  base: "./",
  cacheDir: ".cache",
  plugins: [react(), tailwindcss(), firstPaint(), formulaFonts(), ...(mode === "fake" ? [fakeEntry()] : [])],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
  clearScreen: false,
  build: {
    outDir: mode === "fake" ? "dist-fake" : "dist",
    emptyOutDir: true,
    target: ["chrome111", "safari16.4"],
    // Fonts and icons stay files: a data URL would need a wider policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
}));

/** Starts the page on the fake backend. The product's entry never imports it. */
function fakeEntry(): Plugin {
  return {
    name: "fake-entry",
    transformIndexHtml: {
      order: "pre",
      handler: (html) => html.replace("/src/main.tsx", "/src/main-fake.tsx"),
    },
  };
}

/** Every engine that the page runs in reads woff2; the other files need not be shipped. */
function formulaFonts(): Plugin {
  return {
    name: "formula-fonts",
    enforce: "pre",
    transform: {
      filter: { id: /katex\.min\.css$/ },
      handler: (css) => css.replaceAll(/,url\([^)]+\.(?:woff|ttf)\) format\("\w+"\)/g, ""),
    },
  };
}
