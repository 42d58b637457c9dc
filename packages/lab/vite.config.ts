import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";
import { licences } from "./licences.ts";
import { mnistFolder, packDigits } from "./scripts/digits.ts";

const source = (path: string) => fileURLToPath(new URL(`../evenkeel/src/${path}`, import.meta.url));

const script = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));
const datasets = join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "../data");

/** What the sources call the scripts of workers. */
const workers = [
  ["#training-worker", "training/worker.ts"],
  ["#reading-worker", "tables/worker.ts"],
] as const;

const all = licences();

/** Named as a file of the package mnist, by whose licence the digits are there. */
const digitsModule = `\0${join(mnistFolder(), "digits")}?packed`;

/** The digits as a module, which is made when it is wanted. */
const digits: Plugin = {
  name: "digits",
  enforce: "pre",
  resolveId: (name) => (name === "#digits" ? digitsModule : undefined),
  load: (name) => (name === digitsModule ? `export default ${JSON.stringify(packDigits())};` : undefined),
};

/**
 * `vite build` writes a static page to dist; `vite build --mode file` the same as one HTML file,
 * which works from a disk: workers and tables are inlined.
 */
export default defineConfig(({ mode }) => ({
  base: "./",
  plugins: [digits, svelte(), all.page(), ...(mode === "file" ? [viteSingleFile()] : [])],
  resolve: {
    alias: [
      ...workers.map(([name, path]) => ({
        find: name,
        replacement: `${script(path)}?worker${mode === "file" ? "&inline" : ""}`,
      })),
      { find: "vega-datasets/data", replacement: datasets },
      { find: /^evenkeel$/, replacement: source("index.ts") },
      { find: /^evenkeel\/(.+)$/, replacement: source("$1/index.ts") },
    ],
  },
  worker: { format: mode === "file" ? "iife" : "es", plugins: () => [all.worker()] },
  build: { target: "es2023", outDir: mode === "file" ? "dist/file" : "dist/site", emptyOutDir: true },
}));
