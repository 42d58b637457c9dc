import {
  checkOptions,
  checkValue,
  formatShape,
  refuse,
  wholeNumber,
  wrongShape,
  wrongValue,
} from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import { requireFloat, requireSameDtype } from "../../../ops/shapes.ts";
import { type Tensor, zeros } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import { type Sizes, sizesOf, spatialNames } from "../sizes.ts";

/** Convolutions. Groups, strides and the like are PyTorch's, and so are the shapes. */

/** `"valid"` is no padding; `"same"` makes the output as large as the input, for a stride of 1. */
export type ConvPadding = Sizes | "same" | "valid";

export interface ConvOptions {
  /** Places from one window to the next. Default 1. */
  readonly stride?: Sizes | undefined;
  /** Zeros on both sides of each dimension. Default 0. */
  readonly padding?: ConvPadding | undefined;
  /** Places from one value of a window to the next. Default 1. */
  readonly dilation?: Sizes | undefined;
  /**
   * The number of groups that the channels are split into; each group of outputs uses one group of
   * inputs. Default 1.
   */
  readonly groups?: number | undefined;
}

/**
 * Slides windows over the last dimension: input [N, C, L] or [C, L], weight [O, C / groups, k],
 * bias [O] -> [N, O, L'] or [O, L'].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.conv1d.html
 * @throws RangeError if shapes do not fit, or the kernel is larger than the padded input; TypeError
 *   for integers
 */
export function conv1d(input: Tensor, weight: Tensor, bias: Tensor | null = null, options: ConvOptions = {}): Tensor {
  return convolve("conv1d", 1, input, weight, bias, options);
}

/**
 * {@link conv1d} over two dimensions: input [N, C, H, W] or [C, H, W], weight [O, C / groups, kH,
 * kW].
 */
export function conv2d(input: Tensor, weight: Tensor, bias: Tensor | null = null, options: ConvOptions = {}): Tensor {
  return convolve("conv2d", 2, input, weight, bias, options);
}

/**
 * {@link conv1d} over three dimensions: input [N, C, D, H, W] or [C, D, H, W], weight [O, C /
 * groups, kD, kH, kW].
 */
export function conv3d(input: Tensor, weight: Tensor, bias: Tensor | null = null, options: ConvOptions = {}): Tensor {
  return convolve("conv3d", 3, input, weight, bias, options);
}

function convolve(
  owner: string,
  rank: number,
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvOptions,
): Tensor {
  checkOptions(owner, options, ["stride", "padding", "dilation", "groups"]);
  checkTensors(owner, rank, input, weight, bias, "[O, C / groups, ...]");
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const steps = sizesOf(owner, "stride", stride, rank, 1);
  const spread = sizesOf(owner, "dilation", dilation, rank, 1);
  checkValue(owner, "groups", groups, wholeNumber(1));
  checkBias(owner, bias, weight.shape[0]);
  const attrs = {
    stride: steps,
    padding: pairsOf(owner, padding, weight.shape.slice(2), steps, spread),
    dilation: spread,
    groups,
  };
  return batched(input, rank, (x) => ops.convolution(x, weight, bias ?? noBias(weight, weight.shape[0]), attrs));
}

/**
 * The padding before and after each dimension. If the total is odd, "same" puts one more after, as
 * PyTorch does.
 */
export function pairsOf(
  owner: string,
  padding: ConvPadding,
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): (readonly [before: number, after: number])[] {
  if (typeof padding !== "string") {
    return sizesOf(owner, "padding", padding, kernel.length, 0).map((n) => [n, n] as const);
  }
  checkPaddingName(owner, padding, stride);
  return kernel.map((size, i) => {
    const total = padding === "same" ? dilation[i] * (size - 1) : 0;
    const before = Math.floor(total / 2);
    return [before, total - before] as const;
  });
}

/** @throws RangeError if it is neither "same" nor "valid", or "same" with a stride */
export function checkPaddingName(owner: string, padding: string, stride: readonly number[]): void {
  if (padding !== "same" && padding !== "valid") {
    throw wrongValue(owner, "padding", padding, 'numbers, "same" or "valid"');
  }
  if (padding === "same" && stride.some((step) => step !== 1)) {
    throw refuse(
      "conflict",
      owner,
      `padding "same" is for a stride of 1, got ${formatShape(stride)}`,
      "give the padding as numbers",
    );
  }
}

export interface ConvTransposeOptions extends Omit<ConvOptions, "padding"> {
  /** Crops this many positions from both sides of each dimension of the output. Default 0. */
  readonly padding?: Sizes | undefined;
  /**
   * Adds positions at the end of each dimension of the output, fewer than the stride or the
   * dilation. Default 0.
   */
  readonly outputPadding?: Sizes | undefined;
}

/**
 * The transpose of {@link conv1d}, with the shapes that its gradient has: input [N, C, L] or [C,
 * L], weight [C, O / groups, k], bias [O] -> [N, O, (L - 1) * stride - 2 * padding + dilation * (k
 * - 1) + outputPadding + 1].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose1d.html
 * @throws RangeError if shapes do not fit, or nothing is left of the output; TypeError for integers
 */
