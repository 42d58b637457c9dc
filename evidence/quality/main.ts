import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { numberOf, runScript } from "../../test/fuzz/commandLine.ts";
import { type Arm, arms, measure } from "./arms.ts";
import { type Measured, summary } from "./summary.ts";
import { tasks } from "./tables.ts";

/** `npm run quality`: see the text of --help. */

const names = tasks.map(({ name }) => name);
const help = `Compares the default training with boosted trees and linear models: the same rows for all, a fifth of them to test on.

  npm run quality -- mpg penguins --splits 3
  npm run quality -- all --data tables --out results.jsonl

  NAME…          ${names.join(", ")}; or all
  --splits N     how many splits of each table (default 20)
  --first N      the seed of the first split (default 0)
  --arms LIST    of ${arms.join(", ")} (default: all but those of scikit-learn)
  --data FOLDER  where the tables are that no npm package has (evidence/quality/tables.ts)
  --out FILE     results as JSON lines; what it has already is not measured again
  --help         this text

The differences are 100 log(other / ensemble) of RMSE or log loss: above 0 the ensemble is better. Intervals are of 95%, widened for the rows that
splits share (Nadeau and Bengio 2003). Arms of scikit-learn need /usr/bin/python3 with it, or the Python that the variable PYTHON names.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ splits: { type: "string" }, first: { type: "string" }, arms: { type: "string" }, data: { type: "string" } },
      ...{ out: { type: "string" }, help: { type: "boolean" } },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const first = numberOf("first", values.first, 0);
  const splits = numberOf("splits", values.splits, 20);
  const chosen = armsOf(values.arms);
  const wanted = positionals.includes("all") ? names : positionals;
  if (wanted.length === 0) throw new RangeError("no table was given, expected names of tables or all");
  const known: Measured[] = values.out !== undefined && existsSync(values.out) ? lines(values.out) : [];
  const all: Measured[] = [];
  for (const name of wanted) {
    const task = tasks.find((one) => one.name === name);
    if (task === undefined) throw new RangeError(`"${name}" is no table, expected ${names.join(", ")} or all`);
    const table = task.load(values.data);
    if (table === undefined) {
      console.error(`${name} is left out: --data does not have it`);
      continue;
    }
    for (let seed = first; seed < first + splits; seed++) {
      const had = known.filter((one) => one.table === name && one.seed === seed);
      const missing = chosen.filter((arm) => !had.some((one) => one.arm === arm));
      const measured = missing.length === 0 ? [] : await measure(task, table, seed, missing);
      for (const one of measured) {
        if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify(one)}\n`);
        console.error(`  ${name} ${seed} ${one.arm}: ${JSON.stringify(one.scores)} in ${one.seconds} s`);
      }
      all.push(...had, ...measured);
    }
  }
  console.log(summary(all));
  return 0;
}

function armsOf(list: string | undefined): readonly Arm[] {
  if (list === undefined) return arms.filter((arm) => !arm.startsWith("sklearn"));
  return list.split(",").map((text) => {
    const arm = arms.find((one) => one === text.trim());
    if (arm === undefined) throw new RangeError(`--arms names "${text}", expected ${arms.join(", ")}`);
    return arm;
  });
}

function lines(path: string): Measured[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Measured);
}

runScript(main, help);
