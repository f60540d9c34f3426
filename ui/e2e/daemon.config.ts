import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The page that a real daemon serves: `npm run test:e2e`. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  cacheDir: "../.cache",
  resolve: { alias: { "@": fileURLToPath(new URL("../src", import.meta.url)) } },
  test: {
    include: ["daemon/**/*.test.ts"],
    globalSetup: ["fixtures/chromium-server.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
