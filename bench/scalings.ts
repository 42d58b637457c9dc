import { parseArgs } from "node:util";
import type { TableScores } from "evenkeel/tabular";
import { type TrainTableOptions, trainTable } from "evenkeel/train";
import { readTable } from "../packages/cli/src/tables/index.ts";

/**
 * What squashed inputs and clamped predictions bring and cost, beside z-scores and beside the best
 * of the baselines, on the same splits. `npx tsx bench/scalings.ts mpg --target Miles_per_Gallon`
 */

const help = `npx tsx bench/scalings.ts TABLE --target COLUMN [options]

  TABLE        a file, or a built-in table
  --seeds N    splits and starts, from 0 on (4)
  --from N     the first seed (0)
  --help`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: "string" },
    seeds: { type: "string", default: "4" },
    from: { type: "string", default: "0" },
    help: { type: "boolean" },
  },
});
const { target } = options;
if (options.help || positionals.length !== 1 || target === undefined) {
  console.log(help);
  process.exit(options.help ? 0 : 2);
}

const arms: Readonly<Record<string, TrainTableOptions["preprocessing"]>> = {
  "squashed, clamped": {},
  "z-scored, free": { scale: "zscore", clampPredictions: false },
};

const table = await readTable(positionals[0]);
const scores = new Map<string, TableScores[]>();
const keep = (name: string, of: TableScores | undefined) => {
  if (of !== undefined) scores.set(name, [...(scores.get(name) ?? []), of]);
};
const shown = (of: TableScores = {}) =>
  Object.entries(of)
    .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
    .join("  ");

for (let seed = Number(options.from); seed < Number(options.from) + Number(options.seeds); seed++) {
  for (const [name, preprocessing] of Object.entries(arms)) {
    const trained = await trainTable(table, { target, seed, preprocessing });
    keep(name, trained.scores.test);
    console.log(`seed ${seed}  ${name.padEnd(18)} ${shown(trained.scores.test)}`);
    if (preprocessing !== arms["squashed, clamped"]) continue;
    const linear = trained.baselines.at(-1);
    keep(linear?.name ?? "", linear?.scores.test);
    console.log(`seed ${seed}  ${linear?.name.padEnd(18)} ${shown(linear?.scores.test)}`);
  }
}

const [first, ...others] = scores;
for (const metric of Object.keys(first[1][0])) {
  const means = [first, ...others].map(([name, of]) => `${name} ${meanAndError(of.map((one) => one[metric]))}`);
  const less = others.map(([name, of]) => {
    const differences = of.map((one, i) => one[metric] - first[1][i][metric]);
    return `${name} less ${first[0]}: ${meanAndError(differences)}`;
  });
  console.log(`${metric}: ${[...means, ...less].join("; ")}`);
}

/** The mean with its standard error. */
function meanAndError(values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = Math.sqrt(squares / (values.length - 1) / values.length);
  return `${mean.toPrecision(4)} ± ${error.toPrecision(2)}`;
}
