import { checkOptions, formatShape, refuseMisspellings, wrongValue } from "../../../core/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import {
  type ConvTransposeOptions,
  checkOutputPadding,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
} from "../../functional/conv/conv.ts";
import { type Sizes, sizesOf } from "../../functional/sizes.ts";
import { ConvBase, type ConvSettings, convFields } from "./convBase.ts";

export interface ConvTransposeLayerOptions extends ConvSettings {
  /** Crops this many positions from both sides of each dimension of the output. Default 0. */
  readonly padding?: Sizes | undefined;
  /**
   * Adds positions at the end of each dimension of the output, fewer than the stride or the
   * dilation. Default 0.
   */
  readonly outputPadding?: Sizes | undefined;
}

export interface ConvTransposeCallOptions {
  /**
   * The spatial sizes of the output, where a stride leaves several: it takes the place of
   * `outputPadding`. One per dimension, or the whole shape of the output.
   */
  readonly outputSize?: readonly number[] | undefined;
}

type Convolve = (input: Tensor, weight: Tensor, bias: Tensor | null, options: ConvTransposeOptions) => Tensor;

/** The class that convByOptions.ts exports; shapes, source and errors are documented there. */
export abstract class ConvTransposeLayer<Bias extends boolean = boolean> extends ConvBase<
  Bias,
  [input: Tensor, options?: ConvTransposeCallOptions]
> {
  readonly padding: readonly number[];
  readonly outputPadding: readonly number[];

  constructor(
    owner: string,
    rank: number,
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options: ConvTransposeLayerOptions = {},
  ) {
    checkOptions(owner, options, ["stride", "padding", "outputPadding", "dilation", "groups", "bias", "generator"]);
    super(owner, rank, true, inChannels, outChannels, kernelSize, options);
    refuseMisspellings(ConvTransposeLayer.prototype, "layer", { fields: convFields, assignable: true });
    const { padding = 0, outputPadding = 0 } = options;
    this.padding = sizesOf(owner, "padding", padding, rank, 0);
    this.outputPadding = sizesOf(owner, "outputPadding", outputPadding, rank, 0);
    checkOutputPadding(owner, this.outputPadding, this.stride, this.dilation);
    this.resetParameters(options);
  }

  protected convolve(
    owner: string,
    fn: Convolve,
    input: Tensor,
    { outputSize, ...others }: ConvTransposeCallOptions = {},
  ): Tensor {
    checkOptions(owner, others, ["outputSize"]);
    this.checkInput(owner, input);
    const { weight, bias, stride, padding, dilation, groups } = this;
    const outputPadding = outputSize === undefined ? this.outputPadding : this.paddingFor(owner, input, outputSize);
    return fn(input, weight, bias, { stride, padding, outputPadding, dilation, groups });
  }

  /** The output padding that gives an output of the size. */
  private paddingFor(owner: string, input: Tensor, outputSize: readonly number[]): readonly number[] {
    const { kernelSize, stride, padding, dilation } = this;
    const rank = kernelSize.length;
    const whole = Array.isArray(outputSize) && outputSize.length === input.ndim;
    const size = sizesOf(owner, "outputSize", whole ? outputSize.slice(-rank) : outputSize, rank, 1);
    const least = input.shape
      .slice(-rank)
      .map((n, i) => (n - 1) * stride[i] - 2 * padding[i] + dilation[i] * (kernelSize[i] - 1) + 1);
    const more = size.map((n, i) => n - least[i]);
    if (more.some((n, i) => n < 0 || n >= stride[i])) {
      throw wrongValue(
        owner,
        "outputSize",
        size,
        `from ${formatShape(least)} to ${formatShape(least.map((n, i) => n + stride[i] - 1))} for an ` +
          `input of shape ${formatShape(input.shape)}`,
      );
    }
    return more;
  }

  override extraRepr(): string {
    return this.describeSettings(this.padding, this.outputPadding);
  }
}

export class ConvTranspose1dLayer<Bias extends boolean = boolean> extends ConvTransposeLayer<Bias> {
  static override readonly name: string = "ConvTranspose1d";

  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options?: ConvTransposeLayerOptions) {
    super("ConvTranspose1d", 1, inChannels, outChannels, kernelSize, options);
  }

  override forward(input: Tensor, options?: ConvTransposeCallOptions): Tensor {
    return this.convolve("ConvTranspose1d", convTranspose1d, input, options);
  }
}

export class ConvTranspose2dLayer<Bias extends boolean = boolean> extends ConvTransposeLayer<Bias> {
  static override readonly name: string = "ConvTranspose2d";

  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options?: ConvTransposeLayerOptions) {
    super("ConvTranspose2d", 2, inChannels, outChannels, kernelSize, options);
  }

  override forward(input: Tensor, options?: ConvTransposeCallOptions): Tensor {
    return this.convolve("ConvTranspose2d", convTranspose2d, input, options);
  }
}

export class ConvTranspose3dLayer<Bias extends boolean = boolean> extends ConvTransposeLayer<Bias> {
  static override readonly name: string = "ConvTranspose3d";

  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options?: ConvTransposeLayerOptions) {
    super("ConvTranspose3d", 3, inChannels, outChannels, kernelSize, options);
  }

  override forward(input: Tensor, options?: ConvTransposeCallOptions): Tensor {
    return this.convolve("ConvTranspose3d", convTranspose3d, input, options);
  }
}
