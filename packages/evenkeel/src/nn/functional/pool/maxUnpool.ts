import { formatShape, wrongValue } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import { type Sizes, sizesOf } from "../sizes.ts";
import { type StrideOr, type Window, windowOf, withStride } from "./arguments.ts";

export interface MaxUnpoolOptions {
  /** That of the pooling. Default null: the kernel's size. */
  readonly stride?: Sizes | null | undefined;
  /** That of the pooling. Default 0. */
  readonly padding?: Sizes | undefined;
  /**
   * Sizes of the plane, or the whole shape, where several are pooled to the same: at most a stride
   * away from the default, (input - 1) * stride - 2 * padding + kernel.
   */
  readonly outputSize?: readonly number[] | null | undefined;
}

/** The plane that values are put in. */
function planeOf(owner: string, input: Tensor, { kernel, stride, padding }: Window, given?: readonly number[] | null) {
  const rank = kernel.length;
  const usual = input.shape.slice(-rank).map((n, d) => (n - 1) * stride[d] + kernel[d] - 2 * padding[d]);
  if (given === undefined || given === null) return usual;
  const plane = Array.isArray(given) && given.length === rank + 2 ? given.slice(2) : given;
  const sizes = sizesOf(owner, "outputSize", plane, rank, 1);
  const beyond = sizes.findIndex((n, d) => Math.abs(n - usual[d]) >= stride[d]);
  if (beyond >= 0) {
    throw wrongValue(
      owner,
      "outputSize",
      given,
      `${usual[beyond] - stride[beyond] + 1} to ${usual[beyond] + stride[beyond] - 1} along dimension ` +
        `${beyond - rank}, for an input ${formatShape(input.shape)}`,
    );
  }
  return sizes;
}

const maxUnpoolNames = ["stride", "padding", "outputSize"];

function maxUnpool(
  rank: number,
  input: Tensor,
  indices: Tensor,
  kernelSize: Sizes,
  strideOr: StrideOr<MaxUnpoolOptions> | undefined,
  more: Omit<MaxUnpoolOptions, "stride"> | undefined,
): Tensor {
  const owner = `maxUnpool${rank}d`;
  const options = withStride(owner, maxUnpoolNames, strideOr, more);
  const { stride, padding = 0, outputSize } = options;
  const window = windowOf(owner, rank, kernelSize, stride, padding);
  requireTensor(owner, "input", input);
  requireTensor(owner, "indices", indices);
  return ops.maxUnpool(input, indices, { size: planeOf(owner, input, window, outputSize) });
}

/**
 * The partial inverse of {@link maxPool1d}: each value at the place that `indices` names, zeros
 * elsewhere. https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html
 * @throws TypeError if the indices are not int32
 * @throws RangeError if they have another shape than the input, name no place, or `outputSize` is
 *   out of range
 */
export function maxUnpool1d(
  input: Tensor,
  indices: Tensor,
  kernelSize: Sizes,
  stride?: StrideOr<MaxUnpoolOptions>,
  options?: Omit<MaxUnpoolOptions, "stride">,
): Tensor {
  return maxUnpool(1, input, indices, kernelSize, stride, options);
}

/**
 * The partial inverse of {@link maxPool2d}.
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html
 */
export function maxUnpool2d(
  input: Tensor,
  indices: Tensor,
  kernelSize: Sizes,
  stride?: StrideOr<MaxUnpoolOptions>,
  options?: Omit<MaxUnpoolOptions, "stride">,
): Tensor {
  return maxUnpool(2, input, indices, kernelSize, stride, options);
}

/**
 * The partial inverse of {@link maxPool3d}.
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html
 */
export function maxUnpool3d(
  input: Tensor,
  indices: Tensor,
  kernelSize: Sizes,
  stride?: StrideOr<MaxUnpoolOptions>,
  options?: Omit<MaxUnpoolOptions, "stride">,
): Tensor {
  return maxUnpool(3, input, indices, kernelSize, stride, options);
}
