import { checkOptions, refuse, wrongType } from "../../core/index.ts";
import type { Seed } from "../../random/index.ts";
import { finish } from "../boosting/boosting.ts";
import { fittingTrees } from "../boosting/fitTrees.ts";
import type { Preprocessing } from "../encoding/preprocessing.ts";
import { meanOf, quantilesOf } from "../encoding/scaling/statistics.ts";
import { checkRows, checkStructure } from "../schema/columns.ts";
import { joinedRows, type Split } from "../table/split.ts";
import type { Table } from "../table/table.ts";
import {
  type Baseline,
  baselineOf,
  constantOutputs,
  type FittedBaseline,
  type Fitting,
  scored,
  treeOutputs,
} from "./baseline.ts";
import { fitLinear } from "./linearBaseline.ts";

export interface BaselineOptions {
  /** Of the choice of rows (0). */
  readonly seed?: Seed | undefined;
  /**
   * Fit them once more on training and validation rows, as a network is that is refit, and score
   * that on the training and the test rows; the validation scores stay those of the first fit
   * (false).
   */
  readonly refit?: boolean | undefined;
  /** Whether boosted trees are among them, which take the longest (true). */
  readonly trees?: boolean | undefined;
}

/**
 * Simple models on the same rows and the same inputs as a network. For numbers: the mean and the
 * median of the training rows, and ridge regression of the transformed target. For classes: the
 * commonest class, with the shares of the classes as probabilities, and logistic regression. Linear
 * models see columns of mean 0 and deviation 1, unsquashed and without bins, and of an embedded
 * column its 30 commonest categories; what they predict is not clamped. The penalty is the one that is best on
 * the validation rows. They are fitted on 100,000 random training rows where there are more, fewer
 * if inputs times outputs are more than 20 (`rows` says how many), and left out above 300 inputs.
 * Last are boosted trees, fitted with the defaults of scikit-learn's HistGradientBoosting on all
 * training rows, from the columns as they are.
 * @throws TypeError or RangeError for an option that is unknown or does not fit
 * @throws RangeError if there are no training rows, or a value cannot be encoded
 */
export function baselines(
  table: Table,
  preprocessing: Preprocessing,
  split: Split,
  options: BaselineOptions = {},
): Baseline[] {
  return finish(fittingBaselines(table, preprocessing, split, options));
}

/**
 * {@link baselines}, which stops after each step. Once it is told `true`, it leaves the boosted trees
 * out: a few rounds of them would be an easy opponent.
 */
export function* fittingBaselines(
  table: Table,
  preprocessing: Preprocessing,
  split: Split,
  options: BaselineOptions = {},
): Fitting<Baseline[]> {
  const fitted = yield* fittingAsData(table, preprocessing, split, options);
  return fitted.map((baseline) => baselineOf(table, preprocessing, split, baseline));
}

/** {@link fittingBaselines}, of which a thread can hand the result to another. */
export function* fittingAsData(
  table: Table,
  preprocessing: Preprocessing,
  split: Split,
  options: BaselineOptions,
): Fitting<FittedBaseline[]> {
  checkStructure("baselines", table);
  checkOptions("baselines", options, ["seed", "refit", "trees"]);
  const { seed = 0, refit = false, trees = true } = options;
  if (typeof refit !== "boolean") throw wrongType("baselines", { option: "refit" }, refit, "true or false");
  if (typeof trees !== "boolean") throw wrongType("baselines", { option: "trees" }, trees, "true or false");
  for (const rows of [split.train, split.validation, split.test]) checkRows("baselines", table, rows);
  if (split.train.length === 0) throw refuse("wrong-value", "baselines", "there are no training rows");
  const constant = preprocessing.task === "regression" ? constantNumbers : constantClasses;
  let withTrees = trees;
  function* fitted(rows: Int32Array, lambda?: number): Fitting<FittedBaseline[]> {
    const linear = fitLinear(table, preprocessing, split, rows, seed, lambda);
    const found = [...constant(table, preprocessing, split, rows), ...(yield* toldToEnd(linear))];
    return withTrees ? [...found, ...(yield* toldToEnd(boosted(table, preprocessing, split, rows, seed)))] : found;
  }
  function* toldToEnd(steps: Fitting<FittedBaseline[]>): Fitting<FittedBaseline[]> {
    for (let step = steps.next(); ; ) {
      if (step.done) return step.value;
      const isToEnd = yield step.value;
      if (isToEnd === true) withTrees = false;
      step = steps.next(isToEnd);
    }
  }
  const once = yield* fitted(split.train);
  if (!refit || split.validation.length === 0) return once;
  const again = yield* fitted(
    joinedRows(split.train, split.validation),
    once.find(({ lambda }) => lambda !== undefined)?.lambda,
  );
  return again.map((baseline, i) => {
    const { validation } = once[i].scores;
    return { ...baseline, scores: { ...baseline.scores, ...(validation && { validation }) } };
  });
}

function constantNumbers(table: Table, preprocessing: Preprocessing, split: Split, rows: Int32Array): FittedBaseline[] {
  const truth = preprocessing.truth(table, rows);
  const always = (name: "mean" | "median", value: number) =>
    constant(name, { kind: "number", value }, table, preprocessing, split, rows);
  return [always("mean", meanOf(truth)), always("median", quantilesOf(truth.slice(), [0.5])[0])];
}

function constantClasses(table: Table, preprocessing: Preprocessing, split: Split, rows: Int32Array): FittedBaseline[] {
  const truth = preprocessing.truth(table, rows);
  const shares = new Float64Array(preprocessing.classes?.length ?? 0);
  for (let i = 0; i < truth.length; i++) shares[truth[i]] += 1 / truth.length;
  return [constant("commonest class", { kind: "shares", shares }, table, preprocessing, split, rows)];
}

function constant(
  name: Baseline["name"],
  predictor: Parameters<typeof constantOutputs>[1],
  table: Table,
  preprocessing: Preprocessing,
  split: Split,
  { length }: Int32Array,
): FittedBaseline {
  const { scores } = scored(table, preprocessing, split, constantOutputs(preprocessing, predictor));
  return { name, scores, predictor, rows: length };
}

/** Boosted trees of the columns that the preprocessing reads, as it reads them; none if it is told to end. */
function* boosted(
  table: Table,
  preprocessing: Preprocessing,
  split: Split,
  rows: Int32Array,
  seed: Seed,
): Fitting<FittedBaseline[]> {
  const { inputs, target, nulls } = preprocessing.toJSON();
  const columns = inputs.map((encoding) => ({
    name: encoding.column,
    ...encoding,
    ...(encoding.kind === "category" && { notNull: encoding.categories }),
  }));
  const growing = fittingTrees(table, columns, target, nulls, rows, {}, seed);
  let grown = growing.next();
  for (; !grown.done; grown = growing.next()) {
    const { iteration: step, iterations: steps } = grown.value;
    if ((yield { name: "trees", step, steps }) === true) return [];
  }
  const { preprocessing: own, trees, fitted, heldBackLoss } = grown.value;
  const { of, decode } = treeOutputs(table, own, trees);
  const note = heldBackLoss.length > 0 ? `ended early, after ${trees.iterations} rounds` : undefined;
  return [
    {
      name: "trees",
      ...scored(table, preprocessing, split, { of, decode }, rows === split.train ? fitted : undefined),
      predictor: { kind: "trees", preprocessing: own.toJSON(), size: trees.size, state: trees.state },
      rows: rows.length,
      ...(note && { note }),
    },
  ];
}
