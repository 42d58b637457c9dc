import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type Table, tableFromRows } from "evenkeel/tabular";
import { afterAll, describe, expect, it } from "vitest";
import { packDigits } from "../../scripts/digits.ts";
import { digitColumn, digitsTable } from "../pictures/digits.ts";
import { pixels, unpackDigits } from "../pictures/packed.ts";
import { preparePictures } from "../pictures/pictureRows.ts";
import { defaultSetup, hasPictures, type Setup, type Side } from "../state/setup.ts";
import { prepareRows } from "../training/rows.ts";
import { Runner } from "../training/runner.ts";
import { savedTable } from "./savedTable.ts";
import { toEvenkeel } from "./toEvenkeel.ts";
import { toTorch } from "./toTorch.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../..", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const python = ["python3", "/usr/bin/python3"].find(
  (command) => spawnSync(command, ["-c", "import torch, numpy"]).status === 0,
);
const folder = mkdtempSync(join(tmpdir(), "lab-programs-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Names that would end a string, begin a statement, or come first in an object. */
const hostile = tableFromRows(
  Array.from({ length: 150 }, (_, i) => ({
    '"; import os #': 1800 + ((i * 937) % 2900),
    "a\nb\\": i % 7 === 0 ? null : 50 + ((i * 31) % 150),
    "${process.exit(1)}": [`it's`, `"""`, "a\u2028b", null][i % 4],
    "7": (i * 53) % 11,
    __proto__x: i % 3 === 0,
    day: i % 9 === 0 ? null : new Date(1e12 + i * 1e9),
    "*/ κόσμε": i % 5 === 0 ? null : i % 2 === 0,
    'y"\r': 60000 / (1800 + ((i * 937) % 2900)) + (i % 4),
  })),
);
const vega = (name: "cars" | "penguins") =>
  tableFromRows(createRequire(import.meta.url)(join(root, `node_modules/vega-datasets/data/${name}.json`)));
const tables: Readonly<Record<string, readonly [Table, string]>> = {
  mpg: [vega("cars"), "Miles_per_Gallon"],
  penguins: [vega("penguins"), "Species"],
  sex: [vega("penguins"), "Sex"],
  hostile: [hostile, 'y"\r'],
  digits: [digitsTable((await unpackDigits(packDigits())).subarray(0, 500 * pixels)), digitColumn],
};

const setups: readonly [title: string, table: string, side: Side, changes: Partial<Setup>][] = [
  ["the default, left", "mpg", "left", { steps: 300 }],
  ["the default, right", "mpg", "right", { steps: 300 }],
  [
    "z-scores, dropout before the norm, AdamW, another seed",
    "mpg",
    "right",
    {
      scale: "zscore",
      dropout: 0.3,
      order: ["linear", "dropout", "norm", "activation"],
      optimizer: "adamw",
      seed: 5,
      steps: 200,
    },
  ],
  [
    "classes, LayerNorm, SGD",
    "penguins",
    "left",
    { left: "layer", optimizer: "sgd", lr: 0.01, scale: "zscore", steps: 200 },
  ],
  [
    "two classes, no bias, GELU",
    "sex",
    "right",
    { biasBeforeNorm: false, activation: "gelu", scale: "zscore", steps: 200 },
  ],
  [
    "a lone row, a constant and a million",
    "hostile",
    "right",
    { batchSize: 19, constant: true, times: "7", steps: 150 },
  ],
  ["names that are code", "hostile", "left", { hidden: [7], activation: "tanh", scale: "zscore", steps: 150 }],
  [
    "pictures, the right network",
    "digits",
    "right",
    { table: "digits", hidden: [4, 6], steps: 60, scale: "zscore", biasBeforeNorm: false },
  ],
  [
    "pictures, another head, GroupNorm, dropout, a lone picture",
    "digits",
    "left",
    { table: "digits", left: "layer", head: "globalAverage", hidden: [5], dropout: 0.2, batchSize: 29, steps: 60 },
  ],
  ["a training that diverges", "mpg", "left", { optimizer: "sgd", lr: 10, steps: 100 }],
];

/** Each program is a process of seconds. `LAB_PROGRAMS=all` runs those of all set-ups. */
const chosen = process.env.LAB_PROGRAMS === "all" ? setups : [1, 3, 5, 6, 7].map((i) => setups[i]);

/** The two programs of a set-up, and the error that the page ends with. */
function written(name: string, side: Side, changes: Partial<Setup>) {
  const [table, target] = tables[name];
  const setup: Setup = { ...defaultSetup, ...changes, target };
  const rows = hasPictures(setup) ? preparePictures(table, setup) : prepareRows(table, target, setup);
  const runner = new Runner(rows, setup, setup[side]);
  runner.advance(Number.POSITIVE_INFINITY);
  const { evalMode } = runner.frame(1, false).points.at(-1)!;
  const directory = mkdtempSync(join(folder, "program-"));
  const saved = rows.pictures?.saved(rows) ?? savedTable(rows);
  writeFileSync(join(directory, "cars.json"), JSON.stringify(saved));
  return { rows, setup, directory, evalMode };
}
const numberIn = (printed: string) => Number(/: (\S+)\s*$/.exec(printed)?.[1].replace("nan", "NaN"));

describe("the program for Node", () => {
  it.each(chosen)(
    "prints the error of the page, to the bit: %s",
    { timeout: 240_000 },
    async (_, name, side, changes) => {
      const { rows, setup, directory, evalMode } = written(name, side, changes);
      writeFileSync(join(directory, "lab.ts"), toEvenkeel(rows, setup, side, "cars.json"));
      const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, "tsconfig.json") };
      const { stdout } = await run(process.execPath, ["--import", tsx, "lab.ts"], { cwd: directory, env });
      expect(numberIn(stdout)).toBe(evalMode);
    },
  );
});

/**
 * BatchNorm makes much of rounding in two ways, which are left out where the numbers of two libraries are
 * compared: the gradient of a bias before it is rounding noise, of which Adam makes whole steps; and of
 * raw numbers far from 0 it subtracts a mean with most of their digits.
 */
function steady(side: Side, changes: Partial<Setup>): Partial<Setup> {
  const norm = changes[side] ?? defaultSetup[side];
  return norm === "batch" ? { biasBeforeNorm: false, scale: "zscore" } : {};
}

describe.skipIf(python === undefined)("the program for PyTorch, where torch is installed", () => {
  it.each(chosen)(
    "prints the error of the page, but for rounding: %s",
    { timeout: 240_000 },
    async (_, name, side, changes) => {
      const { rows, setup, directory, evalMode } = written(name, side, { ...changes, ...steady(side, changes) });
      writeFileSync(join(directory, "lab.py"), toTorch(rows, setup, side, "cars.json"));
      const { stdout } = await run(python!, ["lab.py"], { cwd: directory });
      const error = numberIn(stdout);
      if (Number.isNaN(evalMode)) expect(error).toBeNaN();
      else expect(Math.abs(error - evalMode)).toBeLessThanOrEqual(1e-4 * evalMode);
    },
  );
});
