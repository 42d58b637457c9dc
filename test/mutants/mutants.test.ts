import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, describe, expect, test } from "vitest";
import { Random } from "../fuzz/random.ts";
import { root } from "../sources.ts";
import { kinds } from "./kinds.ts";
import { Scratch } from "./scratch.ts";
import { describeSite, draw, planted, sitesOf } from "./sites.ts";
import { importersOf, testsOf } from "./testsOf.ts";
import { programOf } from "./types.ts";

const folder = mkdtempSync(join(tmpdir(), "evenkeel-kinds-"));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(
  join(folder, "tsconfig.json"),
  '{ "compilerOptions": { "types": [], "noLib": true }, "files": ["a.ts"] }',
);

function parsed(text: string) {
  writeFileSync(join(folder, "a.ts"), text);
  const program = programOf(folder, ["a.ts"]);
  const source = program.getSourceFile(join(folder, "a.ts")) ?? expect.fail("a.ts is not read");
  return { checker: program.getTypeChecker(), sites: sitesOf(source) };
}

/** Texts with one bug of a kind each. */
function mutants(kind: string, text: string): string[] {
  const { checker, sites } = parsed(text);
  return sites.filter((site) => site.kind === kind && (site.fits?.(checker) ?? true)).map(planted);
}

describe("kinds of bugs", () => {
  const declared = "declare function f(a: number, b: number, c: string): number; declare const x: number, s: string;";
  test.each<[string, string, string[]]>([
    ["comparison", "x < 1", ["x <= 1"]],
    ["comparison", "x === 1", ["x !== 1"]],
    ["arithmetic", "x + 1", ["x - 1"]],
    ["arithmetic", "s + x", []],
    ["logic", "x && s", ["x || s"]],
    ["constant", "x * 5", ["x * 6", "x * 4"]],
    ["constant", "x * 0.5", ["x * 1"]],
    ["constant", "x[0] = true", ["x[1] = true", "x[0] = false"]],
    ["constant", "const c: 5 = x", []],
    ["constant", "throw new Error(s + 5)", []],
    ["dropped", "f(x, x, s);", [";"]],
    ["dropped", "const y = f(x, x, s);", []],
    ["dropped", "class A extends B { constructor() { super(); } }", []],
    ["swapped", "f(x, 2, s)", ["f(2, x, s)"]],
    ["swapped", "f(x, x, s)", []],
    ["negated", "if (x) f(1, 2, s)", ["if (!(x)) f(1, 2, s)"]],
    ["negated", "while (x) f(1, 2, s)", []],
    ["unawaited", "await f(1, 2, s)", ["(f(1, 2, s))"]],
    ["defaults", "x ?? 1", ["x ?? 2", "x ?? 0"]],
    ["defaults", "x ?? s", ["(s)"]],
    ["otherBranch", "x ? 1 : 2", ["(1)", "(2)"]],
    ["otherBranch", "{ if (x) return 1; return 2; }", ["{ if (x) return 2; return 2; }"]],
    ["otherBranch", "{ if (x) return 1; f(1, 2, s); return 2; }", []],
  ])("%s of %s", (kind, code, expected) => {
    expect(mutants(kind, `${declared}\n${code}`)).toEqual(expected.map((text) => `${declared}\n${text}`));
  });

  test("a mutant is a program, and is reported by its line before and after", () => {
    const { sites } = parsed("let a = 1;\nif (a < 2)\n  a ||= 7;\n");
    for (const site of sites) {
      const { diagnostics } = ts.transpileModule(planted(site), { reportDiagnostics: true });
      expect(diagnostics, planted(site)).toEqual([]);
    }
    const site = sites.find(({ kind }) => kind === "comparison") ?? expect.fail();
    expect(describeSite(site)).toEqual({ kind: "comparison", line: 2, was: "if (a < 2)", is: "if (a <= 2)" });
  });

  test("a seed draws the same mutants again, all in the end, each kind as often as the others", () => {
    const rare = "if (a) a = 1;\n";
    const { checker, sites } = parsed(`let a = 0;\n${rare}${"a = 1 - 2;\n".repeat(50)}`);
    const drawn = (seed: number) => [...draw(sites, new Random(seed), checker)];
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
    expect(new Set(drawn(1))).toEqual(new Set(sites));
    expect(new Set(sites.map(({ kind }) => kind))).toEqual(new Set(["constant", "arithmetic", "negated"]));
    for (let seed = 0; seed < 20; seed++) {
      expect(drawn(seed).findIndex(({ kind }) => kind === "negated")).toBeLessThan(20);
    }
    expect(Object.keys(kinds)).toHaveLength(10);
  });
});

test("tests: beside it, its own first; then by the steps of imports, types left out", () => {
  const texts = new Map(
    Object.entries({
      "packages/evenkeel/src/nn/a.ts": "",
      "packages/evenkeel/src/nn/a.test.ts": 'import { a } from "./a.ts";',
      "packages/evenkeel/src/nn/b.test.ts": "",
      "packages/evenkeel/src/nn/index.ts": 'export { a } from "./a.ts";',
      "packages/cli/src/far.test.ts": 'import { c } from "./c.ts";',
      "packages/cli/src/c.ts": 'import { a } from "evenkeel/nn";',
      "test/near.test.ts": 'import * as nn from "../packages/evenkeel/src/nn/index.ts";',
      "test/types.test.ts": 'import type { A } from "../packages/evenkeel/src/nn/a.ts";',
    }),
  );
  const tests = [...texts.keys()].filter((path) => path.endsWith(".test.ts")).reverse();
  expect(testsOf("packages/evenkeel/src/nn/a.ts", importersOf(texts), tests)).toEqual({
    beside: ["packages/evenkeel/src/nn/a.test.ts", "packages/evenkeel/src/nn/b.test.ts"],
    importing: ["test/near.test.ts", "packages/cli/src/far.test.ts"],
  });
});

test.skipIf(!existsSync(join(root, ".git")))("the copy is put back after each mutant, and removed", async () => {
  const path = "packages/evenkeel/src/index.ts";
  const own = readFileSync(join(root, path), "utf8");
  const scratch = new Scratch();
  try {
    const file = join(scratch.folder, path);
    const before = readFileSync(file, "utf8");
    const failing = scratch.with(path, "broken", async () => {
      expect(readFileSync(file, "utf8")).toBe("broken");
      throw new Error("tests cannot run");
    });
    await expect(failing).rejects.toThrow("tests cannot run");
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(existsSync(join(scratch.folder, "node_modules/evenkeel/src/index.ts"))).toBe(true);
  } finally {
    scratch.remove();
  }
  expect(existsSync(join(scratch.folder, ".."))).toBe(false);
  expect(readFileSync(join(root, path), "utf8")).toBe(own);
});
