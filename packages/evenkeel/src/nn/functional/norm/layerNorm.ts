import {
  checkOptions,
  checkValue,
  formatShape,
  type Shape,
  sameShape,
  wholeNumber,
  wrongShape,
  wrongType,
} from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import { requireFloat, requireSameDtype } from "../../../ops/shapes.ts";
import { ones, type Tensor, zeros } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";

export interface LayerNormFunctionOptions {
  /** Scale and shift after normalizing, of the normalized shape each. */
  readonly weight?: Tensor | null | undefined;
  readonly bias?: Tensor | null | undefined;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
}

/** The last dimensions of an input, or the size of the very last. */
export type NormalizedShape = number | readonly number[];

const optionNames = ["weight", "bias", "eps"];

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias over the last dimensions, those of
 * `normalizedShape`, each example by its own mean and biased variance. The same in training and
 * evaluation; no running statistics. Sums are kept in float64. https://arxiv.org/abs/1607.06450,
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html
 * @throws TypeError if the dtypes differ, or an option is unknown
 * @throws RangeError if the input does not end in the normalized shape
 */
export function layerNorm(
  input: Tensor,
  normalizedShape: NormalizedShape,
  options: LayerNormFunctionOptions = {},
): Tensor {
  checkOptions("layerNorm", options, optionNames);
  const { eps = 1e-5 } = options;
  const shape = normalizedShapeOf("layerNorm", normalizedShape);
  checkEndsIn("layerNorm", input, shape);
  const parameter = (name: "weight" | "bias", make: typeof ones) => {
    const value = options[name] ?? make(shape, { dtype: input.dtype });
    requireTensor("layerNorm", name, value);
    if (!sameShape(value.shape, shape)) {
      throw wrongShape("layerNorm", name, value.shape, `${formatShape(shape)}, the normalized shape`);
    }
    requireSameDtype("layerNorm", input, "input", value, name);
    return value;
  };
  return ops.layerNorm(input, parameter("weight", ones), parameter("bias", zeros), { eps })[0];
}

/**
 * @throws TypeError unless the input is a float tensor
 * @throws RangeError unless it ends in the normalized shape
 */
export function checkEndsIn(owner: string, input: Tensor, shape: Shape): void {
  requireTensor(owner, "input", input);
  requireFloat(owner, "input", input);
  if (sameShape(input.shape.slice(-shape.length), shape)) return;
  throw wrongShape(
    owner,
    "input",
    input.shape,
    `[..., ${shape.join(", ")}]`,
    "change the layer before, or normalizedShape",
  );
}

/** A number is the size of the last dimension. */
export function normalizedShapeOf(owner: string, given: NormalizedShape, name = "normalizedShape"): Shape {
  const shape = typeof given === "number" ? [given] : given;
  if (!Array.isArray(shape) || shape.length === 0) {
    throw wrongType(owner, name, given, "the size of the last dimension, or a list of the last sizes");
  }
  for (const size of shape) checkValue(owner, `a size of ${name}`, size, wholeNumber(1));
  return [...shape];
}
