import {
  checkOptions,
  checkValue,
  finiteNumber,
  formatShape,
  refuse,
  sizeOf,
  wholeNumber,
} from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import { ones, type Tensor, zeros } from "../../../tensor/index.ts";
import { checkPerChannel } from "./perChannel.ts";

export interface GroupNormFunctionOptions {
  /** Scale and shift after normalizing, [C] each. */
  readonly weight?: Tensor | null | undefined;
  readonly bias?: Tensor | null | undefined;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
}

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias of [N, C, ...], by mean and biased variance of
 * each of `numGroups` groups of channels of each example; scale and shift are per channel. The same
 * in training and evaluation. Sums are kept in float64. https://arxiv.org/abs/1803.08494,
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html
 * @throws TypeError if the dtypes differ, or an option is unknown
 * @throws RangeError if shapes do not fit, or the groups do not share the channels out evenly
 */
export function groupNorm(input: Tensor, numGroups: number, options: GroupNormFunctionOptions = {}): Tensor {
  checkOptions("groupNorm", options, ["weight", "bias", "eps"]);
  const { weight = null, bias = null, eps = 1e-5 } = options;
  checkValue("groupNorm", "numGroups", numGroups, wholeNumber(1));
  checkValue("groupNorm", "eps", eps, finiteNumber());
  checkPerChannel("groupNorm", input, { weight, bias });
  const [samples, channels, ...places] = input.shape;
  checkGroups("groupNorm", "the input has", channels, numGroups);
  if ((samples * channels * sizeOf(places)) / numGroups === 1) {
    throw refuse(
      "wrong-shape",
      "",
      "Expected more than 1 value per channel when training, got input size " +
        `${formatShape(input.shape)}: a group of one value has variance 0`,
      "use fewer groups",
    );
  }
  const like = { dtype: input.dtype };
  const [scale, shift] = [weight ?? ones([channels], like), bias ?? zeros([channels], like)];
  return ops.groupNorm(input, scale, shift, { numGroups, eps })[0];
}

/** @throws RangeError unless `channels` can be shared out evenly among `groups` */
export function checkGroups(owner: string, who: string, channels: number, groups: number): void {
  if (channels % groups === 0) return;
  throw refuse(
    "conflict",
    owner,
    `${who} ${channels} channels, which is no multiple of numGroups ${groups}`,
    `choose a divisor of ${channels}`,
  );
}
