import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { circleIn, codeOf, exists, importsOf, readJson, root, sourcesIn, target } from "./sources.ts";

/**
 * The rules of the architecture, read off the sources: who imports whom, and what the library must
 * not contain.
 */

const library = "packages/evenkeel";

/**
 * What each folder of the library may import, types included. A folder that is not listed, or an
 * import that is not, needs a decision and a line here.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  problem: ["core"],
  random: ["core"],
  wasm: ["core"],
  ops: ["core", "random", "wasm"],
  tensor: ["core", "ops", "random"],
  eager: ["core", "wasm", "ops", "tensor"],
  compile: ["core", "wasm", "ops", "tensor", "random", "eager"], // eager: what compiles has the assembler for both
  nn: ["core", "ops", "random", "tensor"], // ops for fused rows; random for dropout's generator
  optim: ["core", "ops", "tensor", "nn"], // ops for the rows that make a step
  data: ["core", "random", "tensor"],
  distributed: ["core", "random", "ops", "tensor", "data"], // ops for the rows that exchange; data for its samplers
  io: ["core", "tensor", "nn", "optim"],
  tabular: ["core", "random", "wasm", "ops", "tensor", "nn", "io"], // wasm and the kernels of ops for predictions
  train: ["core", "random", "ops", "tensor", "compile", "nn", "optim", "data", "io", "tabular"],
  node: ["core", "compile", "tabular", "train"], // tabular and train for what its threads do
  study: ["core", "random", "tensor", "compile", "nn", "optim", "data", "tabular", "train"],
};

const command = "packages/cli";

/**
 * The same for the command: each layer stands on those before it. What is in no folder starts the
 * program.
 */
const commandAllowed: Readonly<Record<string, readonly string[]>> = {
  shell: [],
  tables: ["shell"],
  pictures: ["shell", "tables"],
  records: ["shell", "tables", "pictures"],
  actions: ["shell", "tables", "pictures", "records"],
  views: ["shell", "tables", "records", "actions"],
  commands: ["shell", "tables", "pictures", "records", "actions", "views"],
  "program.ts": ["shell", "commands"],
  "main.ts": ["shell", "program.ts"],
};

const sources = sourcesIn(`${library}/src`);
const plugin = "packages/eslint-plugin";
const vision = "packages/vision";
const mpi = "packages/mpi";
const folderOf = (path: string) => path.slice(`${library}/src/`.length).split("/").slice(0, -1)[0] ?? "index.ts";
/** The first folder of a file of the command, or the file itself. */
const layerOf = (path: string) => path.slice(`${command}/src/`.length).split("/")[0];

interface Manifest {
  readonly name: string;
  readonly sideEffects?: boolean | readonly string[];
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}
const manifest = readJson<Manifest>(`${library}/package.json`);
/** "evenkeel/nn" for "./nn", without package.json. */
const publicModules = Object.keys(manifest.exports)
  .filter((path) => !path.endsWith(".json"))
  .map((path) => `evenkeel${path.slice(1)}`);
const sourceOf = (module: string) => `${library}/src${module.slice("evenkeel".length)}/index.ts`;

