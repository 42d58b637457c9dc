import type { Tensor } from "../../../tensor/index.ts";
import {
  type AdaptiveMaxPoolOptions,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  checkAdaptiveMaxOptions,
  checkOutputSize,
  type OutputSize,
} from "../../functional/pool/adaptivePool.ts";
import type { Pooled } from "../../functional/pool/maxPool.ts";
import { kept } from "../../functional/sizes.ts";
import { Module } from "../../module/module.ts";
import { formatSizes } from "../../print/format.ts";

/** Pooling to a given size as layers: `new nn.AdaptiveAvgPool2d(1)` is global average pooling. */

abstract class AdaptivePool extends Module {
  /** A number for all dimensions, or a list; null keeps the input's size. */
  readonly outputSize: OutputSize;

  constructor(owner: string, rank: number, outputSize: OutputSize) {
    super();
    checkOutputSize(owner, outputSize, rank);
    this.outputSize = kept(outputSize);
  }

  override extraRepr(): string {
    return `output_size=${formatSizes(this.outputSize)}`;
  }
}

/**
 * Averages over [N, C, L] or [C, L], to `outputSize` of them.
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html
 * @throws RangeError if the size is out of range, or on a call with another number of dimensions
 */
export class AdaptiveAvgPool1d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveAvgPool1d", 1, outputSize);
  }

  override forward(input: Tensor): Tensor {
    return adaptiveAvgPool1d(input, this.outputSize);
  }
}

/**
 * Averages over [N, C, H, W] or [C, H, W], to `outputSize`: a number is both sides, null in a list
 * keeps one. https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
 * @throws RangeError if a size is out of range, or on a call with another number of dimensions
 */
export class AdaptiveAvgPool2d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveAvgPool2d", 2, outputSize);
  }

  override forward(input: Tensor): Tensor {
    return adaptiveAvgPool2d(input, this.outputSize);
  }
}

/** {@link AdaptiveAvgPool2d} over [N, C, D, H, W] or [C, D, H, W]. */
export class AdaptiveAvgPool3d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super("AdaptiveAvgPool3d", 3, outputSize);
  }

  override forward(input: Tensor): Tensor {
    return adaptiveAvgPool3d(input, this.outputSize);
  }
}

abstract class AdaptiveMaxPool<Indices extends boolean> extends AdaptivePool {
  readonly returnIndices: boolean;

  constructor(owner: string, rank: number, outputSize: OutputSize, options: AdaptiveMaxPoolOptions<Indices>) {
    super(owner, rank, outputSize);
    this.returnIndices = checkAdaptiveMaxOptions(owner, options);
  }

  protected get options(): AdaptiveMaxPoolOptions<Indices> {
    return { returnIndices: this.returnIndices as Indices };
  }
}

/**
 * Largest values over [N, C, L] or [C, L], `outputSize` of them; with `returnIndices` a call gives
 * `[output, indices]`. https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html
 * @throws RangeError if the size is out of range, or on a call with another number of dimensions
 */
export class AdaptiveMaxPool1d<Indices extends boolean = false> extends AdaptiveMaxPool<Indices> {
  constructor(outputSize: OutputSize, options: AdaptiveMaxPoolOptions<Indices> = {}) {
    super("AdaptiveMaxPool1d", 1, outputSize, options);
  }

  override forward(input: Tensor): Pooled<Indices> {
    return adaptiveMaxPool1d(input, this.outputSize, this.options);
  }
}

/** {@link AdaptiveMaxPool1d} over [N, C, H, W] or [C, H, W]. */
export class AdaptiveMaxPool2d<Indices extends boolean = false> extends AdaptiveMaxPool<Indices> {
  constructor(outputSize: OutputSize, options: AdaptiveMaxPoolOptions<Indices> = {}) {
    super("AdaptiveMaxPool2d", 2, outputSize, options);
  }

  override forward(input: Tensor): Pooled<Indices> {
    return adaptiveMaxPool2d(input, this.outputSize, this.options);
  }
}

/** {@link AdaptiveMaxPool1d} over [N, C, D, H, W] or [C, D, H, W]. */
export class AdaptiveMaxPool3d<Indices extends boolean = false> extends AdaptiveMaxPool<Indices> {
  constructor(outputSize: OutputSize, options: AdaptiveMaxPoolOptions<Indices> = {}) {
    super("AdaptiveMaxPool3d", 3, outputSize, options);
  }

  override forward(input: Tensor): Pooled<Indices> {
    return adaptiveMaxPool3d(input, this.outputSize, this.options);
  }
}
