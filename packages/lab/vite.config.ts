import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

const source = (path: string) => fileURLToPath(new URL(`../evenkeel/src/${path}`, import.meta.url));

const worker = fileURLToPath(new URL("src/training/worker.ts", import.meta.url));
const datasets = join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "../data");

/**
 * `vite build` writes a static page to dist; `vite build --mode file` the same as one HTML file,
 * which works from a disk: workers and tables are inlined.
 */
export default defineConfig(({ mode }) => {
  const workerQuery = mode === "file" ? "?worker&inline" : "?worker";
  return {
    base: "./",
    plugins: [svelte(), ...(mode === "file" ? [viteSingleFile()] : [])],
    resolve: {
      alias: [
        { find: "#training-worker", replacement: `${worker}${workerQuery}` },
        { find: "vega-datasets/data", replacement: datasets },
        { find: /^evenkeel$/, replacement: source("index.ts") },
        { find: /^evenkeel\/(.+)$/, replacement: source("$1/index.ts") },
      ],
    },
    worker: { format: mode === "file" ? "iife" : "es" },
    build: { target: "es2023", outDir: mode === "file" ? "dist/file" : "dist/site", emptyOutDir: true },
  };
});
