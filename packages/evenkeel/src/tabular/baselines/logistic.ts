import { exp, log, log1p } from "../../core/math/portableMath.ts";
import { lbfgs } from "./lbfgs.ts";

interface LogisticModel {
  /**
   * [outputs, width + 1]: the weights of the inputs, then the intercept. One output for 2 classes,
   * else one per class.
   */
  readonly weights: Float64Array;
  readonly iterations: number;
  /** Whether no element of the gradient is above the tolerance. */
  readonly converged: boolean;
}

/**
 * Logistic regression, multinomial for more than two classes: minimises the mean of
 * -log(probability of the class) + lambda / 2 |w|^2, intercepts free, by L-BFGS in double until no
 * element of the gradient is above `tolerance`.
 * @param x [n, width], row by row; standardise its columns
 * @param labels positions of classes
 * @param options start: weights to begin from (zeros); tolerance (1e-6)
 */
export function logistic(
  x: Float64Array,
  labels: ArrayLike<number>,
  width: number,
  classes: number,
  lambda: number,
  options: { readonly start?: Float64Array | undefined; readonly tolerance?: number | undefined } = {},
): LogisticModel {
  const outputs = classes === 2 ? 1 : classes;
  const stride = width + 1;
  const scores = new Float64Array(outputs);
  const value = (weights: Float64Array, gradient: Float64Array) => {
    gradient.fill(0);
    let loss = 0;
    for (let i = 0; i < labels.length; i++) {
      for (let k = 0; k < outputs; k++) scores[k] = scoreOf(x, i * width, weights, k * stride, width);
      loss += outputs === 1 ? twoClasses(scores, labels[i]) : manyClasses(scores, labels[i]);
      // scores now holds the derivative of this row's loss.
      for (let k = 0; k < outputs; k++) {
        const slope = scores[k];
        const at = k * stride;
        for (let j = 0; j < width; j++) gradient[at + j] += slope * x[i * width + j];
        gradient[at + width] += slope;
      }
    }
    const n = labels.length;
    loss /= n;
    for (let k = 0; k < outputs; k++) {
      for (let j = 0; j <= width; j++) {
        const at = k * stride + j;
        gradient[at] /= n;
        if (j === width) continue;
        loss += (lambda / 2) * weights[at] * weights[at];
        gradient[at] += lambda * weights[at];
      }
    }
    return loss;
  };
  const { start = new Float64Array(outputs * stride), tolerance = 1e-6 } = options;
  const { at, iterations, converged } = lbfgs(value, start, { tolerance, maxIterations: 500 });
  return { weights: at, iterations, converged };
}

function scoreOf(x: Float64Array, row: number, weights: Float64Array, at: number, width: number): number {
  let sum = weights[at + width];
  for (let j = 0; j < width; j++) sum += weights[at + j] * x[row + j];
  return sum;
}

/**
 * The loss of a row, -log of the probability of its class; its derivative is written over the
 * score.
 */
function twoClasses(scores: Float64Array, label: number): number {
  const signed = label === 1 ? scores[0] : -scores[0];
  const away = exp(-Math.abs(signed));
  const wrong = signed >= 0 ? away / (1 + away) : 1 / (1 + away);
  scores[0] = label === 1 ? -wrong : wrong;
  return Math.max(0, -signed) + log1p(away);
}

function manyClasses(scores: Float64Array, label: number): number {
  let top = scores[0];
  for (let k = 1; k < scores.length; k++) if (scores[k] > top) top = scores[k];
  let sum = 0;
  const mine = scores[label] - top;
  for (let k = 0; k < scores.length; k++) {
    scores[k] = exp(scores[k] - top);
    sum += scores[k];
  }
  for (let k = 0; k < scores.length; k++) scores[k] /= sum;
  scores[label] -= 1;
  return log(sum) - mine;
}
