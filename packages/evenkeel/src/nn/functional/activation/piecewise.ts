import { checkOptions, checkValue, finiteNumber, formatShape, mismatch, wrongShape } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { type InplaceOption, requireTensor } from "../../checks.ts";

/**
 * Nonlinearities of straight pieces, most of them composed of comparisons and choices; NaN stays
 * NaN. As in PyTorch, `inplace` has no effect here: see activation.ts. Formulas:
 * https://pytorch.org/docs/stable/nn.functional.html#non-linear-activation-functions
 */

const inplaceOnly = ["inplace"];

/**
 * `low` up to there, `high` from there on, x between them. The gradient is 0 at both ends, unlike
 * that of clamp.
 */
const between = (x: Tensor, low: number, high: number) =>
  x.where(x.le(low).logicalNot(), low).where(x.ge(high).logicalNot(), high);

/** max(0, x), at most 6. The gradient at 0 and 6 is 0. */
export function relu6(input: Tensor, options: InplaceOption = {}): Tensor {
  checkOptions("relu6", options, inplaceOnly);
  requireTensor("relu6", "input", input);
  return between(input, 0, 6);
}

export interface HardtanhOptions extends InplaceOption {
  /** The least output. Default -1. */
  readonly minVal?: number | undefined;
  /** The largest output. Default 1. */
  readonly maxVal?: number | undefined;
}

const hardtanhOptions = ["minVal", "maxVal", "inplace"];

/**
 * x between `minVal` (default -1) and `maxVal` (default 1), these beyond them. The gradient at both
 * is 0.
 */
export function hardtanh(input: Tensor, options: HardtanhOptions = {}): Tensor {
  checkOptions("hardtanh", options, hardtanhOptions);
  requireTensor("hardtanh", "input", input);
  const { minVal = -1, maxVal = 1 } = options;
  checkRange("hardtanh", minVal, maxVal);
  return between(input, minVal, maxVal);
}

export function checkRange(owner: string, minVal: number, maxVal: number): void {
  checkValue(owner, "minVal", minVal, finiteNumber());
  checkValue(owner, "maxVal", maxVal, finiteNumber());
  if (minVal < maxVal) return;
  throw mismatch("conflict", owner, `minVal is ${minVal} and maxVal ${maxVal}`, "maxVal to be the larger");
}

/** x * relu6(x + 3) / 6. https://arxiv.org/abs/1905.02244 */
export function hardswish(input: Tensor, options: InplaceOption = {}): Tensor {
  checkOptions("hardswish", options, inplaceOnly);
  return ops.hardswish(input);
}

/** relu6(x + 3) / 6. */
export function hardsigmoid(input: Tensor, options: InplaceOption = {}): Tensor {
  checkOptions("hardsigmoid", options, inplaceOnly);
  return ops.hardsigmoid(input);
}

/** x where it is above `threshold`, `value` elsewhere. */
export function threshold(input: Tensor, threshold: number, value: number, options: InplaceOption = {}): Tensor {
  checkOptions("threshold", options, inplaceOnly);
  requireTensor("threshold", "input", input);
  checkValue("threshold", "threshold", threshold, finiteNumber());
  checkValue("threshold", "value", value, finiteNumber());
  return input.where(input.le(threshold).logicalNot(), value);
}

/**
 * x where positive, `weight` times x elsewhere: one weight, [1], or one per channel, [C], of an
 * input [N, C, ...]. https://arxiv.org/abs/1502.01852
 * @throws RangeError if the weight has another shape
 */
export function prelu(input: Tensor, weight: Tensor): Tensor {
  requireTensor("prelu", "input", input);
  requireTensor("prelu", "weight", weight);
  const channels = input.ndim > 1 ? input.shape[1] : 1;
  if (weight.ndim > 1 || (weight.numel() !== 1 && weight.numel() !== channels)) {
    throw wrongShape(
      "prelu",
      "weight",
      weight.shape,
      `[1], or [${channels}], one value per channel of the input ${formatShape(input.shape)}`,
    );
  }
  const slopes = weight.numel() === 1 ? weight.reshape([]) : weight.reshape([-1, ...input.shape.slice(2).fill(1)]);
  const positive = input.gt(0);
  // Positive values must not enter the product, whose gradient would be 0 * Infinity for an
  // infinite value.
  return input.where(positive, input.where(positive.logicalNot(), 0).mul(slopes));
}
