import type { Preprocessing, Task } from "../tabular/index.ts";
import type { Tensor } from "../tensor/index.ts";
import type { Errors } from "./trialResult.ts";

/** A probability of 0 for what happened would cost infinitely much; it counts as this. */
const leastProbability = 1e-15;

/** Errors of a network's output, numbers in the target's own unit. `truth` as `Preprocessing.truth` gives it. */
export function errorsOf(preprocessing: Preprocessing, output: Tensor, truth: Float64Array): Errors {
  const { values, probabilities } = preprocessing.decode(output);
  return probabilities === undefined ? numberErrors((row) => values[row], truth) : classErrors(probabilities, truth);
}

/** Errors of the mean of the training rows, or of their classes' shares. */
export function constantErrors(task: Task, train: Float64Array, truth: Float64Array, classes: number): Errors {
  if (task === "regression") {
    const mean = train.reduce((sum, value) => sum + value, 0) / train.length;
    return numberErrors(() => mean, truth);
  }
  const shares = new Float64Array(classes);
  for (const position of train) shares[position] += 1 / train.length;
  const everywhere = new Float64Array(truth.length * classes);
  for (let row = 0; row < truth.length; row++) everywhere.set(shares, row * classes);
  return classErrors(everywhere, truth);
}

function numberErrors(valueAt: (row: number) => number, truth: Float64Array): Errors {
  let [absolute, squared] = [0, 0];
  for (let row = 0; row < truth.length; row++) {
    const error = valueAt(row) - truth[row];
    absolute += Math.abs(error);
    squared += error * error;
  }
  return { mae: absolute / truth.length, rmse: Math.sqrt(squared / truth.length) };
}

/** @param probabilities [rows, classes] */
function classErrors(probabilities: Float64Array, truth: Float64Array): Errors {
  const classes = probabilities.length / truth.length;
  let [wrong, loss] = [0, 0];
  for (let row = 0; row < truth.length; row++) {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[row * classes + k] > probabilities[row * classes + best]) best = k;
    }
    const right = probabilities[row * classes + truth[row]];
    if (best !== truth[row]) wrong++;
    loss -= Math.log(right < leastProbability ? leastProbability : right);
  }
  return { errorRate: wrong / truth.length, logLoss: loss / truth.length };
}

export function areFinite(...all: readonly Errors[]): boolean {
  return all.every((errors) => Object.values(errors).every(Number.isFinite));
}
