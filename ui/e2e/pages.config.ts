import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The page on the fake backend, in Chromium and in WebKitGTK: `npm run test:pages`. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  cacheDir: "../.cache",
  resolve: { alias: { "@": fileURLToPath(new URL("../src", import.meta.url)) } },
  test: {
    include: ["pages/**/*.test.ts"],
    globalSetup: ["fixtures/chromium-server.ts", "fixtures/page-server.ts"],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Browsers are busy enough with two at a time.
    maxWorkers: 2,
  },
});
