import type { Tensor } from "../../../tensor/index.ts";
import { type StrideOr, windowOf, withStride } from "../../functional/pool/arguments.ts";
import { type MaxUnpoolOptions, maxUnpool1d, maxUnpool2d, maxUnpool3d } from "../../functional/pool/maxUnpool.ts";
import type { Sizes } from "../../functional/sizes.ts";
import { Module } from "../../module/module.ts";
import { formatSizes } from "../../print/format.ts";

/**
 * The partial inverse of max pooling as layers. A call takes the output and the indices of a
 * pooling.
 */

type LayerOptions = Omit<MaxUnpoolOptions, "outputSize">;
type CallOptions = Pick<MaxUnpoolOptions, "outputSize">;

abstract class MaxUnpool extends Module {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];

  constructor(
    owner: string,
    rank: number,
    kernelSize: Sizes,
    strideOr: StrideOr<LayerOptions> | undefined,
    more: Omit<LayerOptions, "stride"> | undefined,
  ) {
    super();
    const { stride, padding = 0 } = withStride<LayerOptions>(owner, ["stride", "padding"], strideOr, more);
    const sizes = windowOf(owner, rank, kernelSize, stride, padding);
    this.kernelSize = sizes.kernel;
    this.stride = sizes.stride;
    this.padding = sizes.padding;
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding } = this;
    return `kernel_size=${formatSizes(kernelSize)}, stride=${formatSizes(stride)}, padding=${formatSizes(padding)}`;
  }
}

/**
 * Puts values [N, C, L] back where the indices of a {@link MaxPool1d} say, zeros elsewhere;
 * `outputSize` of a call says which of the lengths that are pooled to the same.
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html
 * @throws RangeError if a size is out of range, or on a call with indices that do not fit
 */
export class MaxUnpool1d extends MaxUnpool {
  constructor(kernelSize: Sizes, stride?: StrideOr<LayerOptions>, options?: Omit<LayerOptions, "stride">) {
    super("MaxUnpool1d", 1, kernelSize, stride, options);
  }

  override forward(input: Tensor, indices: Tensor, options: CallOptions = {}): Tensor {
    const { kernelSize, stride, padding } = this;
    return maxUnpool1d(input, indices, kernelSize, stride, { padding, ...options });
  }
}

/**
 * {@link MaxUnpool1d} over [N, C, H, W].
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html
 */
export class MaxUnpool2d extends MaxUnpool {
  constructor(kernelSize: Sizes, stride?: StrideOr<LayerOptions>, options?: Omit<LayerOptions, "stride">) {
    super("MaxUnpool2d", 2, kernelSize, stride, options);
  }

  override forward(input: Tensor, indices: Tensor, options: CallOptions = {}): Tensor {
    const { kernelSize, stride, padding } = this;
    return maxUnpool2d(input, indices, kernelSize, stride, { padding, ...options });
  }
}

/**
 * {@link MaxUnpool1d} over [N, C, D, H, W].
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html
 */
export class MaxUnpool3d extends MaxUnpool {
  constructor(kernelSize: Sizes, stride?: StrideOr<LayerOptions>, options?: Omit<LayerOptions, "stride">) {
    super("MaxUnpool3d", 3, kernelSize, stride, options);
  }

  override forward(input: Tensor, indices: Tensor, options: CallOptions = {}): Tensor {
    const { kernelSize, stride, padding } = this;
    return maxUnpool3d(input, indices, kernelSize, stride, { padding, ...options });
  }
}
