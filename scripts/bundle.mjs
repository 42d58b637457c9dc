import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

/**
 * Writes the JavaScript of packages/evenkeel/dist: a file per entry of the package's exports, and chunks that they share.
 * Node takes a millisecond to find and load a file: there are two chunks, one for who only runs eagerly, one for the rest.
 * Nothing is renamed or minified: stack traces and printed class names are those of the sources. The declarations beside it
 * are tsc's.
 */

const root = new URL("../packages/evenkeel/", import.meta.url);
const { exports } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const entries = Object.values(exports).flatMap((entry) => /^\.\/dist\/(.*)\.js$/.exec(entry.default)?.[1] ?? []);

rmSync(new URL("dist/chunks", root), { recursive: true, force: true });
await build({
  cwd: fileURLToPath(root),
  input: Object.fromEntries(entries.map((entry) => [entry, `src/${entry}.ts`])),
  output: {
    dir: "dist",
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name].js",
    codeSplitting: {
      groups: [
        // With what they import: the rows of ops, but no kernel.
        { name: "eager", test: /\/src\/(core|problem|random|tensor|nn|optim|data|io)\//, priority: 1 },
        { name: "compiled", test: /\/src\/./ },
      ],
    },
    sourcemap: true,
    sourcemapExcludeSources: true,
    comments: { legal: true, annotation: true, jsdoc: false },
  },
});
