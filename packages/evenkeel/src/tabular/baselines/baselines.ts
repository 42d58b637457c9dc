import { checkOptions, refuse, wrongType } from "../../core/index.ts";
import { Generator as RandomGenerator, randperm, type Seed } from "../../random/index.ts";
import { Tensor } from "../../tensor/index.ts";
import { Storage } from "../../tensor/storage.ts";
import { finish } from "../boosting/boosting.ts";
import { fittingTrees } from "../boosting/fitTrees.ts";
import { outputInBins } from "../boosting/outputInBins.ts";
import type { Predictions } from "../encoding/decode.ts";
import type { Preprocessing } from "../encoding/preprocessing.ts";
import { meanOf, quantilesOf } from "../encoding/scaling/statistics.ts";
import { checkRows, checkStructure } from "../schema/columns.ts";
import { scoresOf, type TableScores } from "../scores/scores.ts";
import { joinedRows, type Split } from "../table/split.ts";
import type { Table } from "../table/table.ts";
import { LinearInputs, linearWidth } from "./linearInputs.ts";
import { logistic } from "./logistic.ts";
import { gramOf, solveRidge } from "./ridge.ts";

/** A model that a network must beat to be worth its trouble. */
export interface Baseline {
  readonly name: "mean" | "median" | "ridge" | "commonest class" | "logistic" | "trees";
  /** On each part of the split that has rows. */
  readonly scores: { readonly train: TableScores; readonly validation?: TableScores; readonly test?: TableScores };
  /** What it predicts for rows of the table: after a refit, that of the refit. */
  readonly predict: (rows: Int32Array) => Predictions;
  /** How many rows it was fitted on. */
  readonly rows: number;
  /** The strength of the penalty, chosen on the validation rows. */
  readonly lambda?: number;
  /** What there is to know about it, in words for a person. */
  readonly note?: string;
}

/** After a step of the fit of a baseline: a penalty was tried, or a round of trees was grown. */
export interface BaselineStep {
  readonly name: Baseline["name"];
  /** From 1. */
  readonly step: number;
  /** How many there are at most. */
  readonly steps: number;
}

/** A fit that stops after each step; once it is told `true`, it leaves the boosted trees out. */
type Fitting<R> = Generator<BaselineStep, R, boolean | undefined>;

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
 * Rows that linear models are fitted on at most; fewer where there are many inputs, so that they
 * take seconds.
 */
const mostRows = 100_000;
const mostNumbers = 2_000_000;
/** With more inputs than this, linear models are left out. */
const mostInputs = 300;

