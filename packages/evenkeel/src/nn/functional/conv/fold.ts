import { checkOptions, wrongShape } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import { type Sizes, sizesOf } from "../sizes.ts";

export interface FoldOptions {
  /** Places from one value of a window to the next. Default 1. */
  readonly dilation?: Sizes | undefined;
  /** Zeros on both sides of each dimension. Default 0. */
  readonly padding?: Sizes | undefined;
  /** Places from one window to the next. Default 1. */
  readonly stride?: Sizes | undefined;
}

/** The settings of windows over pictures. */
export function windowsOf(owner: string, kernelSize: Sizes, options: FoldOptions) {
  checkOptions(owner, options, ["dilation", "padding", "stride"]);
  const { dilation = 1, padding = 0, stride = 1 } = options;
  return {
    kernel: sizesOf(owner, "kernelSize", kernelSize, 2, 1),
    dilation: sizesOf(owner, "dilation", dilation, 2, 1),
    padding: sizesOf(owner, "padding", padding, 2, 0).map((n) => [n, n] as const),
    stride: sizesOf(owner, "stride", stride, 2, 1),
  };
}

/**
 * The windows of pictures as columns: [N, C, H, W] -> [N, C * kH * kW, L], or [C, H, W] -> [C * kH
 * * kW, L]. https://pytorch.org/docs/stable/generated/torch.nn.functional.unfold.html
 * @throws RangeError for another number of dimensions, or windows that do not fit; TypeError for
 *   integers
 */
export function unfold(input: Tensor, kernelSize: Sizes, options: FoldOptions = {}): Tensor {
  const windows = windowsOf("unfold", kernelSize, options);
  requireTensor("unfold", "input", input);
  if (input.ndim !== 3 && input.ndim !== 4) {
    throw wrongShape("unfold", "input", input.shape, "[N, C, H, W] or [C, H, W]");
  }
  if (input.ndim === 4) return ops.unfold(input, windows);
  return ops.unfold<Tensor>(input.unsqueeze(0), windows).squeeze(0);
}

/**
 * Adds up columns at their positions, the transpose of {@link unfold}: [N, C * kH * kW, L] -> [N,
 * C, ...outputSize], also without N. It undoes unfold where windows do not overlap.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.fold.html
 * @throws RangeError unless there is a column for every window of the output; TypeError for
 *   integers
 */
export function fold(input: Tensor, outputSize: Sizes, kernelSize: Sizes, options: FoldOptions = {}): Tensor {
  const windows = windowsOf("fold", kernelSize, options);
  const size = sizesOf("fold", "outputSize", outputSize, 2, 1);
  requireTensor("fold", "input", input);
  if (input.ndim !== 2 && input.ndim !== 3) {
    throw wrongShape("fold", "input", input.shape, "[N, C * kH * kW, L] or [C * kH * kW, L]");
  }
  if (input.ndim === 3) return ops.fold(input, { ...windows, size });
  return ops.fold<Tensor>(input.unsqueeze(0), { ...windows, size }).squeeze(0);
}
