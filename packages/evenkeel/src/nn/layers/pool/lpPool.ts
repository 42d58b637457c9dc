import type { Tensor } from "../../../tensor/index.ts";
import { type StrideOr, withStride } from "../../functional/pool/arguments.ts";
import {
  checkNormType,
  type LPPoolOptions,
  lpPool1d,
  lpPool2d,
  lpPoolAttrs,
  lpPoolNames,
} from "../../functional/pool/lpPool.ts";
import { kept, type Sizes } from "../../functional/sizes.ts";
import { Module } from "../../module/module.ts";
import { formatBool, formatSizes } from "../../print/format.ts";

/** Pooling by a p-norm as layers; `functional` has the formulas. */

abstract class LPPool extends Module {
  readonly normType: number;
  readonly kernelSize: Sizes;
  /** null: the kernel's size. */
  readonly stride: Sizes | null;
  readonly ceilMode: boolean;

  constructor(
    owner: string,
    rank: number,
    normType: number,
    kernelSize: Sizes,
    strideOr: StrideOr<LPPoolOptions> | undefined,
    more: Omit<LPPoolOptions, "stride"> | undefined,
  ) {
    super();
    checkNormType(owner, normType);
    const options = withStride<LPPoolOptions>(owner, lpPoolNames, strideOr, more);
    lpPoolAttrs(owner, rank, kernelSize, options);
    this.normType = normType;
    this.kernelSize = kept(kernelSize);
    this.stride = kept(options.stride ?? null);
    this.ceilMode = options.ceilMode ?? false;
  }

  override extraRepr(): string {
    const { normType, kernelSize, stride, ceilMode } = this;
    const sizes = `kernel_size=${formatSizes(kernelSize)}, stride=${formatSizes(stride)}`;
    return `norm_type=${normType}, ${sizes}, ceil_mode=${formatBool(ceilMode)}`;
  }
}

/**
 * (sum of x^p)^(1/p) over each window of [N, C, L] or [C, L], for p = `normType`.
 * https://pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html
 * @throws RangeError if a size is out of range, or on a call with an input that is smaller than a
 *   window
 */
export class LPPool1d extends LPPool {
  constructor(
    normType: number,
    kernelSize: Sizes,
    stride?: StrideOr<LPPoolOptions>,
    options?: Omit<LPPoolOptions, "stride">,
  ) {
    super("LPPool1d", 1, normType, kernelSize, stride, options);
  }

  override forward(input: Tensor): Tensor {
    const { normType, kernelSize, stride, ceilMode } = this;
    return lpPool1d(input, normType, kernelSize, stride, { ceilMode });
  }
}

/**
 * {@link LPPool1d} over [N, C, H, W] or [C, H, W].
 * https://pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html
 */
export class LPPool2d extends LPPool {
  constructor(
    normType: number,
    kernelSize: Sizes,
    stride?: StrideOr<LPPoolOptions>,
    options?: Omit<LPPoolOptions, "stride">,
  ) {
    super("LPPool2d", 2, normType, kernelSize, stride, options);
  }

  override forward(input: Tensor): Tensor {
    const { normType, kernelSize, stride, ceilMode } = this;
    return lpPool2d(input, normType, kernelSize, stride, { ceilMode });
  }
}
