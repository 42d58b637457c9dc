import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { format } from "node:util";
import * as vision from "@evenkeel/vision";
import * as evenkeel from "evenkeel";
import * as data from "evenkeel/data";
import * as io from "evenkeel/io";
import * as nn from "evenkeel/nn";
import * as F from "evenkeel/nn/functional";
import * as optim from "evenkeel/optim";
import * as problem from "evenkeel/problem";
import * as random from "evenkeel/random";
import * as tabular from "evenkeel/tabular";
import * as train from "evenkeel/train";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { matches, moduleOf, type Page, portModuleOf, promised, readPages, root, runnable } from "./docPages.ts";

/**
 * Every block of code in the documentation is true: see docPages.ts for what the marks on the
 * fences ask.
 */

const pages = readPages();
const contributing = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");

const modules: Readonly<Record<string, unknown>> = {
  evenkeel,
  "evenkeel/data": data,
  "evenkeel/io": io,
  "evenkeel/nn": nn,
  "evenkeel/nn/functional": F,
  "evenkeel/optim": optim,
  "evenkeel/problem": problem,
  "evenkeel/random": random,
  "evenkeel/tabular": tabular,
  "evenkeel/train": train,
  "@evenkeel/vision": vision,
};

type Run = (require: (name: string) => unknown, exports: object, console: object) => Promise<void>;
const AsyncFunction = (async () => {}).constructor as new (...parametersAndBody: string[]) => Run;

/** Runs a page; gives what each block printed. */
async function printedBy(page: Page): Promise<string[][]> {
  const source = moduleOf(page, (i) => `console.begin(${i});`);
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const printed: string[][] = runnable(page).map(() => []);
  let current: string[] = [];
  const recorder = {
    begin: (block: number) => {
      current = printed[block];
    },
    log: (...values: unknown[]) => {
      for (const line of format(...values).split("\n")) current.push(line.trimEnd());
    },
  };
  const require = (name: string) => {
    if (name in modules) return modules[name];
    throw new Error(`${page.path} imports "${name}"; docs.test.ts knows ${Object.keys(modules).join(", ")}`);
  };
  await new AsyncFunction("require", "exports", "console", outputText)(require, {}, recorder);
  return printed;
}

describe("the code prints what its comments say", () => {
  it.each(pages.filter((page) => runnable(page).length > 0))("$path", async (page) => {
    const printed = await printedBy(page);
    for (const [i, block] of runnable(page).entries()) {
      const promises = promised(block);
      const agrees = printed[i].length === promises.length && printed[i].every((line, k) => matches(line, promises[k]));
      if (!agrees) expect(printed[i], `${page.path}:${block.line}`).toEqual(promises);
    }
  });
});

it("the code type-checks, each page as one module", () => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const sources = new Map(
    pages.filter((page) => runnable(page).length > 0).map((page) => [join(root, `${page.path}.ts`), moduleOf(page)]),
  );
  for (const page of pages) {
    const ported = portModuleOf(page, Object.keys(evenkeel));
    if (ported !== undefined) sources.set(join(root, `${page.path}.ported.ts`), ported);
  }
  const host = ts.createCompilerHost(options);
  const onDisk = { getSourceFile: host.getSourceFile, fileExists: host.fileExists, readFile: host.readFile };
  host.fileExists = (path) => sources.has(path) || onDisk.fileExists(path);
  host.readFile = (path) => sources.get(path) ?? onDisk.readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const source = sources.get(path);
    return source === undefined
      ? onDisk.getSourceFile(path, version, ...rest)
      : ts.createSourceFile(path, source, version);
  };
  const program = ts.createProgram({
    rootNames: [...sources.keys()],
    options: { ...options, noUnusedLocals: false, noUnusedParameters: false },
    host,
  });
  const problems = [...sources.keys()].flatMap((path) => {
    const file = program.getSourceFile(path)!;
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((problem) => {
      const line = file.getLineAndCharacterOfPosition(problem.start ?? 0).line + 1;
      return `${path.slice(root.length, -".ts".length)}:${line} ${ts.flattenDiagnosticMessageText(problem.messageText, " ")}`;
    });
  });
  expect(problems).toEqual([]);
});

it("what docs/11 calls not here is not here", () => {
  const [, part] = readFileSync(join(root, "docs/11-differences-from-pytorch.md"), "utf8").split("## Not here");
  const cells = part.split("\n").flatMap((line) => (line.startsWith("|") ? [line.split("|")[2]] : []));
  const names = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  const present = names.filter((name) => {
    const found = [evenkeel, F, data, nn, optim].flatMap((space) =>
      Object.entries(space).filter(([key]) => key === name),
    );
    return found.some(([, value]) => {
      try {
        return typeof value !== "function" || Boolean(Reflect.construct(value, []));
      } catch (error) {
        return !/ is not here: /.test((error as Error).message);
      }
    });
  });
  expect([names.length > 60, present]).toEqual([true, []]);
});

const quotes = pages.flatMap(({ path, blocks }) =>
  blocks.flatMap(({ mark, line, code }) => (mark.kind === "quote" ? [{ path, line, from: mark.from, code }] : [])),
);

it.each(quotes)("$path:$line is found in $from", ({ from, code }) => {
  expect(readFileSync(join(root, from), "utf8")).toContain(code.join("\n"));
});

it.each(pages)("links of $path lead somewhere", ({ path, text }) => {
  const links = [...text.matchAll(/\]\(([^)#\s]*)(?:#([^)]*))?\)/g)];
  const broken = links.filter(([, target, anchor]) => {
    if (/^https?:/.test(target)) return false;
    const file = target === "" ? join(root, path) : join(root, dirname(path), target);
    return !existsSync(file) || (anchor !== undefined && !anchorsOf(readFileSync(file, "utf8")).includes(anchor));
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});

/** The names that GitHub gives to the headings of a page. */
function anchorsOf(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading.toLowerCase());
  return headings.map((heading) => heading.replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-"));
}

it("each page ends with a link to the next one, in the order of the numbers", () => {
  const linked = pages.filter(({ path }) => /^docs\/(?!README|architecture|ops|evidence)/.test(path));
  const next = new Map(linked.map(({ path, text }) => [path, /\nNext: \[[^\]]+\]\(([^)]+)\)\.\n$/.exec(text)?.[1]]));
  expect([...next].filter(([, target]) => target === undefined)).toEqual([]);
  const numbered = [...next.keys()].filter((path) => /^docs\/\d\d-/.test(path)).sort();
  expect(numbered.length).toBeGreaterThan(20);
  expect(numbered.slice(0, -1).map((path) => `docs/${next.get(path)}`)).toEqual(numbered.slice(1));
});

/** The words in the first column of the table in CONTRIBUTING.md. */
const avoided = [...(/\n\| avoided \|.*\n((?:\|.*\n)*)/.exec(contributing)?.[1] ?? "").matchAll(/^\| (`[^|]*`) \|/gm)]
  .flatMap(([, cell]) => cell.split(", "))
  .map((word) => word.replaceAll("`", ""));

it("the table of words to avoid is found", () => {
  expect(avoided).toContain("door");
  expect(avoided).toContain("whoever");
});

it.each(pages)("$path uses no word to avoid", ({ text }) => {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, "").replaceAll(/(`+).+?\1/g, "");
  const found = [...prose.matchAll(new RegExp(`.*\\b(?:${avoided.join("|")})\\b.*`, "gi"))];
  expect(found.map(([line]) => line)).toEqual([]);
});
