import type { NdArray } from "../../core/index.ts";
import { forEachLine } from "./trailing.ts";

/**
 * y = (x - mean) / sqrt(variance + eps) * weight + bias, every example by its own mean and (biased)
 * variance, from x, weight and bias; outputs y, mean and variance.
 */
export function normalizeLines(inputs: readonly NdArray[], outputs: readonly NdArray[], eps: number): void {
  const [x, weight, bias] = inputs;
  const [y, mean, variance] = outputs;
  const length = weight.data.length;
  forEachLine(x, length, (line, start) => {
    let [total, squares] = [0, 0];
    for (let i = 0; i < length; i++) total += x.data[start + i];
    const centre = total / length;
    for (let i = 0; i < length; i++) squares += (x.data[start + i] - centre) ** 2;
    mean.data[line] = centre;
    variance.data[line] = squares / length;
    const invstd = 1 / Math.sqrt(squares / length + eps);
    for (let i = 0; i < length; i++) {
      y.data[start + i] = (x.data[start + i] - centre) * invstd * weight.data[i] + bias.data[i];
    }
  });
}
