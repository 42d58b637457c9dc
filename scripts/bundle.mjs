import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

/**
 * Writes the JavaScript of packages/evenkeel/dist: a file per entry of the package's exports, and chunks that they share.
 * Node takes a millisecond to find and load a file, and a millisecond to parse 50 kB, so the chunks are few, and hold what
 * is used together: predicting.js for pages that only predict with a model, eager.js for programs that only run eagerly,
 * shared.js for what both need, tables.js for what reads, checks and scores tables, compiled.js for what compiles and trains,
 * study.js for the rest. They are ASCII: an engine keeps a text with one character beyond Latin-1 in two bytes for each.
 * A bundler leaves out a file that nothing is used of. Of any other it may keep each call at the top level, and every op is
 * defined by one. Nothing is renamed or minified: stack traces and printed class names are those of the sources. The
 * declarations beside it are tsc's.
 */

const root = new URL("../packages/evenkeel/", import.meta.url);
const { exports } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const entries = Object.values(exports).flatMap((entry) => /^\.\/dist\/(.*)\.js$/.exec(entry.default)?.[1] ?? []);

/** The bodies of threads, which are started as files. */
const threads = ["node/baselinesThread"];

/** What predicting needs, with all that this imports: no chunk is loaded in a circle. */
const predicting = await importsFrom("src/tabular/model/tableModel.ts");
/** What tells of errors. */
const problems = await importsFrom("src/problem/index.ts");
/** Whether a module has nothing to do with tables or WebAssembly. */
const isLean = (id) => !/\/src\/(wasm|tabular)\//.test(id) && predicting.get(id).every(isLean);

/** Moves what the bundler adds, a few lines that make namespaces, to the end of shared.js: they were a file to load. */
const withoutRuntimeFile = {
  name: "without-runtime-file",
  generateBundle(_, files) {
    const file = "chunks/rolldown-runtime.js";
    const [, code, name, alias] = /^([\s\S]*)export \{ (\w+) as (\w+) \};\s*$/.exec(files[file].code);
    const shared = files["chunks/shared.js"];
    shared.code = replaced(shared.code, /^export \{ /m, `${code}export { ${name}, `);
    for (const chunk of Object.values(files)) {
      if (chunk.type !== "chunk" || !chunk.imports.includes(file)) continue;
      const line = `import { ${alias} as ${name} } from "./rolldown-runtime.js";`;
      chunk.code = replaced(chunk.code, line, `import { ${name} } from "./shared.js";`);
    }
    delete files[file];
  },
};
function replaced(code, what, by) {
  const result = code.replace(what, by);
  if (result === code) throw new Error(`the bundler writes its own lines in another way: ${what} is not there`);
  return result;
}

rmSync(new URL("dist/chunks", root), { recursive: true, force: true });
await build({
  cwd: fileURLToPath(root),
  input: Object.fromEntries([...entries, ...threads].map((entry) => [entry, `src/${entry}.ts`])),
  plugins: [withoutRuntimeFile],
  output: {
    dir: "dist",
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name].js",
    codeSplitting: {
      groups: [
        { name: "shared", test: (id) => problems.has(id) || (predicting.has(id) && isLean(id)), priority: 3 },
        { name: "predicting", test: (id) => predicting.has(id), priority: 2 },
        // With what they import: the rows of ops, but no kernel.
        { name: "eager", test: /\/src\/(core|random|tensor|nn|optim|data|distributed|io)\//, priority: 1 },
        { name: "tables", test: /\/src\/tabular\// },
        { name: "compiled", test: /\/src\/train\// },
        // Without the entry that sets a flag when it is loaded.
        { name: "study", test: /\/src\/(?!node\/)./ },
      ],
    },
    charset: "ascii",
    sourcemap: true,
    sourcemapExcludeSources: true,
    comments: { legal: true, annotation: true, jsdoc: false },
  },
});

/** A module and all that it imports, each with its own imports, by their absolute paths. */
async function importsFrom(input) {
  const found = new Map();
  await build({
    cwd: fileURLToPath(root),
    input,
    write: false,
    plugins: [{ name: "imports", moduleParsed: ({ id, importedIds }) => void found.set(id, importedIds) }],
  });
  return found;
}
