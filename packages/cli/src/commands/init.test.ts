import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runLine } from "./run.fixture.ts";

const cars = "weight,mpg\n2000,31.5\n3000,22\n2500,26\n";
let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "evenkeel-init-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const init = (...args: string[]) => runLine(["init", ...args], { cwd, stdin: cars });
const textOf = (path: string) => readFileSync(join(cwd, path), "utf8");

// That it installs, trains and predicts: `npm run check:package`.

test("the project has the table as it was, and its names as literals of TypeScript", async () => {
  const target = 'l/100 "km" `x` $&';
  const table = `weight,"${target.replaceAll('"', '""')}"\n2000,31.5\n3000,22\n2500,26\n`;
  writeFileSync(join(cwd, "my cars.csv"), table);
  const { code, out, err } = await init("A Project", "--table", "my cars.csv", "--target", target);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("Next:  cd 'A Project' && npm install && npm run train\n");
  expect(textOf("A Project/data/my cars.csv")).toBe(table);
  expect(textOf("A Project/table.ts")).toContain('export const path = "data/my cars.csv";\n');
  expect(textOf("A Project/table.ts")).toContain(`export const target = ${JSON.stringify(target)};\n`);
  expect(textOf("A Project/README.md")).toContain("# Predicting `l/100 \"km\" 'x' $&`\n");
  expect(textOf("A Project/README.md")).toContain("inspect 'data/my cars.csv'` shows");
  expect(JSON.parse(textOf("A Project/package.json"))).toMatchObject({
    name: "a-project",
    dependencies: { evenkeel: expect.stringMatching(/^\^\d+\.\d+\.\d+$/) },
  });
});

test("a table inside the project stays where it is; without one the project has a built-in table", async () => {
  writeFileSync(join(cwd, "cars.csv"), cars);
  expect((await init("--table", "cars.csv", "--target", "mpg")).code).toBe(0);
  expect(textOf("table.ts")).toContain('"cars.csv"');
  expect(existsSync(join(cwd, "data"))).toBe(false);
  expect((await init("other")).code).toBe(0);
  expect(textOf("other/data/mpg.csv").split("\n")).toHaveLength(408);
  expect(textOf("other/table.ts")).toContain('target = "Miles_per_Gallon"');
});

test("files that are there are not written over", async () => {
  mkdirSync(join(cwd, "p"));
  writeFileSync(join(cwd, "p/train.ts"), "mine");
  const { code, err } = await init("p");
  expect(code).toBe(2);
  expect(err).toContain("p has files of a project already: train.ts; give another folder");
  expect(readdirSync(join(cwd, "p"))).toEqual(["train.ts"]);
});

test.each([
  [
    "titled.csv",
    "Cars of 1970\n\nweight,mpg\n2000,31\n3000,22\n2500,26\n",
    "mpg",
    'is no plain CSV: its first line has "Cars of 1970"',
  ],
  ["twice.csv", "mpg,mpg\n2000,31\n3000,22\n", "mpg", "is no plain CSV"],
  ["latin.csv", Buffer.from("gewicht,größe\n2000,31\n3000,22\n2500,26\n", "latin1"), "größe", "is not in UTF-8"],
  ["cars.json", '[{"weight": 2000, "mpg": 31}, {"weight": 3000, "mpg": 22}]', "mpg", "cars.json is json"],
  ["*.csv", undefined, "mpg", "*.csv is no single file"],
  ["-", undefined, "mpg", "- is no single file"],
  ["cars.csv", cars, undefined, "say which column to predict with --target; there are weight, mpg"],
  ["cars.csv", cars, "mgp", "mpg"],
  ["none.csv", undefined, "mpg", "there is no file none.csv"],
])(
  "%s: what cannot be read by a plain reader, or predicted, is refused before anything is written",
  async (name, content, target, message) => {
    if (content !== undefined) writeFileSync(join(cwd, name), content);
    if (name === "*.csv") writeFileSync(join(cwd, "one.csv"), cars);
    const { code, err } = await init("p", "--table", name, ...(target === undefined ? [] : ["--target", target]));
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(existsSync(join(cwd, "p"))).toBe(false);
  },
);
