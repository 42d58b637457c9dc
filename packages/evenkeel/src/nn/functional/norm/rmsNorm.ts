import {
  checkOptions,
  checkValue,
  type DType,
  finiteNumber,
  formatShape,
  sameShape,
  wrongShape,
} from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import { requireSameDtype } from "../../../ops/shapes.ts";
import { ones, type Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import { checkEndsIn, type NormalizedShape, normalizedShapeOf } from "./layerNorm.ts";

export interface RMSNormFunctionOptions {
  /** Scale after normalizing, of the normalized shape. */
  readonly weight?: Tensor | null | undefined;
  /**
   * Added to the mean square. Default null: the machine epsilon of the input's dtype, 2^-23 or
   * 2^-52.
   */
  readonly eps?: number | null | undefined;
}

/**
 * x / sqrt(mean(x^2) + eps) * weight over the last dimensions, those of `normalizedShape`: layer
 * normalization that leaves the mean alone. The same in training and evaluation. Sums are kept in
 * float64. https://arxiv.org/abs/1910.07467,
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.rms_norm.html
 * @throws TypeError if the dtypes differ, or an option is unknown
 * @throws RangeError if the input does not end in the normalized shape
 */
export function rmsNorm(input: Tensor, normalizedShape: NormalizedShape, options: RMSNormFunctionOptions = {}): Tensor {
  checkOptions("rmsNorm", options, ["weight", "eps"]);
  const shape = normalizedShapeOf("rmsNorm", normalizedShape);
  const { weight = null, eps = null } = options;
  checkEndsIn("rmsNorm", input, shape);
  if (eps !== null) checkValue("rmsNorm", "eps", eps, finiteNumber());
  if (weight !== null) {
    requireTensor("rmsNorm", "weight", weight);
    if (!sameShape(weight.shape, shape)) {
      throw wrongShape("rmsNorm", "weight", weight.shape, `${formatShape(shape)}, the normalized shape`);
    }
    requireSameDtype("rmsNorm", input, "input", weight, "weight");
  }
  const scale = weight ?? ones(shape, { dtype: input.dtype });
  return ops.rmsNorm(input, scale, { eps: eps ?? machineEpsilon(input.dtype) })[0];
}

/** The distance from 1 to the next larger number. */
const machineEpsilon = (dtype: DType): number => (dtype === "float64" ? 2 ** -52 : 2 ** -23);
