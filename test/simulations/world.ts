import { Generator } from "../../packages/evenkeel/src/random/index.ts";
import { fillNormal } from "../../packages/evenkeel/src/random/normal.ts";
import { type Arm, armId, hasBatchNorm } from "../../packages/evenkeel/src/study/arms/arm.ts";
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
  /** The same for arms with BatchNorm. Default: as for the others. */
  readonly luckWith?: number;
  /** One training in ten is five times as far from the middle. */
  readonly outliers?: boolean;
  /** The part of y that all networks learn; with 0 there is nothing to learn but for each arm's own column. */
  readonly signal: number;
  /** The weight in y of each arm's own column. */
  readonly own: number;
  /** How often each row stands in the table. */
  readonly copies?: number;
  /** The copies have noise of their own, and rows are split by groups of them. */
  readonly groups?: boolean;
  /** y is whether it is above 0, and errors are error rates; `factor` is then 1. */
  readonly classes?: boolean;
  /**
   * The errors on raw features without BatchNorm are larger by exp(rawCost x (0.5 + |z|)), anew for
   * each training.
   */
  readonly rawCost?: number;
  /** Errors with statistics as trained are larger by exp(stale x |z|). */
  readonly stale?: number;
  /**
   * On raw features the network without BatchNorm never reaches the target, and the one with it in 8
   * of 10 seeds, in all epochs.
   */
  readonly late?: boolean;
}

export const usualWorld: World = { rows: 300, seeds: 10, factor: 1, trainingLuck: 0.05, signal: 2, own: 0.3 };

const ids = [
  ...["raw", "raw+batch", "raw+layer", "zscore", "zscore+batch", "zscore+layer", "zscore+dropout0.2"],
  "zscore+batch+dropout0.2",
] as const;

type Errors = readonly [train: number, validation: number, test: number];

/**
 * A study of a table that is drawn from this world. Instead of networks it trains lines, by least
 * squares and on the study's own splits, so that splits share rows as they do for networks: y is a
 * signal that all know, a column for each arm, and noise. An arm's line goes through its own column
 * alone, so that all arms are equally good over all tables, and one is better by chance on each.
 */
export function simulate(world: World, seed: number, options: StudyOptions = {}): StudyResult {
  const generator = new Generator(seed);
  const one = new Float64Array(1);
  const normal = () => {
    fillNormal(one, 0, 1, generator);
    return one[0];
  };
  const { plan, errorsOf } = linesOf(world, generator, options);
  const metric = plan.settings.metric;
  const scores = ([train, validation, test]: Errors) => ({
    ...{ train: { [metric]: train }, validation: { [metric]: validation }, test: { [metric]: test } },
  });
  const trialOf = (spec: TrialSpec): TrialResult => {
    const id = armId(spec.arm);
    const [factor, stale] = factorsOf(world, spec, normal);
    const errors = errorsOf(id, spec.seed, spec.rows);
    const reading = (times: number) => ({ curve: [], ...scores(times === 1 ? errors : errors.by(times)) });
    const readings = hasBatchNorm(spec.arm)
      ? { asTrained: reading(factor * stale), recomputed: reading(factor) }
      : { asTrained: reading(factor) };
    const { train, validation, test } = plan.rows;
    const constant = scores(errorsOf("constant", spec.seed, 1));
    return { spec, rows: { train, validation, test }, constant, diverged: null, readings };
  };
  return conclude(plan, trialOf);
}

/** What the errors of a line are multiplied by, and those of statistics as trained once more. */
function factorsOf(world: World, { arm, lr, seed, epochFraction }: TrialSpec, normal: () => number): [number, number] {
  const [isBatch, isRaw] = [hasBatchNorm(arm), isRawPair(arm)];
  const size = isBatch ? (world.luckWith ?? world.trainingLuck) : world.trainingLuck;
  const z = normal() * (world.outliers && normal() > 1.2816 ? 5 : 1);
  const rate = { 0.003: 1.1, 0.01: 1, 0.03: 1.05 }[lr] ?? 1;
  // Trainings of half the epochs end nearly as well, shorter ones do not.
  let length = 1 + 0.15 * Math.max(0, Math.log2(0.5 / epochFraction));
  if (world.late && isRaw) length = isBatch && epochFraction === 1 && seed % 10 < 8 ? 1 : 2;
  const cost = world.rawCost !== undefined && isRaw && !isBatch ? world.rawCost * (0.5 + Math.abs(normal())) : 0;
  const stale = world.stale === undefined ? 0 : world.stale * Math.abs(normal());
  return [(isBatch ? world.factor : 1) * rate * length * Math.exp(size * z + cost), Math.exp(stale)];
}

