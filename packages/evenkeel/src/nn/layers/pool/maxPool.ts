import type { Tensor } from "../../../tensor/index.ts";
import { type StrideOr, withStride } from "../../functional/pool/arguments.ts";
import {
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  maxPoolAttrs,
  maxPoolNames,
  type Pooled,
} from "../../functional/pool/maxPool.ts";
import { kept, type Sizes } from "../../functional/sizes.ts";
import { Module } from "../../module/module.ts";
import { formatBool, formatSizes } from "../../print/format.ts";

/** Max pooling as layers; `functional` has the formulas. */

abstract class MaxPool<Indices extends boolean> extends Module {
  readonly kernelSize: Sizes;
  readonly stride: Sizes;
  readonly padding: Sizes;
  readonly dilation: Sizes;
  readonly returnIndices: boolean;
  readonly ceilMode: boolean;

  constructor(
    owner: string,
    rank: number,
    kernelSize: Sizes,
    strideOr: StrideOr<MaxPoolOptions<Indices>> | undefined,
    more: Omit<MaxPoolOptions<Indices>, "stride"> | undefined,
  ) {
    super();
    const options = withStride<MaxPoolOptions<Indices>>(owner, maxPoolNames, strideOr, more);
    maxPoolAttrs(owner, rank, kernelSize, options);
    const { stride, padding = 0, dilation = 1, ceilMode = false, returnIndices = false } = options;
    this.kernelSize = kept(kernelSize);
    this.stride = kept(stride ?? kernelSize);
    this.padding = kept(padding);
    this.dilation = kept(dilation);
    this.returnIndices = returnIndices;
    this.ceilMode = ceilMode;
  }

  protected get options(): MaxPoolOptions<Indices> {
    const { stride, padding, dilation, ceilMode, returnIndices } = this;
    return { stride, padding, dilation, ceilMode, returnIndices: returnIndices as Indices };
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    return (
      `kernel_size=${formatSizes(kernelSize)}, stride=${formatSizes(stride)}, padding=${formatSizes(padding)}, ` +
      `dilation=${formatSizes(dilation)}, ceil_mode=${formatBool(ceilMode)}`
    );
  }
}

/**
 * The largest value of each window of [N, C, L] or [C, L]. The stride is an option, or the second
 * argument. https://pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html
 * @throws RangeError if a size is out of range, or on a call with an input that is smaller than a
 *   window
 */
export class MaxPool1d<Indices extends boolean = false> extends MaxPool<Indices> {
  constructor(
    kernelSize: Sizes,
    stride?: StrideOr<MaxPoolOptions<Indices>>,
    options?: Omit<MaxPoolOptions<Indices>, "stride">,
  ) {
    super("MaxPool1d", 1, kernelSize, stride, options);
  }

  override forward(input: Tensor): Pooled<Indices> {
    return maxPool1d(input, this.kernelSize, this.options);
  }
}

/**
 * The largest value of each window of [N, C, H, W] or [C, H, W]: `new nn.MaxPool2d(2)` halves
 * height and width. The stride is an option, or the second argument; with `returnIndices` a call
 * gives `[output, indices]`. https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
 * @throws RangeError if a size is out of range, or on a call with an input that is smaller than a
 *   window
 */
export class MaxPool2d<Indices extends boolean = false> extends MaxPool<Indices> {
  constructor(
    kernelSize: Sizes,
    stride?: StrideOr<MaxPoolOptions<Indices>>,
    options?: Omit<MaxPoolOptions<Indices>, "stride">,
  ) {
    super("MaxPool2d", 2, kernelSize, stride, options);
  }

  override forward(input: Tensor): Pooled<Indices> {
    return maxPool2d(input, this.kernelSize, this.options);
  }
}

/** {@link MaxPool2d} over [N, C, D, H, W] or [C, D, H, W]. */
export class MaxPool3d<Indices extends boolean = false> extends MaxPool<Indices> {
  constructor(
    kernelSize: Sizes,
    stride?: StrideOr<MaxPoolOptions<Indices>>,
    options?: Omit<MaxPoolOptions<Indices>, "stride">,
  ) {
    super("MaxPool3d", 3, kernelSize, stride, options);
  }

  override forward(input: Tensor): Pooled<Indices> {
    return maxPool3d(input, this.kernelSize, this.options);
  }
}
