import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`./packages/evenkeel/src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // Tests run the sources, not the build: a failure points at the line that is wrong.
    alias: [
      {
        find: "@evenkeel/vision",
        replacement: fileURLToPath(new URL("./packages/vision/src/index.ts", import.meta.url)),
      },
      { find: /^evenkeel$/, replacement: source("index.ts") },
      { find: /^evenkeel\/(.+)$/, replacement: source("$1/index.ts") },
    ],
  },
  test: {
    setupFiles: ["test/setup.ts"],
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000, // some train a model before all tests
    // Vitest leaves one processor to its own process, which has little to do: half of a machine that has two.
    maxWorkers: "100%",
  },
});
