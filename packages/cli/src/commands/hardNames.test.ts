import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Papa from "papaparse";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runLine } from "./run.fixture.ts";

/**
 * Names that every JavaScript object has, as columns and as categories: through every command, and
 * into its report.
 */

const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "length", "name"];

let cwd: string;
let rows: Record<string, string | number>[];

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "evenkeel-hard-names-"));
  rows = Array.from({ length: 140 }, (_, i) => {
    const cells = names.map((name, column): [string, string | number] => {
      // Every second column is one of categories, with the same names.
      return [name, column % 2 === 0 ? Math.sin(i * (column + 1)) : ["", ...names][(i * (column + 2)) % 8]];
    });
    return Object.fromEntries([...cells, ["prototype", names[i % names.length]], ["y", Math.cos(i) + (i % 7)]]);
  });
  writeFileSync(join(cwd, "hard.csv"), `${Papa.unparse(rows)}\n`);
  writeFileSync(join(cwd, "hard.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
  // A column without a name.
  writeFileSync(join(cwd, "empty.csv"), Papa.unparse(rows).replace("__proto__", ""));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const features = (file: string) => [file === "empty.csv" ? "column0" : "__proto__", ...names.slice(1), "prototype"];

async function succeeds(...args: string[]): Promise<string> {
  const { code, out, err } = await runLine(args, { cwd });
  expect(err.replaceAll(/^evenkeel: .*\n/gm, ""), args.join(" ")).not.toMatch(/^ +at /m);
  expect(code, `${args.join(" ")}\n${err}`).toBe(0);
  return out;
}

const quick = ["--recipe", "simple", "--epochs", "2", "--hidden", "4", "--seed", "1"];

test.each(["hard.csv", "hard.jsonl", "empty.csv"])("inspect %s", async (file) => {
  const out = await succeeds("inspect", file);
  for (const name of names.slice(file === "empty.csv" ? 1 : 0)) expect(out).toContain(name);
  expect(JSON.parse(await succeeds("inspect", file, "--json")).columns).toHaveLength(names.length + 2);
});

test.each([
  ["hard.csv", "y"],
  ["hard.csv", "__proto__"],
  ["hard.jsonl", "constructor"],
  ["hard.csv", "prototype"],
  ["empty.csv", "y"],
])("train, evaluate, predict and runs: %s, %s", async (file, target) => {
  const model = join(cwd, "model.safetensors");
  await succeeds("train", file, "--target", target, ...quick, "--out", model);
  await succeeds("runs", "show", "latest");
  await succeeds("runs", "show", "latest", "--json");
  expect(await succeeds("inspect", model)).toContain("constructor");
  await succeeds("inspect", model, "--json");
  const evaluated = JSON.parse(await succeeds("evaluate", model, file, "--json"));
  expect(Object.keys(evaluated).length).toBeGreaterThan(0);
  const predicted = await succeeds("predict", model, file, "--keep", "constructor,name");
  expect(predicted).toMatch(/constructor/);
  expect(predicted.trim().split("\n")).toHaveLength(rows.length + 1);
  expect(JSON.parse(await succeeds("predict", model, file, "--json"))).toHaveLength(rows.length);
  await succeeds("runs", "list");
  const run = JSON.parse(await succeeds("runs", "show", "latest", "--json"));
  const report = readFileSync(join(run.path, "report.html"), "utf8");
  // In the drawing of what the columns contribute.
  for (const name of features(file).filter((name) => name !== target)) expect(report).toContain(`>${name}</text>`);
});

test("settings of such columns and classes, and going on with them", async () => {
  const interrupt = new AbortController();
  const settings = [
    ...["--kind", "constructor=category,__proto__=numeric", "--ignore", "valueOf"],
    ...["--class-weights", "__proto__=2,constructor=3", "--group", "name"],
  ];
  const args = ["train", "hard.csv", "--target", "prototype", ...quick, ...settings, "--epochs", "60"];
  const onWrite = (_: string, out: string) => {
    if (/epoch/.test(out)) interrupt.abort();
  };
  const { code, err, out } = await runLine(args, { cwd, signal: interrupt.signal, onWrite });
  expect(code, err + out).toBe(130);
  const { config } = JSON.parse(await succeeds("runs", "show", "latest", "--json"));
  expect(Object.entries(config.settings.classWeights)).toEqual([
    ["__proto__", 2],
    ["constructor", 3],
  ]);
  await succeeds("train", "--resume", "latest");
  const runs = JSON.parse(await succeeds("runs", "list", "--json"));
  await succeeds("runs", "compare", runs[0].id, runs[1].id);
});

test.each(["y", "prototype"])("study, target %s", async (target) => {
  const args = ["--seeds", "2", "--epochs", "2", "--lr", "0.01", "--hidden", "4", "--norms", "none,batch"];
  const folder = join(cwd, `study-${target}`);
  await succeeds("study", "hard.csv", "--target", target, ...args, "--dropout", "0", "--threads", "1", "--out", folder);
  expect(readFileSync(join(folder, "report.html"), "utf8")).toContain("hard.csv");
});
