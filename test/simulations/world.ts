import { Generator } from "../../packages/evenkeel/src/random/index.ts";
import { fillNormal } from "../../packages/evenkeel/src/random/normal.ts";
import { armId, hasBatchNorm } from "../../packages/evenkeel/src/study/arms/arm.ts";
import type { StudyOptions } from "../../packages/evenkeel/src/study/plan/options.types.ts";
import { planStudy, type StudyPlan } from "../../packages/evenkeel/src/study/plan/plan.ts";
import { rateTrials, variantTrials } from "../../packages/evenkeel/src/study/plan/planTrials.ts";
import { concludeStudy, type StudyResult } from "../../packages/evenkeel/src/study/report/result.ts";
import { StudyView } from "../../packages/evenkeel/src/study/report/view.ts";
import type { TrialResult } from "../../packages/evenkeel/src/study/trial/trialResult.ts";
import type { TrialSpec } from "../../packages/evenkeel/src/study/trial/trialSpec.ts";
import { inferSchema, splitRows, tableFromColumns } from "../../packages/evenkeel/src/tabular/index.ts";

/** What is known of the arms of a simulated study. */
export interface World {
  readonly rows: number;
  readonly seeds: number;
  /** What BatchNorm changes errors by, as a factor: 1 for nothing, 0.9 for a gain of 10%. */
  readonly factor: number;
  /** The standard deviation of the logarithm of an error over trainings on the same split. */
  readonly trainingLuck: number;
  /** The part of y that all networks learn; with 0 there is nothing to learn but for each arm's own column. */
  readonly signal: number;
  /** The weight in y of each arm's own column. */
  readonly own: number;
  /** How often each row stands in the table. */
  readonly copies?: number;
}

export const usualWorld: World = { rows: 300, seeds: 10, factor: 1, trainingLuck: 0.05, signal: 2, own: 0.3 };

const ids = [
  ...["raw", "raw+batch", "raw+layer", "zscore", "zscore+batch", "zscore+layer", "zscore+dropout0.2"],
  "zscore+batch+dropout0.2",
] as const;

/**
 * A study of a table that is drawn from this world. Instead of networks it trains lines, by least
 * squares and on the study's own splits, so that splits share rows as they do for networks: y is a
 * signal that all know, a column for each arm, and noise. An arm's line goes through its own column
 * alone, so that all arms are equally good over all tables, and one is better by chance on each.
 */
export function simulate(world: World, seed: number, options: StudyOptions = {}): StudyResult {
  const { rows, copies = 1 } = world;
  const generator = new Generator(seed);
  const draw = () => {
    const values = new Float64Array(rows);
    fillNormal(values, 0, 1, generator);
    return values;
  };
  const [signal, noise] = [draw(), draw()];
  const columns = ids.map(draw);
  const y = signal.map(
    (value, i) =>
      world.signal * value + world.own * columns.reduce((sum, column) => sum + column[i], 0) + 0.5 * noise[i],
  );
  const repeated = (values: Float64Array) => Float64Array.from({ length: rows * copies }, (_, i) => values[i % rows]);
  const lines = new Map(ids.map((id, i) => [id as string, repeated(columns[i])]));
  const known = repeated(signal.map((value) => world.signal * value));
  const truth = repeated(y);
  const table = tableFromColumns({ signal: repeated(signal), ...Object.fromEntries(lines), y: truth });
  const data = { table, schema: inferSchema(table, { target: "y" }) };
  const plan = planStudy(data, { seeds: world.seeds, lrs: [0.003, 0.01, 0.03], epochs: 20, ...options });
  const splits = new Map(
    plan.seeds.map((seed) => {
      const { validation, test } = plan.settings;
      return [seed, splitRows(table, data.schema, { validation, test, seed })];
    }),
  );
  const luck = new Float64Array(1);
  /** The errors of an arm on a split with a part of its training rows. */
  const found = new Map<string, readonly number[]>();
  const errorsOf = (id: string, seed: number, part: number): readonly number[] => {
    const key = `${id} ${seed} ${part}`;
    const old = found.get(key);
    if (old !== undefined) return old;
    const split = splits.get(seed);
    if (split === undefined) throw new Error(`no split of seed ${seed}`);
    const train = split.train.subarray(0, Math.round(part * split.train.length));
    const line = lines.get(id);
    const left = (row: number) => truth[row] - (line === undefined ? 0 : known[row]);
    const predict = line === undefined ? constantOf(left, train) : lineOf(left, line, train);
    const errors = [split.train, split.validation, split.test].map((part) => {
      const sum = part.reduce((sum, row) => sum + Math.abs(left(row) - predict(row)), 0);
      return sum / part.length;
    });
    found.set(key, errors);
    return errors;
  };
  const trialOf = (spec: TrialSpec): TrialResult => {
    fillNormal(luck, 0, 1, generator);
    const id = armId(spec.arm);
    const rate = { 0.003: 1.1, 0.01: 1, 0.03: 1.05 }[spec.lr] ?? 1;
    const factor = (hasBatchNorm(spec.arm) ? world.factor : 1) * rate * Math.exp(world.trainingLuck * luck[0]);
    // Trainings of half the epochs end nearly as well, shorter ones do not.
    const length = 1 + 0.15 * Math.max(0, Math.log2(0.5 / spec.epochFraction));
    const scores = (errors: readonly number[]) => ({
      ...{ train: { mae: errors[0] }, validation: { mae: errors[1] }, test: { mae: errors[2] } },
    });
    const reading = {
      curve: [],
      ...scores(errorsOf(id, spec.seed, spec.rows).map((error) => error * factor * length)),
    };
    const readings = hasBatchNorm(spec.arm) ? { asTrained: reading, recomputed: reading } : { asTrained: reading };
    const { train, validation, test } = plan.rows;
    const constant = scores(errorsOf("constant", spec.seed, 1));
    return { spec, rows: { train, validation, test }, constant, diverged: null, readings };
  };
  return conclude(plan, trialOf);
}

function conclude(plan: StudyPlan, trialOf: (spec: TrialSpec) => TrialResult): StudyResult {
  const rates = rateTrials(plan).map(trialOf);
  const first = new StudyView(plan, rates);
  const variants = variantTrials(plan, (arm) => first.rate(arm, "kept")?.lr).map(trialOf);
  return concludeStudy(plan, [...rates, ...variants]);
}

type Predict = (row: number) => number;

function constantOf(y: Predict, train: Int32Array): Predict {
  const middle = train.reduce((sum, row) => sum + y(row), 0) / train.length;
  return () => middle;
}

function lineOf(y: Predict, x: Float64Array, train: Int32Array): Predict {
  let [sumX, sumY, across, squares] = [0, 0, 0, 0];
  for (const row of train) {
    sumX += x[row];
    sumY += y(row);
  }
  const [meanX, meanY] = [sumX / train.length, sumY / train.length];
  for (const row of train) {
    across += (x[row] - meanX) * (y(row) - meanY);
    squares += (x[row] - meanX) ** 2;
  }
  return (row) => meanY + (across / squares) * (x[row] - meanX);
}