describe("import directions", () => {
  it("every folder of the library is in the table, and stands below those it may import", () => {
    const order = Object.keys(allowed);
    for (const folder of new Set(sources.map(({ path }) => folderOf(path)))) {
      if (folder !== "index.ts") expect(order).toContain(folder);
    }
    for (const [i, folder] of order.entries()) {
      expect(order.slice(0, i), folder).toEqual(expect.arrayContaining([...allowed[folder]]));
    }
  });

  it("docs/architecture.md has the same table; core, which everybody may import, is left out there", () => {
    const table = readFileSync(join(root, "docs/architecture.md"), "utf8").split("## The tree")[1].split("\n\n")[2];
    const rows = table.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
    const documented = rows.slice(2).filter(([, folder]) => folder !== "index.ts");
    const lists = documented.map(([, folder, , imports]) => [
      folder,
      imports.match(/^nothing/) ? [] : imports.split(", "),
    ]);
    const withoutCore = Object.entries(allowed).map(([folder, names]) => [folder, names.filter((to) => to !== "core")]);
    expect(lists).toEqual(withoutCore);
  });

  it.each(Object.keys(allowed))("%s imports only what it may", (folder) => {
    const wrong = sources
      .filter(({ path }) => folderOf(path) === folder)
      .flatMap(({ path, text }) =>
        importsOf(text)
          .map(({ specifier }) => [specifier, folderOf(target(path, specifier))] as const)
          .filter(([, to]) => to !== folder && !allowed[folder].includes(to))
          .map(([specifier]) => `${path} imports ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  /**
   * The files of ops that a page ships which only runs eagerly: the rows, and what they are written
   * with.
   */
  const rowFiles = () => {
    const inOps = new Map(
      sources.filter(({ path }) => folderOf(path) === "ops").map((source) => [source.path, source]),
    );
    const reached = new Set<string>();
    const visit = (path: string) => {
      const source = inOps.get(path);
      if (source === undefined || reached.has(path)) return;
      reached.add(path);
      for (const { specifier } of importsOf(source.text)) visit(target(path, specifier));
    };
    visit(`${library}/src/ops/index.ts`);
    return [...reached].map((path) => inOps.get(path)!);
  };

  it("no file of rows imports a kernel or the assembler, not even a type of theirs", () => {
    const ofPrograms = (file: string) => file.endsWith(".kernel.ts") || folderOf(file) === "wasm";
    const wrong = rowFiles().flatMap(({ path, text }) =>
      importsOf(text)
        .filter(({ specifier }) => ofPrograms(target(path, specifier)))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
    expect(rowFiles().map(({ path }) => path)).toContain(`${library}/src/ops/elementwise/functions.ts`);
  });

  it("ops/kernelFiles.ts has every file of kernels", () => {
    const list = `${library}/src/ops/kernelFiles.ts`;
    const { text } = sources.find(({ path }) => path === list)!;
    const files = sources.map(({ path }) => path).filter((path) => path.endsWith(".kernel.ts"));
    expect(
      importsOf(text)
        .map(({ specifier }) => target(list, specifier))
        .sort(),
    ).toEqual(files.sort());
  });

  it("nothing imports the index of the library from inside", () => {
    const inside = sources.flatMap(({ path, text }) =>
      importsOf(text).filter(({ specifier }) => target(path, specifier) === `${library}/src/index.ts`),
    );
    expect(inside).toEqual([]);
  });

  it.each([
    "packages/evenkeel/src",
    "packages/cli/src",
    `${vision}/src`,
    `${mpi}/src`,
    `${plugin}/src`,
    "examples",
    "evidence",
  ])("no circles of files in %s", (folder) => {
    // Type imports are gone when the program runs: tensor.ts and autograd.ts may know each
    // other's types. The command's files may not.
    const ofTypes = folder === `${command}/src`;
    const graph = new Map(
      sourcesIn(folder).map(({ path, text }) => [
        path,
        importsOf(text)
          .filter(({ specifier, typeOnly }) => specifier.startsWith(".") && (ofTypes || !typeOnly))
          .map(({ specifier }) => target(path, specifier)),
      ]),
    );
    expect(circleIn(graph)).toBeUndefined();
  });

  it("relative imports name a file that is there", () => {
    const others = ["packages/cli/src", `${vision}/src`, `${mpi}/src`, `${plugin}/src`, "examples", "evidence"].flatMap(
      sourcesIn,
    );
    const missing = [...sources, ...others].flatMap(({ path, text }) =>
      importsOf(text)
        .filter(({ specifier }) => specifier.startsWith("."))
        .map(({ specifier }) => target(path, specifier))
        .filter((file) => !exists(file)),
    );
    expect(missing).toEqual([]);
  });
});

describe("errors", () => {
  /**
   * Files that name a class of errors, each with its reason; one that no longer does must leave
   * this list.
   */
  const others: Readonly<Record<string, string>> = {
    [`${library}/src/core/problem.ts`]: "makes the error of a problem",
    [`${library}/src/study/arms/examine.ts`]: "NoModule never leaves the file",
    [`${library}/src/tabular/checks/findings.ts`]: "TableError has findings beside its problem",
    [`${library}/src/train/fit/nonFinite.ts`]: "NonFiniteLossError says where beside its problem",
    [`${library}/src/train/ranks/agreed.ts`]: "OtherRankError has its rank beside the problem of the other",
  };

  it("are made from problems, in core/problem.ts, so that each can be read as data", () => {
    const made = /\b(?:new|extends) (?:Type|Range)?Error\b(?!>)|[=?:] (?:Type|Range)Error\b/;
    const ofMpi = sourcesIn(`${mpi}/src`).filter(({ path }) => !path.endsWith(".fixture.ts"));
    const all = [...sources, ...sourcesIn(`${vision}/src`), ...ofMpi];
    const found = all.filter(({ text }) => made.test(codeOf(text))).map(({ path }) => path);
    expect(found.sort()).toEqual(Object.keys(others));
  });
});

describe("the layers of the command", () => {
  const ours = sourcesIn(`${command}/src`).filter(({ path }) => !path.endsWith(".fixture.ts"));

  it("every folder is in the table, and stands above those it may import", () => {
    const order = Object.keys(commandAllowed);
    expect([...new Set(ours.map(({ path }) => layerOf(path)))].sort()).toEqual([...order].sort());
    for (const [i, layer] of order.entries()) {
      expect(order.slice(0, i), layer).toEqual(expect.arrayContaining([...commandAllowed[layer]]));
    }
  });

  it("docs/architecture.md has the same table", () => {
    const text = readFileSync(join(root, "docs/architecture.md"), "utf8").split(`| folder of ${command}/src |`)[1];
    const rows = text.split("\n\n")[0].split("\n").slice(2);
    const lists = rows.map((line) => line.split("|").map((cell) => cell.trim()));
    expect(lists.map(([, layer, , imports]) => [layer, imports === "nothing" ? [] : imports.split(", ")])).toEqual(
      Object.entries(commandAllowed),
    );
  });

  it.each(Object.keys(commandAllowed))("%s imports only what it may, types included", (layer) => {
    const wrong = ours
      .filter(({ path }) => layerOf(path) === layer)
      .flatMap(({ path, text }) =>
        importsOf(text)
          .filter(({ specifier }) => specifier.startsWith("."))
          .map(({ specifier }) => [specifier, layerOf(target(path, specifier))] as const)
          .filter(([, to]) => to !== layer && !commandAllowed[layer].includes(to))
          .map(([specifier]) => `${path} imports ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  it("commander is known to the commands and the program alone", () => {
    const users = ours.filter(({ text }) => importsOf(text).some(({ specifier }) => /commander/.test(specifier)));
    expect(users.length).toBeGreaterThan(5);
    expect(users.map(({ path }) => layerOf(path)).filter((layer) => !/^(?:commands|program\.ts)$/.test(layer))).toEqual(
      [],
    );
  });

  it("what the lab shares with it needs neither Node nor DuckDB: the page runs in a browser", () => {
    const texts = new Map([...ours, ...sourcesIn("packages/lab/src")].map(({ path, text }) => [path, text]));
    const atRunTime = (path: string) =>
      importsOf(texts.get(path) ?? "").flatMap(({ specifier, typeOnly }) => (typeOnly ? [] : [specifier]));
    const reached = new Set([...texts.keys()].filter((path) => /^packages\/lab\/.*(?<!\.test)\.ts$/.test(path)));
    for (const path of reached) {
      for (const specifier of atRunTime(path)) if (specifier.startsWith(".")) reached.add(target(path, specifier));
    }
    const shared = [...reached].filter((path) => path.startsWith(command));
    expect(shared).toContain(`${command}/src/tables/csv/records.ts`);
    // Both write reports, which look alike.
    const ofReports = ["html.ts", "style.ts"].map((name) => `${command}/src/views/report/${name}`);
    const others = shared.filter((path) => layerOf(path) !== "tables" && layerOf(path) !== "shell");
    expect(others.sort()).toEqual(ofReports);
    const packages = new Set(shared.flatMap(atRunTime).filter((specifier) => !specifier.startsWith(".")));
    expect([...packages].sort()).toEqual(["evenkeel/problem", "evenkeel/random", "evenkeel/tabular", "papaparse"]);
    const globals = shared.filter((path) => /\b(?:Buffer|process)\./.test(codeOf(texts.get(path)!)));
    expect(globals).toEqual([]);
  });

  it("nothing is found out by reading a message, but what DuckDB says", () => {
    const reading =
      /\bmessage\)?\.(?:replace|match|includes|startsWith|search|split)|\.(?:test|exec)\([^\n]*\bmessage\b/;
    const readers = ours.filter(({ text }) => reading.test(codeOf(text))).map(({ path }) => path);
    expect(readers).toEqual([`${command}/src/tables/explain.ts`]);
  });
});

it("every file that docs/architecture.md names is there", () => {
  const text = readFileSync(join(root, "docs/architecture.md"), "utf8").replaceAll("cli/src/", "packages/cli/src/");
  const named = new Set(text.match(/(?<![\w/.-])[a-zA-Z]+(?:\/[\w.]+)+\.ts\b/g));
  const missing = [...named].filter((path) => !["", `${library}/src/`].some((base) => exists(`${base}${path}`)));
  expect(named.size).toBeGreaterThan(50);
  expect(missing.filter((path) => !path.startsWith("passes/"))).toEqual([]);
});

describe("folders", () => {
  /** More files than a person takes in at once, each with its reason. */
  const larger: Readonly<Record<string, string>> = {
    core: "small files that every other folder may import",
    "ops/channelsLast": "rows and kernels of one layout, which read each other",
    "ops/matmul": "one file per strategy of a matrix product",
    "ops/normalize": "one file per layout and dtype of batch normalization",
    tensor: "the tensor itself: its rooms hold what can be read apart",
    "train/fit": "the loop and what happens around a step",
    "train/table": "trainTable, one file per decision",
    wasm: "the assembler, one file per kind of instruction or loop",
  };

  it("none has more than 14 sources without a reason", () => {
    const counts = new Map<string, number>();
    for (const { path } of sources) {
      const folder = path.slice(`${library}/src/`.length).split("/").slice(0, -1).join("/");
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    const large = [...counts].filter(([, count]) => count > 14).map(([folder]) => folder);
    expect(large.sort()).toEqual(Object.keys(larger).sort());
  });
});

describe("the library runs anywhere", () => {
  it("imports nothing but its own files: no package, no Node built-in", () => {
    const outside = sources.flatMap(({ path, text }) =>
      importsOf(text)
        .filter(({ specifier }) => !specifier.startsWith("."))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    );
    expect(outside).toEqual([]);
  });

  it("uses no global that only Node or only a browser has", () => {
    // Buffer is also a class of nn; as a global it shows in Buffer.from and the like.
    const globals =
      /\b(?:process|__dirname|__filename|window|document|localStorage|navigator)\b\s*[.[(]|\b(?:require|setImmediate|alert)\s*\(|\bBuffer\.\w/g;
    const used = sources.flatMap(({ path, text }) =>
      [...codeOf(text).matchAll(globals)].map(([found]) => `${path}: ${found}`),
    );
    expect(used).toEqual([]);
  });

  it("has no dependencies and nothing that runs when it is installed", () => {
    const fields = [
      "dependencies",
      "peerDependencies",
      "optionalDependencies",
      "bundledDependencies",
      "bundleDependencies",
    ];
    for (const field of fields) expect(manifest[field], field).toBeUndefined();
    for (const script of ["preinstall", "install", "postinstall", "prepare"]) {
      expect(manifest.scripts?.[script], script).toBeUndefined();
    }
    // evenkeel/node sets a flag of the engine, which is what it is imported for.
    expect(manifest.sideEffects).toEqual(["./dist/node/index.js", "./src/node/index.ts"]);
  });
});

describe("the ESLint plugin", () => {
  const { dependencies, peerDependencies } = readJson<Manifest>(`${plugin}/package.json`);

  it("has no dependencies beside ESLint and TypeScript, which its users have", () => {
    expect(dependencies).toBeUndefined();
    expect(Object.keys(peerDependencies as object)).toEqual(["eslint", "typescript", "typescript-eslint"]);
  });

  it("imports TypeScript and Node when it runs, and otherwise types: it works on code, not with the library", () => {
    const shipped = sourcesIn(`${plugin}/src`).filter(({ path }) => !path.endsWith(".fixture.ts"));
    const imported = shipped
      .flatMap(({ text }) => importsOf(text))
      .filter(({ specifier, typeOnly }) => !specifier.startsWith(".") && !typeOnly);
    const packages = new Set(imported.map(({ specifier }) => specifier));
    expect([...packages].sort()).toEqual(["node:fs", "node:path", "typescript"]);
  });
});

describe("the public surface", () => {
  it("maps every subpath to the build of a source that is there", () => {
    for (const module of publicModules) {
      expect(exists(sourceOf(module)), module).toBe(true);
      const built = sourceOf(module).replace(`${library}/src`, "./dist").replace(/\.ts$/, "");
      expect(manifest.exports[`.${module.slice("evenkeel".length)}`]).toEqual({
        types: `${built}.d.ts`,
        default: `${built}.js`,
      });
    }
  });

  it.each(publicModules)("%s can be imported and exports something", async (module) => {
    const exported = (await import(/* @vite-ignore */ module)) as object;
    expect(Object.keys(exported)).not.toEqual([]);
  });

  const cli = readJson<Manifest>("packages/cli/package.json");
  // What only some users need is a peer dependency, and loaded when it is used.
  const dependencies = [cli.dependencies, cli.peerDependencies].flatMap((declared) => Object.keys(declared ?? {}));
  const builtin = new Set(builtinModules.map((name) => `node:${name}`));
  it.each([
    ["packages/cli/src", dependencies.filter((name) => name !== "evenkeel")],
    [`${vision}/src`, ["sharp"]],
    [`${mpi}/src`, ["koffi", "rolldown"]], // rolldown for its tests
    ["examples", ["@evenkeel/vision", "mnist", "vega-datasets"]],
    ["evidence", []],
  ])("%s uses public subpaths of the library, Node, and what it declares", (folder, packages) => {
    const mine = (specifier: string) => specifier.startsWith(".") && !specifier.includes("packages/");
    const known = new Set([...publicModules, ...packages, ...builtin]);
    const isSubpath = (specifier: string) => packages.some((name) => specifier.startsWith(`${name}/`));
    const wrong = sourcesIn(folder).flatMap(({ path, text }) =>
      importsOf(text)
        .filter(({ specifier }) => !mine(specifier) && !known.has(specifier) && !isSubpath(specifier))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe("sizes", () => {
  /** Longer files, each with its reason; one that has become shorter must leave this list. */
  const longer: Readonly<Record<string, string>> = {
    "packages/evenkeel/src/tensor/tensor.ts": "the methods of Tensor, a line or two each: the list is the point",
  };

  it("no source has more than 500 lines without a reason", () => {
    const others = ["packages/cli/src", `${plugin}/src`, "examples", "bench", "evidence"].flatMap(sourcesIn);
    const all = [...sources, ...others];
    const long = all.filter(({ text }) => text.split("\n").length - 1 > 500).map(({ path }) => path);
    expect(long).toEqual(Object.keys(longer));
  });
});

/** The rules above see only what these readers see. */
describe("the readers", () => {
  it("importsOf finds every form of import, and tells types from values", () => {
    const text = [
      'import { a, type B } from "./mixed.ts";',
      'import type { C } from "./type.ts";',
      'import { type D, type E } from "./types.ts";',
      'import * as all from "./all.ts";',
      'import only from "./default.ts";',
      'import first, { second } from "./both.ts";',
      'import "./effect.ts";',
      'export * from "./star.ts";',
      'export * as space from "./space.ts";',
      'export { f, type G } from "./named.ts";',
      'export type { H } from "./exportedType.ts";',
      "import {",
      "  i,",
      "  type J,",
      '} from "./long.ts";',
      'const lazy = () => import("./lazy.ts");',
      ' * import { no } from "./comment.ts";',
      'export const text = "./string.ts";',
    ].join("\n");
    const found = importsOf(text).map(({ specifier, typeOnly }) => `${specifier}${typeOnly ? " type" : ""}`);
    expect(found.sort()).toEqual(
      [
        ...["./mixed.ts", "./type.ts type", "./types.ts type", "./all.ts", "./default.ts", "./both.ts", "./effect.ts"],
        ...["./star.ts", "./space.ts", "./named.ts", "./exportedType.ts type", "./long.ts", "./lazy.ts"],
      ].sort(),
    );
  });

  it("importsOf finds as many imports as there are in every file of the library", () => {
    for (const { path, text } of sources) {
      expect(importsOf(text).length, path).toBe(text.match(/\bfrom "\.[^"]*";$/gm)?.length ?? 0);
    }
  });

  it("circleIn finds a circle, and none in a graph that only meets again", () => {
    const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));
    expect(circleIn(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }))).toBeUndefined();
    expect(circleIn(graph({ a: ["b"], b: ["c"], c: ["d"], d: ["b"] }))).toEqual(["b", "c", "d", "b"]);
    expect(circleIn(graph({ a: ["a"] }))).toEqual(["a", "a"]);
  });

  it("codeOf keeps code and blanks out comments and strings", () => {
    expect(codeOf("a(\"process.env\"); // process.exit\n/* window.x */ b('document.')").replace(/ +/g, " ")).toBe(
      "a( ); \n b( )",
    );
  });
});