function isRawPair({ scale, norm }: Arm): boolean {
  return scale === "raw" && norm !== "layer";
}

interface Lines {
  readonly plan: StudyPlan;
  /** The errors of an arm on the split of a seed, with a part of its training rows. */
  readonly errorsOf: (id: string, seed: number, part: number) => Found;
}

/** Errors, which `by` multiplies; error rates stay whole rows. */
type Found = Errors & { readonly by: (times: number) => Errors };

function linesOf(world: World, generator: Generator, options: StudyOptions): Lines {
  const { rows, copies = 1, classes = false, groups = false } = world;
  const all = rows * copies;
  const draw = (length = rows) => {
    const values = new Float64Array(length);
    fillNormal(values, 0, 1, generator);
    return values;
  };
  const repeated = (values: Float64Array) => Float64Array.from({ length: all }, (_, i) => values[i % rows]);
  const signal = repeated(draw());
  const noise = groups ? draw(all) : repeated(draw());
  const columns = ids.map(() => repeated(draw()));
  const known = signal.map((value) => world.signal * value);
  const truth = known.map(
    (value, i) => value + world.own * columns.reduce((sum, column) => sum + column[i], 0) + 0.5 * noise[i],
  );
  const lines = new Map(ids.map((id, i) => [id as string, columns[i]]));
  const table = tableFromColumns({
    ...{ signal, ...Object.fromEntries(lines) },
    ...(groups ? { group: Array.from(truth, (_, i) => `g${i % rows}`) } : {}),
    y: classes ? Array.from(truth, (value) => (value > 0 ? "yes" : "no")) : truth,
  });
  const data = { table, schema: inferSchema(table, { target: "y" }) };
  const usual = { seeds: world.seeds, lrs: [0.003, 0.01, 0.03], epochs: 20, ...(groups ? { group: "group" } : {}) };
  const plan = planStudy(data, { ...usual, ...options });
  const { validation, test, group } = plan.settings;
  const shares = { validation, test, ...(group === undefined ? {} : { group }) };
  const splits = new Map(plan.seeds.map((seed) => [seed, splitRows(table, data.schema, { ...shares, seed })]));
  const found = new Map<string, Found>();
  const errorsOf = (id: string, seed: number, part: number): Found => {
    const key = `${id} ${seed} ${part}`;
    const old = found.get(key);
    if (old !== undefined) return old;
    const split = splits.get(seed);
    if (split === undefined) throw new Error(`no split of seed ${seed}`);
    const train = split.train.subarray(0, Math.round(part * split.train.length));
    const line = lines.get(id);
    const left = (row: number) => truth[row] - (line === undefined ? 0 : known[row]);
    const predict = line === undefined ? constantOf(left, train) : lineOf(left, line, train);
    const errorOf = (row: number) => {
      const error = left(row) - predict(row);
      return classes ? Number(truth[row] > 0 !== truth[row] - error > 0) : Math.abs(error);
    };
    const parts = [split.train, split.validation, split.test];
    const errors = parts.map((part) => part.reduce((sum, row) => sum + errorOf(row), 0) / part.length);
    const by = (times: number) =>
      errors.map((error, i) => {
        if (!classes) return error * times;
        const wrong = Math.round(error * times * parts[i].length);
        return Math.min(wrong, parts[i].length) / parts[i].length;
      });
    const result = Object.assign(errors, { by }) as unknown as Found;
    found.set(key, result);
    return result;
  };
  return { plan, errorsOf };
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
