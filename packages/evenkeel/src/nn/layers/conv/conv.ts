import { checkOptions, describe, refuseMisspellings, wrongValue } from "../../../core/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import {
  type ConvOptions,
  type ConvPadding,
  checkPaddingName,
  conv1d,
  conv2d,
  conv3d,
  pairsOf,
} from "../../functional/conv/conv.ts";
import { pad } from "../../functional/conv/pad.ts";
import { type Sizes, sizesOf } from "../../functional/sizes.ts";
import { ConvBase, type ConvSettings, convFields } from "./convBase.ts";

export type PaddingMode = "zeros" | "reflect" | "replicate" | "circular";

export interface ConvLayerOptions extends ConvSettings {
  /**
   * The padding on both sides of each dimension; `"same"` for an output of the input's size.
   * Default 0.
   */
  readonly padding?: ConvPadding | undefined;
  /** The contents of the padding, as in `F.pad`. Default "zeros". */
  readonly paddingMode?: PaddingMode | undefined;
}

const paddingModes: readonly PaddingMode[] = ["zeros", "reflect", "replicate", "circular"];

type Convolve = (input: Tensor, weight: Tensor, bias: Tensor | null, options: ConvOptions) => Tensor;

/** The class that convByOptions.ts exports; shapes, source and errors are documented there. */
abstract class ConvLayer<Bias extends boolean = boolean> extends ConvBase<Bias> {
  /** One number per dimension, or a named mode. */
  readonly padding: readonly number[] | "same" | "valid";
  readonly paddingMode: PaddingMode;

  constructor(
    owner: string,
    rank: number,
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options: ConvLayerOptions = {},
  ) {
    checkOptions(owner, options, ["stride", "padding", "dilation", "groups", "bias", "paddingMode", "generator"]);
    super(owner, rank, false, inChannels, outChannels, kernelSize, options);
    refuseMisspellings(ConvLayer.prototype, "layer", { fields: convFields, assignable: true });
    const { padding = 0, paddingMode = "zeros" } = options;
    if (!paddingModes.includes(paddingMode)) {
      throw wrongValue(owner, "paddingMode", paddingMode, paddingModes.map(describe).join(", "));
    }
    if (typeof padding === "string") checkPaddingName(owner, padding, this.stride);
    this.padding = typeof padding === "string" ? padding : sizesOf(owner, "padding", padding, rank, 0);
    this.paddingMode = paddingMode;
    this.resetParameters(options);
  }

  protected convolve(owner: string, fn: Convolve, input: Tensor): Tensor {
    this.checkInput(owner, input);
    const { weight, bias, stride, padding, dilation, groups, paddingMode, kernelSize } = this;
    if (paddingMode === "zeros") return fn(input, weight, bias, { stride, padding, dilation, groups });
    const pairs = pairsOf(owner, padding, kernelSize, stride, dilation);
    const padded = pad(input, pairs.reverse().flat(), { mode: paddingMode });
    return fn(padded, weight, bias, { stride, dilation, groups });
  }

  override extraRepr(): string {
    return this.describeSettings(this.padding, undefined, this.paddingMode);
  }
}

export class Conv1dLayer<Bias extends boolean = boolean> extends ConvLayer<Bias> {
  static override readonly name: string = "Conv1d";

  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options?: ConvLayerOptions) {
    super("Conv1d", 1, inChannels, outChannels, kernelSize, options);
  }

  override forward(input: Tensor): Tensor {
    return this.convolve("Conv1d", conv1d, input);
  }
}

export class Conv2dLayer<Bias extends boolean = boolean> extends ConvLayer<Bias> {
  static override readonly name: string = "Conv2d";

  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options?: ConvLayerOptions) {
    super("Conv2d", 2, inChannels, outChannels, kernelSize, options);
  }

  override forward(input: Tensor): Tensor {
    return this.convolve("Conv2d", conv2d, input);
  }
}

export class Conv3dLayer<Bias extends boolean = boolean> extends ConvLayer<Bias> {
  static override readonly name: string = "Conv3d";

  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options?: ConvLayerOptions) {
    super("Conv3d", 3, inChannels, outChannels, kernelSize, options);
  }

  override forward(input: Tensor): Tensor {
    return this.convolve("Conv3d", conv3d, input);
  }
}
