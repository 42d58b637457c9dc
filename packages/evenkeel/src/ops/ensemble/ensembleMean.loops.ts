import type { NdArray } from "../../core/index.ts";
import { exp, log } from "../../core/math/portableMath.ts";

/** What is averaged over the members of an ensemble, by what their outputs mean. */
export type EnsembleMeanOf = "values" | "sigmoid" | "softmax";

/**
 * The mean over the members, [N, k, outputs] -> [N, outputs], in double: of the values themselves,
 * or of the probabilities that they are logits of. These become logits again, and nothing over- or
 * underflows on the way: sums of probabilities are sums of exponentials under a logarithm.
 */
export function meanOfMembers(of: EnsembleMeanOf, x: NdArray, y: NdArray): void {
  const [rows, k, outputs] = x.shape;
  const terms = new Float64Array(k);
  const scales = new Float64Array(of === "softmax" ? k : 0);
  for (let row = 0; row < rows; row++) {
    const start = row * k * outputs;
    for (let j = 0; j < scales.length; j++) {
      scales[j] = logSumExp(x.data, start + j * outputs, outputs);
    }
    for (let c = 0; c < outputs; c++) {
      /** Fills `terms` and gives the logarithm of the sum of their exponentials. */
      const over = (term: (logit: number, member: number) => number): number => {
        for (let j = 0; j < k; j++) terms[j] = term(x.data[start + j * outputs + c], j);
        return logSumExp(terms, 0, k);
      };
      const at = row * outputs + c;
      if (of === "softmax") y.data[at] = over((logit, j) => logit - scales[j]) - log(k);
      else if (of === "sigmoid") y.data[at] = over(logSigmoid) - over((logit) => logSigmoid(-logit));
      else {
        let sum = 0;
        for (let j = 0; j < k; j++) sum += x.data[start + j * outputs + c];
        y.data[at] = sum / k;
      }
    }
  }
}

function logSumExp(values: ArrayLike<number>, start: number, count: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = start; i < start + count; i++) most = Math.max(most, values[i]);
  // An infinite maximum is not subtracted, because its difference from itself would be NaN.
  if (Math.abs(most) === Number.POSITIVE_INFINITY) most = 0;
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += exp(values[i] - most);
  return most + log(sum);
}

/** What the logarithm loses of a small exponential is far below the term in front, or the other sum. */
const logSigmoid = (x: number): number => Math.min(x, 0) - log(1 + exp(-Math.abs(x)));
