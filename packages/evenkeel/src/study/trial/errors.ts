import { type Predictions, type Preprocessing, type Schema, scoresOf } from "../../tabular/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Errors } from "./trialResult.ts";

/**
 * The errors of a network's output, in the target's own unit. `truth` comes from
 * `Preprocessing.truth`.
 */
export function errorsOf(preprocessing: Preprocessing, output: Tensor, truth: Float64Array): Errors {
  return errorsOfPredictions(preprocessing.task, preprocessing.decode(output), truth);
}

/**
 * The errors of a constant: the mean of the training rows or, for classes, their shares among these
 * rows.
 */
export function constantErrors({ task, classes }: Schema, train: Float64Array, truth: Float64Array): Errors {
  const rows = truth.length;
  if (task === "regression" || classes === undefined) {
    const mean = train.reduce((sum, value) => sum + value, 0) / train.length;
    return errorsOfPredictions(task, { values: new Float64Array(rows).fill(mean) }, truth);
  }
  const shares = new Float64Array(classes.length);
  for (const position of train) shares[position] += 1 / train.length;
  const probabilities = new Float64Array(rows * classes.length);
  for (let row = 0; row < rows; row++) probabilities.set(shares, row * classes.length);
  const commonest = classes[shares.indexOf(Math.max(...shares))];
  return errorsOfPredictions(task, { classes: new Array(rows).fill(commonest), probabilities }, truth);
}

function errorsOfPredictions(task: Schema["task"], predictions: Predictions, truth: Float64Array): Errors {
  const { mae, rmse, accuracy, logLoss } = scoresOf(task, predictions, truth);
  if (task === "regression") return { mae, rmse };
  // A whole number of rows is wrong; 1 - accuracy would differ from it by rounding.
  return { errorRate: Math.round((1 - accuracy) * truth.length) / truth.length, logLoss };
}

export function areFinite(...all: readonly Errors[]): boolean {
  return all.every((errors) => Object.values(errors).every(Number.isFinite));
}