export function convTranspose1d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor {
  return convolveTransposed("convTranspose1d", 1, input, weight, bias, options);
}

/**
 * {@link convTranspose1d} over two dimensions: input [N, C, H, W] or [C, H, W], weight [C, O /
 * groups, kH, kW].
 */
export function convTranspose2d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor {
  return convolveTransposed("convTranspose2d", 2, input, weight, bias, options);
}

/**
 * {@link convTranspose1d} over three dimensions: input [N, C, D, H, W] or [C, D, H, W], weight [C,
 * O / groups, kD, kH, kW].
 */
export function convTranspose3d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor {
  return convolveTransposed("convTranspose3d", 3, input, weight, bias, options);
}

function convolveTransposed(
  owner: string,
  rank: number,
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvTransposeOptions,
): Tensor {
  checkOptions(owner, options, ["stride", "padding", "outputPadding", "dilation", "groups"]);
  checkTensors(owner, rank, input, weight, bias, "[C, O / groups, ...]");
  const stride = sizesOf(owner, "stride", options.stride ?? 1, rank, 1);
  const padding = sizesOf(owner, "padding", options.padding ?? 0, rank, 0);
  const dilation = sizesOf(owner, "dilation", options.dilation ?? 1, rank, 1);
  const more = sizesOf(owner, "outputPadding", options.outputPadding ?? 0, rank, 0);
  checkOutputPadding(owner, more, stride, dilation);
  const { groups = 1 } = options;
  checkValue(owner, "groups", groups, wholeNumber(1));
  requireFloat(owner, "input", input);
  requireSameDtype(owner, input, "the input", weight, "the weight");
  if (bias !== null) requireSameDtype(owner, input, "the input", bias, "the bias");
  checkTransposedChannels(owner, input, weight, groups, rank);
  checkBias(owner, bias, weight.shape[1] * groups);
  const kernel = weight.shape.slice(2);
  const places = input.shape.slice(-rank);
  const size = places.map((n, i) => (n - 1) * stride[i] - 2 * padding[i] + dilation[i] * (kernel[i] - 1) + more[i] + 1);
  if (size.some((n) => n < 1)) {
    throw refuse(
      "wrong-shape",
      owner,
      `input ${formatShape(input.shape)} and kernel ${formatShape(kernel)} would give an output of ` +
        `${formatShape(size)}: nothing is left after a padding of ${formatShape(padding)}`,
      "give less padding",
    );
  }
  // No window covers positions that are added beyond a whole stride.
  const pairs = padding.map((n, i) => [n, n - Math.floor(more[i] / stride[i]) * stride[i]] as const);
  const attrs = { stride, padding: pairs, dilation, groups, size };
  return batched(input, rank, (x) => {
    const output = ops.convolutionInput<Tensor>(x, weight, attrs);
    return bias === null ? output : output.add(bias.reshape([-1, ...size.map(() => 1)]));
  });
}

/** @throws RangeError if a whole window would fit into the added positions */
export function checkOutputPadding(
  owner: string,
  more: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): void {
  if (more.every((n, i) => n < Math.max(stride[i], dilation[i]))) return;
  throw wrongValue(
    owner,
    "outputPadding",
    more,
    `less than the stride ${formatShape(stride)} or the dilation ${formatShape(dilation)}`,
  );
}

function checkTransposedChannels(owner: string, input: Tensor, weight: Tensor, groups: number, rank: number): void {
  const channels = input.shape[input.ndim - rank - 1];
  const [expected] = weight.shape;
  if (channels !== expected) {
    throw refuse(
      "wrong-shape",
      owner,
      `input ${formatShape(input.shape)} has ${channels} channels, but the weight ` +
        `${formatShape(weight.shape)} is made for ${expected}`,
      `change the input, or make the layer with ${channels} input channels`,
    );
  }
  if (channels % groups !== 0) {
    throw refuse("conflict", owner, `${groups} groups do not divide the ${channels} input channels`);
  }
}

function checkTensors(
  owner: string,
  rank: number,
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  layout: string,
): void {
  requireTensor(owner, "input", input);
  requireTensor(owner, "weight", weight);
  if (bias !== null) requireTensor(owner, "bias", bias);
  if (weight.ndim !== rank + 2) {
    throw wrongShape(owner, "weight", weight.shape, `${rank + 2} dimensions ${layout}`);
  }
  if (input.ndim !== rank + 1 && input.ndim !== rank + 2) {
    const places = spatialNames(rank).join(", ");
    throw wrongShape(owner, "input", input.shape, `[N, C, ${places}], or [C, ${places}] for one example`);
  }
}

function checkBias(owner: string, bias: Tensor | null, outputs: number): void {
  if (bias === null || (bias.ndim === 1 && bias.shape[0] === outputs)) return;
  throw wrongShape(owner, "bias", bias.shape, `[${outputs}]`);
}

const noBias = (weight: Tensor, outputs: number) => zeros([outputs], { dtype: weight.dtype });

/** Calls `fn` with a batch; an input without a batch dimension becomes a batch of one. */
function batched(input: Tensor, rank: number, fn: (batch: Tensor) => Tensor): Tensor {
  return input.ndim === rank + 2 ? fn(input) : fn(input.unsqueeze(0)).squeeze(0);
}
