import { exp, log, log1p } from "../../../core/math/portableMath.ts";
import type { Task } from "../../schema/schema.ts";

/**
 * What boosting makes small, with first and second derivatives by the raw outputs: half of the
 * squared error, and the log loss of two or more classes. As in scikit-learn 1.2 (sklearn/_loss),
 * derivatives are kept in float32 and raw outputs in float64.
 */
export interface BoostingLoss {
  /** How many raw outputs a row has, each with trees of its own. */
  readonly outputs: number;
  /** Whether all second derivatives are 1. */
  readonly constantHessian: boolean;
  /** The best raw outputs that are the same for all rows. */
  start(truth: Float64Array): Float64Array;
  /** Writes the derivatives of every row, [outputs][rows]. */
  derive(
    truth: Float64Array,
    raw: readonly Float64Array[],
    gradients: readonly Float32Array[],
    hessians: readonly Float32Array[],
  ): void;
  /** The mean over the rows. */
  mean(truth: Float64Array, raw: readonly Float64Array[]): number;
}

/** @param classes the number of classes, for the log loss */
export function lossOf(task: Task, classes: number): BoostingLoss {
  if (task === "regression") return squaredError;
  return task === "binary" ? binaryLogLoss : multiclassLogLoss(classes);
}

const epsilon = 2 ** -52;

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

const squaredError: BoostingLoss = {
  outputs: 1,
  constantHessian: true,
  start: (truth) => Float64Array.of(meanOf(truth)),
  derive(truth, [raw], [gradient]) {
    for (let i = 0; i < truth.length; i++) gradient[i] = raw[i] - truth[i];
  },
  mean(truth, [raw]) {
    let sum = 0;
    for (let i = 0; i < truth.length; i++) sum += 0.5 * (raw[i] - truth[i]) * (raw[i] - truth[i]);
    return sum / truth.length;
  },
};

const binaryLogLoss: BoostingLoss = {
  outputs: 1,
  constantHessian: false,
  start(truth) {
    const mean = Math.min(Math.max(meanOf(truth), 10 * epsilon), 1 - 10 * epsilon);
    return Float64Array.of(log(mean / (1 - mean)));
  },
  derive(truth, [raw], [gradient], [hessian]) {
    for (let i = 0; i < truth.length; i++) {
      const power = exp(-raw[i]);
      const sum = 1 + power;
      gradient[i] = (1 - truth[i] - truth[i] * power) / sum;
      // Behind e^-745 the quotient would be Infinity / Infinity, and the derivative is 0.
      hessian[i] = power < Number.MAX_VALUE ? power / (sum * sum) : 0;
    }
  },
  mean(truth, [raw]) {
    let total = 0;
    for (let i = 0; i < truth.length; i++) {
      total += Math.max(raw[i], 0) + log1p(exp(-Math.abs(raw[i]))) - truth[i] * raw[i];
    }
    return total / truth.length;
  },
};

function multiclassLogLoss(classes: number): BoostingLoss {
  const powers = new Float64Array(classes);
  /** Fills `powers` with e^(raw - the largest raw) of a row, and returns their sum. */
  const fill = (raw: readonly Float64Array[], row: number): number => {
    let most = raw[0][row];
    for (let k = 1; k < classes; k++) most = Math.max(most, raw[k][row]);
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      powers[k] = exp(raw[k][row] - most);
      sum += powers[k];
    }
    return sum;
  };
  return {
    outputs: classes,
    constantHessian: false,
    start(truth) {
      const shares = new Float64Array(classes);
      for (let i = 0; i < truth.length; i++) shares[truth[i]]++;
      const logs = shares.map((count) => log(Math.min(Math.max(count / truth.length, epsilon), 1 - epsilon)));
      const mean = meanOf(logs);
      return logs.map((value) => value - mean);
    },
    derive(truth, raw, gradients, hessians) {
      for (let i = 0; i < truth.length; i++) {
        const sum = fill(raw, i);
        for (let k = 0; k < classes; k++) {
          const probability = powers[k] / sum;
          gradients[k][i] = truth[i] === k ? probability - 1 : probability;
          hessians[k][i] = probability * (1 - probability);
        }
      }
    },
    mean(truth, raw) {
      let total = 0;
      for (let i = 0; i < truth.length; i++) {
        const sum = fill(raw, i);
        // -log of the true class's share, from its power: exact where the power has not vanished.
        let most = raw[0][i];
        for (let k = 1; k < classes; k++) most = Math.max(most, raw[k][i]);
        total += log(sum) + most - raw[truth[i]][i];
      }
      return total / truth.length;
    },
  };
}
