import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Column,
  type ColumnKind,
  inferSchema,
  readColumn,
  type Schema,
  type Split,
  splitRows,
  type Table,
} from "evenkeel/tabular";
import { trainTable, trainTrees } from "evenkeel/train";
import type { Measured } from "./summary.ts";
import type { Task } from "./tables.ts";

/** The models that are compared. */
export const arms = ["ensemble", "simple", "trees", "linear", "sklearn", "sklearnStopped"] as const;
export type Arm = (typeof arms)[number];

const reported = new Set(["rmse", "mae", "logLoss", "accuracy"]);

/** Trains the arms on the rows that a seed gives, and scores them on its test rows. */
export async function measure(task: Task, table: Table, seed: number, wanted: readonly Arm[]): Promise<Measured[]> {
  const found = new Map<Arm, Pick<Measured, "scores" | "seconds">>();
  const { schema, split } = await rowsOf(task, table, seed);
  for (const recipe of ["ensemble", "simple"] as const) {
    if (!wanted.includes(recipe)) continue;
    const [{ scores }, seconds] = await timed(() => trainTable(table, { ...task.options, recipe, seed, split }));
    found.set(recipe, { scores: scores.test ?? {}, seconds });
  }
  if (wanted.includes("trees") || wanted.includes("linear")) {
    const [{ scores, baselines }, seconds] = await timed(() => trainTrees(table, { ...task.options, seed, split }));
    found.set("trees", { scores: scores.test ?? {}, seconds });
    const linear = baselines.find(({ name }) => name === "ridge" || name === "logistic");
    if (linear !== undefined) found.set("linear", { scores: linear.scores.test ?? {}, seconds: 0 });
  }
  if (wanted.some((arm) => arm.startsWith("sklearn"))) boosted(table, schema, split, seed, found);
  return wanted.flatMap((arm) => {
    const of = found.get(arm);
    if (of === undefined) return [];
    const told = Object.entries(of.scores).filter(([name]) => reported.has(name));
    const scores = Object.fromEntries(told.map(([name, value]) => [name, rounded(value)]));
    return [{ table: task.name, seed, arm, scores, seconds: of.seconds }];
  });
}

/** @returns the seconds of processor time, too */
async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(start);
  return [result, rounded((user + system) / 1e6)];
}

async function rowsOf({ options }: Task, table: Table, seed: number): Promise<{ schema: Schema; split: Split }> {
  const schema = inferSchema(table, options);
  return { schema, split: splitRows(table, schema, { seed }) };
}

function boosted(
  table: Table,
  schema: Schema,
  split: Split,
  seed: number,
  found: Map<Arm, Pick<Measured, "scores" | "seconds">>,
) {
  const folder = mkdtempSync(join(tmpdir(), "quality-"));
  try {
    const columns = schema.columns
      .filter(({ use }) => use === "feature")
      .map(({ name, kind }) => ({ kind, values: valuesOf(table, schema, name, kind) }));
    const target = valuesOf(table, schema, schema.target, schema.task === "regression" ? "numeric" : "category");
    const train = [...split.train, ...split.validation];
    const given = { task: schema.task, columns, target, train, test: [...split.test], seed };
    const file = join(folder, "table.json");
    writeFileSync(file, JSON.stringify(given));
    const python = process.env.PYTHON ?? "/usr/bin/python3";
    const script = fileURLToPath(new URL("boosted.py", import.meta.url));
    const { status, stdout, stderr } = spawnSync(python, [script, file], { encoding: "utf8", maxBuffer: 1e8 });
    if (status !== 0) throw new Error(`${python} failed: ${stderr.trim().split("\n").at(-1)}`);
    for (const arm of ["sklearn", "sklearnStopped"] as const) found.set(arm, JSON.parse(stdout)[arm]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((one) => one.name === name);
  if (column === undefined) throw new Error(`no column ${name}`);
  return column;
}

/** Numbers, milliseconds since 1970 or texts, as the schema reads them; null where nothing is. */
function valuesOf(table: Table, schema: Schema, name: string, kind: ColumnKind): (number | string | null)[] {
  const reading = schema.columns.find((one) => one.name === name);
  const read = readColumn(columnOf(table, name), { ...reading, kind, nulls: schema.nulls });
  if ("values" in read) return Array.from(read.values, (value) => (Number.isNaN(value) ? null : value));
  return Array.from(read.codes, (code) => (code < 0 ? null : read.dictionary[code]));
}

const rounded = (value: number) => Number(value.toPrecision(6));
