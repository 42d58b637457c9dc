import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// The package exports its loaders only, which fetch from the network.
const datasets = join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "../data");
const source = (path: string) => fileURLToPath(new URL(`./packages/evenkeel/src/${path}`, import.meta.url));

// Importing the library takes longer than most of these files, so a worker keeps it from one file
// to the next. They leave nothing behind: spies are restored, what a file sets it sets back, and
// every file seeds the generator before it relies on it.
const sharing = [
  "packages/lab/src/{charts,controls,panels,pictures,state,tables,training}/**/*.test.ts",
  "packages/cli/src/{tables,views}/**/*.test.ts",
  "packages/cli/src/records/!(owner|queue)/**/*.test.ts",
  "packages/cli/src/shell/{*,ranks/**/*}.test.ts",
  "packages/evenkeel/src/!(compile|train)/**/*.test.ts",
  "packages/evenkeel/src/compile/{!(wideVectors),!(threads)/**/*}.test.ts",
  "packages/evenkeel/src/train/**/!(baselinesBeside).test.ts",
  "test/{misuse,properties}/**/*.test.ts",
  "test/*.golden.test.ts",
];
// Those of the command share workers of their own, as it starts threads before anything is compiled.
const commands = [
  "packages/cli/src/actions/!(study|training)/**/*.test.ts",
  "packages/cli/src/commands/!(commands|ending|faults|ranks|strangers|study|work)*.test.ts",
];

export default defineConfig({
  resolve: {
    // Tests run the sources, not the build: a failure points at the line that is wrong.
    alias: [
      { find: "@evenkeel/mpi", replacement: fileURLToPath(new URL("./packages/mpi/src/index.ts", import.meta.url)) },
      {
        find: "@evenkeel/vision",
        replacement: fileURLToPath(new URL("./packages/vision/src/index.ts", import.meta.url)),
      },
      { find: "vega-datasets/data", replacement: datasets },
      { find: /^evenkeel$/, replacement: source("index.ts") },
      { find: /^evenkeel\/(.+)$/, replacement: source("$1/index.ts") },
    ],
  },
  test: {
    setupFiles: ["test/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000, // some train a model before all tests
    // Vitest leaves one processor to its own process, which has little to do: half of a machine that has two.
    maxWorkers: "100%",
    projects: [
      { extends: true, test: { name: "sharing", include: sharing, isolate: false, restoreMocks: true } },
      { extends: true, test: { name: "commands", include: commands, isolate: false, restoreMocks: true } },
      {
        // What a process has once, such as threads and flags of V8, what replaces a module, and what starts processes.
        extends: true,
        test: {
          name: "alone",
          include: ["packages/*/{src,e2e}/**/*.test.ts", "test/**/*.test.ts"],
          exclude: [...sharing, ...commands],
        },
      },
    ],
  },
});
