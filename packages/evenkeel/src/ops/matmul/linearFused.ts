import { defineOp, type NdArray, unfused, type Value } from "../../core/index.ts";
import { relu } from "../elementwise/activation.ts";
import { type BatchNormAttrs, batchNormEval } from "../normalize/normalize.ts";
import { linear, type MatmulAttrs, matmul } from "./matmul.ts";

/**
 * Products with what follows them in evaluation: compiled steps fuse them, so that no element is
 * written before it is finished.
 */

/** relu(linear(...)) in one row. */
export const linearRelu = defineOp({
  name: "linearRelu",
  inputs: ["input", "weight", "bias"],
  shape: (inputs) => linear.shape(inputs, {}),
  reference: (inputs, outputs) => {
    linear.reference(inputs, outputs, {});
    relu.reference(outputs, outputs, {});
  },
  grad: unfused(([input, weight, bias]) => [relu(linear(input, weight, bias))]),
});

export interface FusedNormAttrs extends BatchNormAttrs {
  /** Whether a ReLU follows the normalization. */
  readonly relu: boolean;
}

/** batchNormEval(linear(...)) in one row, and with `relu` the ReLU behind it. */
export const linearBatchNormEval = defineOp({
  name: "linearBatchNormEval",
  inputs: ["input", "weight", "bias", "mean", "variance", "normWeight", "normBias"],
  shape: ([x, weight, bias, ...norm], attrs: FusedNormAttrs) =>
    batchNormEval.shape([...linear.shape([x, weight, bias], {}), ...norm], attrs),
  reference: ([x, weight, bias, ...norm], [y], attrs) => {
    linear.reference([x, weight, bias], [y], {});
    finish(y, norm, attrs);
  },
  grad: unfused(([x, weight, bias, ...norm], attrs: FusedNormAttrs) => [
    finished(linear(x, weight, bias), norm, attrs),
  ]),
});

/** The same for a product without a bias. */
export const matmulBatchNormEval = defineOp({
  name: "matmulBatchNormEval",
  inputs: ["input", "other", "mean", "variance", "normWeight", "normBias"],
  shape: ([a, b, ...norm], attrs: FusedNormAttrs & MatmulAttrs) =>
    batchNormEval.shape([...matmul.shape([a, b], attrs), ...norm], attrs),
  reference: ([a, b, ...norm], [y], attrs) => {
    matmul.reference([a, b], [y], attrs);
    finish(y, norm, attrs);
  },
  grad: unfused(([a, b, ...norm], attrs: FusedNormAttrs & MatmulAttrs) => {
    const { transposeA = false, transposeB = false } = attrs;
    return [finished(matmul(a, b, { transposeA, transposeB }), norm, attrs)];
  }),
});

/** In place. */
function finish(y: NdArray, norm: readonly NdArray[], attrs: FusedNormAttrs): void {
  batchNormEval.reference([y, ...norm], [y], attrs);
  if (attrs.relu) relu.reference([y], [y], {});
}

function finished(y: Value, [mean, variance, weight, bias]: readonly Value[], { eps, relu: rectify }: FusedNormAttrs) {
  const output = batchNormEval(y, mean, variance, weight, bias, { eps });
  return rectify ? relu(output) : output;
}
