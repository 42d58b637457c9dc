import { checkOptions, checkValue, finiteNumber, wholeNumber, wrongShape } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import { requireFloat } from "../../../ops/shapes.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";

export interface LocalResponseNormOptions {
  /** Factor of the mean of squares. Default 1e-4. */
  readonly alpha?: number | undefined;
  /** Exponent. Default 0.75. */
  readonly beta?: number | undefined;
  /** Added to the mean of squares. Default 1. */
  readonly k?: number | undefined;
}

/**
 * x / (k + alpha * mean of squares)^beta of [N, C, L, ...], the mean over `size` neighbouring
 * channels at the same place: size / 2 before (rounded down) and the rest behind. Beyond the first
 * and last channel are zeros, which count. Computed in float64; compiled steps do so on the host,
 * without code of their own. https://papers.nips.cc/paper/4824,
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.local_response_norm.html
 * @throws TypeError if the input is no float tensor, or an option is unknown
 * @throws RangeError for fewer than 3 dimensions, or a size that is no whole number of at least 1
 */
export function localResponseNorm(input: Tensor, size: number, options: LocalResponseNormOptions = {}): Tensor {
  checkOptions("localResponseNorm", options, ["alpha", "beta", "k"]);
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  checkValue("localResponseNorm", "size", size, wholeNumber(1));
  for (const [name, value] of Object.entries({ alpha, beta, k }))
    checkValue("localResponseNorm", name, value, finiteNumber());
  requireTensor("localResponseNorm", "input", input);
  requireFloat("localResponseNorm", "input", input);
  if (input.ndim < 3) {
    throw wrongShape(
      "localResponseNorm",
      "input",
      input.shape,
      `3D or higher dimensionality input, [N, C, L] or [N, C, H, W] (got ${input.ndim} dimensions)`,
    );
  }
  return ops.localResponseNorm(input, { size, alpha, beta, k });
}