// From strong to weak, until the validation rows are worse off.
const ridgeLambdas = [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6];
const logisticLambdas = [1e-1, 1e-2, 1e-3, 1e-4]; // each begun where the one before ended
/** Where there are no validation rows to choose by. */
const usualLambda = 1e-3;

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
  checkStructure("baselines", table);
  checkOptions("baselines", options, ["seed", "refit", "trees"]);
  const { seed = 0, refit = false, trees = true } = options;
  if (typeof refit !== "boolean") throw wrongType("baselines", { option: "refit" }, refit, "true or false");
  if (typeof trees !== "boolean") throw wrongType("baselines", { option: "trees" }, trees, "true or false");
  for (const rows of [split.train, split.validation, split.test]) checkRows("baselines", table, rows);
  if (split.train.length === 0) throw refuse("wrong-value", "baselines", "there are no training rows");
  const constant = preprocessing.task === "regression" ? constantNumbers : constantClasses;
  let withTrees = trees;
  function* fitted(rows: Int32Array, lambda?: number): Fitting<Baseline[]> {
    const linear = fitLinear(table, preprocessing, split, rows, seed, lambda);
    const found = [...constant(table, preprocessing, split, rows), ...(yield* toldToEnd(linear))];
    return withTrees ? [...found, ...(yield* toldToEnd(boosted(table, preprocessing, split, rows, seed)))] : found;
  }
  function* toldToEnd(steps: Fitting<Baseline[]>): Fitting<Baseline[]> {
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

type Predict = Baseline["predict"];

/** How a baseline predicts, and its scores on each part of the split that has rows. */
function scored(
  table: Table,
  preprocessing: Preprocessing,
  split: Split,
  predict: Predict,
): Pick<Baseline, "predict" | "scores"> {
  const on = (rows: Int32Array) => scoresOf(preprocessing.task, predict(rows), preprocessing.truth(table, rows));
  const scores = {
    train: on(split.train),
    ...(split.validation.length > 0 ? { validation: on(split.validation) } : {}),
    ...(split.test.length > 0 ? { test: on(split.test) } : {}),
  };
  return { predict, scores };
}

function constantNumbers(table: Table, preprocessing: Preprocessing, split: Split, rows: Int32Array): Baseline[] {
  const truth = preprocessing.truth(table, rows);
  const always = (name: "mean" | "median", value: number): Baseline => ({
    name,
    ...scored(table, preprocessing, split, (rows) => ({ values: new Float64Array(rows.length).fill(value) })),
    rows: truth.length,
  });
  return [always("mean", meanOf(truth)), always("median", quantilesOf(truth.slice(), [0.5])[0])];
}

function constantClasses(table: Table, preprocessing: Preprocessing, split: Split, rows: Int32Array): Baseline[] {
  const { classes = [] } = preprocessing;
  const truth = preprocessing.truth(table, rows);
  const shares = new Float64Array(classes.length);
  for (let i = 0; i < truth.length; i++) shares[truth[i]] += 1 / truth.length;
  const commonest = classes[shares.indexOf(Math.max(...shares))];
  const predict: Predict = (rows) => {
    const probabilities = new Float64Array(rows.length * classes.length);
    for (let i = 0; i < rows.length; i++) probabilities.set(shares, i * classes.length);
    return { classes: new Array<string>(rows.length).fill(commonest), probabilities };
  };
  return [{ name: "commonest class", ...scored(table, preprocessing, split, predict), rows: truth.length }];
}

/** Boosted trees of the columns that the preprocessing reads, as it reads them; none if it is told to end. */
function* boosted(
  table: Table,
  preprocessing: Preprocessing,
  split: Split,
  rows: Int32Array,
  seed: Seed,
): Fitting<Baseline[]> {
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
  let tested: Float64Array | undefined;
  const outputFor = (asked: Int32Array): Float64Array => {
    // What they say of the rows that they were fitted on is known. Intervals ask for the test rows again.
    if (asked === rows) return fitted;
    if (asked !== split.test) return outputInBins(trees, own.encode(table, asked));
    tested ??= outputInBins(trees, own.encode(table, asked));
    return tested;
  };
  // Decoding makes new arrays: what a caller does with them changes no other call's.
  const predict: Predict = (asked) =>
    own.decode({ shape: [asked.length, own.outputs], dtype: "float64", data: outputFor(asked) });
  const note = heldBackLoss.length > 0 ? `ended early, after ${trees.iterations} rounds` : undefined;
  return [
    {
      name: "trees",
      ...scored(table, preprocessing, split, predict),
      rows: rows.length,
      ...(note && { note }),
    },
  ];
}

/** [outputs, width + 1]: the weights of a linear model, intercepts last. */
interface Fitted {
  readonly weights: Float64Array;
  readonly lambda: number;
  readonly converged: boolean;
}

/**
 * A linear model, or none where there are too many inputs.
 * @param from the rows to fit it on
 * @param lambda the penalty; chosen on the validation rows by default
 */
function* fitLinear(
  table: Table,
  preprocessing: Preprocessing,
  split: Split,
  from: Int32Array,
  seed: Seed,
  lambda?: number,
): Fitting<Baseline[]> {
  const { task } = preprocessing;
  const name = task === "regression" ? "ridge" : "logistic";
  const width = linearWidth(preprocessing);
  if (width > mostInputs) return [];
  const limit = Math.min(mostRows, Math.floor(mostNumbers / (width * preprocessing.outputs)));
  const rows = sample(from, limit, seed);
  const inputs = new LinearInputs(table, preprocessing, rows);
  const x = inputs.of(table, rows);
  const models = task === "regression" ? fitRidges : fitLogistics;
  const predictWith =
    ({ weights }: Fitted): Predict =>
    (rows) =>
      inputs.preprocessing.decode(linearOutputs(table, inputs, weights, preprocessing.outputs, rows));
  let best: { fitted: Fitted; error: number } | undefined;
  const known = task === "regression" ? ridgeLambdas : logisticLambdas;
  const choose =
    lambda === undefined && split.validation.length > 0 ? sample(split.validation, mostRows, seed) : undefined;
  const lambdas = choose === undefined ? [lambda ?? usualLambda] : known;
  const truth = choose && preprocessing.truth(table, choose);
  const loss = task === "regression" ? "rmse" : "logLoss";
  for (const fitted of models(table, preprocessing, rows, x, inputs.width, lambdas)) {
    const error = choose && truth ? scoresOf(task, predictWith(fitted)(choose), truth, [loss])[loss] : 0;
    if (best !== undefined && error >= best.error) break;
    best = { fitted, error };
    yield { name, step: lambdas.indexOf(fitted.lambda) + 1, steps: lambdas.length };
  }
  if (best === undefined) return [];
  const notes = [
    ...(rows.length < from.length ? [`fitted on ${rows.length} of ${from.length} training rows`] : []),
    ...(inputs.cut.length > 0 ? [`of ${inputs.cut.join(", ")} only the commonest categories are used`] : []),
    ...(best.fitted.converged ? [] : ["it has not quite converged"]),
  ];
  return [
    {
      name,
      ...scored(table, preprocessing, split, predictWith(best.fitted)),
      rows: rows.length,
      lambda: best.fitted.lambda,
      ...(notes.length > 0 ? { note: notes.join("; ") } : {}),
    },
  ];
}

function* fitRidges(
  table: Table,
  preprocessing: Preprocessing,
  rows: Int32Array,
  x: Float64Array,
  width: number,
  lambdas: readonly number[],
): Iterable<Fitted> {
  const y = new Float64Array(preprocessing.targets(table, rows).data);
  const mean = meanOf(y);
  for (let i = 0; i < y.length; i++) y[i] -= mean;
  const gram = gramOf(x, y, width);
  for (const lambda of lambdas) {
    const weights = new Float64Array(width + 1);
    weights.set(solveRidge(gram, lambda));
    weights[width] = mean;
    yield { weights, lambda, converged: true };
  }
}

function* fitLogistics(
  table: Table,
  preprocessing: Preprocessing,
  rows: Int32Array,
  x: Float64Array,
  width: number,
  lambdas: readonly number[],
): Iterable<Fitted> {
  const labels = preprocessing.truth(table, rows);
  const classes = Math.max(2, preprocessing.outputs);
  let start: Float64Array | undefined;
  for (const lambda of lambdas) {
    const { weights, converged } = logistic(x, labels, width, classes, lambda, { start, tolerance: 1e-5 });
    start = weights;
    yield { weights, lambda, converged };
  }
}

/**
 * The outputs of a linear model, [rows, outputs] float64; in parts, so that millions of rows need
 * little memory.
 */
function linearOutputs(
  table: Table,
  inputs: LinearInputs,
  weights: Float64Array,
  outputs: number,
  rows: Int32Array,
): Tensor {
  const out = new Float64Array(rows.length * outputs);
  for (let from = 0; from < rows.length; from += 50_000) {
    out.set(inputs.outputs(table, rows.subarray(from, from + 50_000), weights, outputs), from * outputs);
  }
  return new Tensor(new Storage(out), [rows.length, outputs], "float64");
}

function sample(rows: Int32Array, limit: number, seed: Seed): Int32Array {
  if (rows.length <= limit) return rows;
  const chosen = randperm(rows.length, new RandomGenerator(seed)).subarray(0, limit).sort();
  return chosen.map((i) => rows[i]);
}
