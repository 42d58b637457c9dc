import { type Shape, wrongShape } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { channelsOf } from "./channelDropout.ts";
import { type DropoutOptions, drawByRows, readDropout } from "./dropout.ts";

/** Where `selu` ends for large negative values, but for the sign. */
const limit = 1.7580993408473766;

/**
 * Dropout for networks of `selu`: values are set to where selu ends, not to 0, and all are scaled
 * and shifted so that mean 0 and variance 1 stay. `training` is false if left out, as in PyTorch.
 * Draws nothing for p = 0, p = 1, or outside of training. https://arxiv.org/abs/1706.02515,
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.alpha_dropout.html
 * @throws RangeError if p is no probability
 */
export function alphaDropout(input: Tensor, options: DropoutOptions = {}): Tensor {
  return dropToLimit("alphaDropout", input, options, () => input.shape);
}

/**
 * {@link alphaDropout} of whole channels, [N, C, ...]: one draw per channel of each example.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.feature_alpha_dropout.html
 * @throws RangeError if p is no probability, or for an input of fewer than two dimensions
 */
export function featureAlphaDropout(input: Tensor, options: DropoutOptions = {}): Tensor {
  return dropToLimit("featureAlphaDropout", input, options, () => {
    if (input.ndim >= 2) return channelsOf(input.shape, 2);
    throw wrongShape("featureAlphaDropout", "input", input.shape, "[N, C, ...]", "alphaDropout takes any shape");
  });
}

function dropToLimit(owner: string, input: Tensor, options: DropoutOptions, shapeOfDraws: () => Shape): Tensor {
  const drawn = readDropout(owner, input, options, false);
  if (drawn === undefined) return input;
  const shape = shapeOfDraws();
  const { p, generator } = drawn;
  if (p === 1) return input.mul(0);
  const { dtype } = input;
  const kept = drawByRows(owner, shape, drawn, () => ops.bernoulli<Tensor>({ shape, dtype, p: 1 - p, generator }));
  const scale = 1 / Math.sqrt((limit * limit * p + 1) * (1 - p));
  // As PyTorch rounds it: 0 and a shift where kept, -limit and the same shift elsewhere.
  const shift = kept
    .sub(1)
    .mul(limit * scale)
    .add(limit * scale * p);
  return input.mul(kept.mul(scale)).add(shift);
}
