import { check, flag, formatShape, refuse } from "../../../core/index.ts";
import { type GeneratorOption, type Tensor, zeros } from "../../../tensor/index.ts";
import { checkPlacedSize, requireTensor } from "../../checks.ts";
import { type Sizes, sizesOf, spatialNames } from "../../functional/sizes.ts";
import { kaimingUniform_, uniform_ } from "../../init.ts";
import { checkSize, newParameter } from "../../lazy/lazy.ts";
import { Module } from "../../module/module.ts";
import type { Parameter } from "../../module/parameter.ts";
import { formatBool, formatSizes } from "../../print/format.ts";
import { type OnlyIf, onlyIf } from "../onlyIf.ts";

/** The base of convolutions, including transposed ones. */
export interface ConvSettings extends GeneratorOption {
  /** Places from one window to the next. Default 1. */
  readonly stride?: Sizes | undefined;
  /** Places from one value of a window to the next. Default 1. */
  readonly dilation?: Sizes | undefined;
  /**
   * The number of groups that the channels are split into; each group of outputs uses one group of
   * inputs. Default 1.
   */
  readonly groups?: number | undefined;
  /**
   * Learn an additive bias. Default true; use false before a batch normalization, which subtracts
   * the mean.
   */
  readonly bias?: boolean | undefined;
}

/** Names of fields in camel case, for the messages that refuse PyTorch's. */
export const convFields = ["inChannels", "outChannels", "kernelSize", "paddingMode", "outputPadding"];

export abstract class ConvBase<Bias extends boolean = boolean, In extends unknown[] = never> extends Module<
  In,
  Tensor
> {
  readonly inChannels: number;
  readonly outChannels: number;
  /** One size per dimension, as in all fields below. */
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  /**
   * [outChannels, inChannels / groups, ...kernelSize]; [inChannels, outChannels / groups, ...] in
   * transposed ones
   */
  weight: Parameter;
  /** [outChannels]; null with `bias: false` */
  bias: OnlyIf<Bias, Parameter>;

  /** @param owner the name that users know */
  constructor(
    owner: string,
    rank: number,
    transposed: boolean,
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    { stride = 1, dilation = 1, groups = 1, bias = true }: ConvSettings,
  ) {
    super();
    checkSize(this, "inChannels", inChannels);
    checkPlacedSize(owner, "outChannels", outChannels);
    const kernel = sizesOf(owner, "kernelSize", kernelSize, rank, 1);
    const steps = sizesOf(owner, "stride", stride, rank, 1);
    const spread = sizesOf(owner, "dilation", dilation, rank, 1);
    checkPlacedSize(owner, "groups", groups);
    for (const [name, channels] of Object.entries({ inChannels, outChannels })) {
      if (channels % groups === 0) continue;
      throw refuse("conflict", owner, `${name} is ${channels}, which ${groups} groups do not divide`);
    }
    check(owner, "bias", bias, flag());
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = kernel;
    this.stride = steps;
    this.dilation = spread;
    this.groups = groups;
    const [rows, columns] = transposed ? [inChannels, outChannels] : [outChannels, inChannels];
    this.weight = newParameter(this, zeros, [rows, columns / groups, ...kernel]);
    this.bias = onlyIf(bias, () => newParameter(this, zeros, [outChannels]));
  }

  /** Draws new values for weight and bias. */
  resetParameters({ generator }: GeneratorOption = {}): void {
    kaimingUniform_(this.weight, { a: Math.sqrt(5), generator });
    const fanIn = this.weight.numel() / this.weight.shape[0];
    const bound = 1 / Math.sqrt(fanIn);
    if (this.bias !== null) uniform_(this.bias, -bound, bound, { generator });
  }

  /**
   * @throws RangeError for an input with another number of dimensions or of channels than the layer
   *   is made for
   */
  protected checkInput(owner: string, input: Tensor): void {
    requireTensor(owner, "input", input);
    const rank = this.kernelSize.length;
    const places = spatialNames(rank).join(", ");
    const given = `${owner}: input has shape ${formatShape(input.shape)}`;
    const expected = `expected [N, ${this.inChannels}, ${places}], or [${this.inChannels}, ${places}] for one example`;
    if (input.ndim !== rank + 1 && input.ndim !== rank + 2) throw refuse("wrong-value", "", `${given}, ${expected}`);
    const channels = input.shape[input.ndim - rank - 1];
    if (channels === this.inChannels) return;
    const cure =
      input.ndim === rank + 1 && this.inChannels === 1
        ? `a batch without channels gets them by .unsqueeze(1)`
        : "change the layer before, or inChannels";
    throw refuse("wrong-shape", "", `${given}, ${channels} channels, ${expected}`, cure);
  }

  /** PyTorch's settings in its order; from `padding` on only those that are not the default. */
  protected describeSettings(
    padding: readonly number[] | string,
    outputPadding?: readonly number[],
    mode = "zeros",
  ): string {
    const { inChannels, outChannels, kernelSize, stride, dilation, groups, bias } = this;
    const all = (sizes: readonly number[], value: number) => sizes.every((n) => n === value);
    const shown = (name: string, sizes: readonly number[], usual: number) =>
      all(sizes, usual) ? [] : [`${name}=${formatSizes(sizes)}`];
    return [
      inChannels,
      outChannels,
      `kernel_size=${formatSizes(kernelSize)}`,
      `stride=${formatSizes(stride)}`,
      ...(typeof padding === "string" ? [`padding=${padding}`] : shown("padding", padding, 0)),
      ...shown("dilation", dilation, 1),
      ...shown("output_padding", outputPadding ?? [], 0),
      ...(groups === 1 ? [] : [`groups=${groups}`]),
      ...(bias === null ? [`bias=${formatBool(false)}`] : []),
      ...(mode === "zeros" ? [] : [`padding_mode=${mode}`]),
    ].join(", ");
  }
}
