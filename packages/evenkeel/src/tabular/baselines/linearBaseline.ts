import { Generator as RandomGenerator, randperm, type Seed } from "../../random/index.ts";
import type { Preprocessing } from "../encoding/preprocessing.ts";
import { meanOf } from "../encoding/scaling/statistics.ts";
import { scoresOf } from "../scores/scores.ts";
import type { Split } from "../table/split.ts";
import type { Table } from "../table/table.ts";
import { type FittedBaseline, type Fitting, linearOutputs, scored } from "./baseline.ts";
import { LinearInputs, linearWidth } from "./linearInputs.ts";
import { logistic } from "./logistic.ts";
import { gramOf, solveRidge } from "./ridge.ts";

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
export function* fitLinear(
  table: Table,
  preprocessing: Preprocessing,
  split: Split,
  from: Int32Array,
  seed: Seed,
  lambda?: number,
): Fitting<FittedBaseline[]> {
  const { task } = preprocessing;
  const name = task === "regression" ? "ridge" : "logistic";
  const width = linearWidth(preprocessing);
  if (width > mostInputs) return [];
  const limit = Math.min(mostRows, Math.floor(mostNumbers / (width * preprocessing.outputs)));
  const rows = sample(from, limit, seed);
  const inputs = new LinearInputs(table, preprocessing, rows);
  const x = inputs.of(table, rows);
  const models = task === "regression" ? fitRidges : fitLogistics;
  const outputsWith = ({ weights }: Fitted) => linearOutputs(table, inputs, weights, preprocessing.outputs);
  let best: { fitted: Fitted; error: number } | undefined;
  const known = task === "regression" ? ridgeLambdas : logisticLambdas;
  const choose =
    lambda === undefined && split.validation.length > 0 ? sample(split.validation, mostRows, seed) : undefined;
  const lambdas = choose === undefined ? [lambda ?? usualLambda] : known;
  const truth = choose && preprocessing.truth(table, choose);
  const loss = task === "regression" ? "rmse" : "logLoss";
  for (const fitted of models(table, preprocessing, rows, x, inputs.width, lambdas)) {
    const { of, decode } = outputsWith(fitted);
    const error = choose && truth ? scoresOf(task, decode(of(choose)), truth, [loss])[loss] : 0;
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
      ...scored(table, preprocessing, split, outputsWith(best.fitted)),
      predictor: { kind: "linear", weights: best.fitted.weights, rows },
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

function sample(rows: Int32Array, limit: number, seed: Seed): Int32Array {
  if (rows.length <= limit) return rows;
  const chosen = randperm(rows.length, new RandomGenerator(seed)).subarray(0, limit).sort();
  return chosen.map((i) => rows[i]);
}
