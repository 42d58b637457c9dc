import type { Tensor } from "../../../tensor/index.ts";
import { type StrideOr, withStride } from "../../functional/pool/arguments.ts";
import {
  type AvgPool1dOptions,
  type AvgPoolOptions,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  avgPoolAttrs,
  avgPoolNames,
} from "../../functional/pool/avgPool.ts";
import { kept, type Sizes } from "../../functional/sizes.ts";
import { Module } from "../../module/module.ts";
import { formatSizes } from "../../print/format.ts";

/** Average pooling as layers; `functional` has the formulas. */

abstract class AvgPool extends Module {
  readonly kernelSize: Sizes;
  readonly stride: Sizes;
  readonly padding: Sizes;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;

  constructor(owner: string, rank: number, kernelSize: Sizes, options: AvgPoolOptions) {
    super();
    avgPoolAttrs(owner, rank, kernelSize, options);
    const { stride, padding = 0, ceilMode = false, countIncludePad = true } = options;
    this.kernelSize = kept(kernelSize);
    this.stride = kept(stride ?? kernelSize);
    this.padding = kept(padding);
    this.ceilMode = ceilMode;
    this.countIncludePad = countIncludePad;
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding } = this;
    return `kernel_size=${formatSizes(kernelSize)}, stride=${formatSizes(stride)}, padding=${formatSizes(padding)}`;
  }
}

/**
 * The average of each window of [N, C, L] or [C, L]. The stride is an option, or the second
 * argument. https://pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html
 * @throws RangeError if a size is out of range, or on a call with an input that is smaller than a
 *   window
 */
export class AvgPool1d extends AvgPool {
  constructor(kernelSize: Sizes, stride?: StrideOr<AvgPool1dOptions>, options?: Omit<AvgPool1dOptions, "stride">) {
    const settings = withStride<AvgPool1dOptions>("AvgPool1d", avgPoolNames(1), stride, options);
    super("AvgPool1d", 1, kernelSize, settings);
  }

  override forward(input: Tensor): Tensor {
    const { kernelSize, stride, padding, ceilMode, countIncludePad } = this;
    return avgPool1d(input, kernelSize, { stride, padding, ceilMode, countIncludePad });
  }

  /** PyTorch keeps lists of one here. */
  override extraRepr(): string {
    const one = (size: Sizes) => formatSizes([size].flat());
    return `kernel_size=${one(this.kernelSize)}, stride=${one(this.stride)}, padding=${one(this.padding)}`;
  }
}

/** With a divisor of one's own. */
abstract class DividedAvgPool extends AvgPool {
  readonly divisorOverride: number | null;

  constructor(
    owner: string,
    rank: number,
    kernelSize: Sizes,
    stride: StrideOr<AvgPoolOptions> | undefined,
    options: Omit<AvgPoolOptions, "stride"> | undefined,
  ) {
    const settings = withStride<AvgPoolOptions>(owner, avgPoolNames(rank), stride, options);
    super(owner, rank, kernelSize, settings);
    this.divisorOverride = settings.divisorOverride ?? null;
  }

  protected get options(): AvgPoolOptions {
    const { stride, padding, ceilMode, countIncludePad, divisorOverride } = this;
    return { stride, padding, ceilMode, countIncludePad, divisorOverride };
  }
}

/**
 * The average of each window of [N, C, H, W] or [C, H, W]. The stride is an option, or the second
 * argument. https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
 * @throws RangeError if a size is out of range, or on a call with an input that is smaller than a
 *   window
 */
export class AvgPool2d extends DividedAvgPool {
  constructor(kernelSize: Sizes, stride?: StrideOr<AvgPoolOptions>, options?: Omit<AvgPoolOptions, "stride">) {
    super("AvgPool2d", 2, kernelSize, stride, options);
  }

  override forward(input: Tensor): Tensor {
    return avgPool2d(input, this.kernelSize, this.options);
  }
}

/** {@link AvgPool2d} over [N, C, D, H, W] or [C, D, H, W]. */
export class AvgPool3d extends DividedAvgPool {
  constructor(kernelSize: Sizes, stride?: StrideOr<AvgPoolOptions>, options?: Omit<AvgPoolOptions, "stride">) {
    super("AvgPool3d", 3, kernelSize, stride, options);
  }

  override forward(input: Tensor): Tensor {
    return avgPool3d(input, this.kernelSize, this.options);
  }
}
