import {
  check,
  checkOptions,
  flag,
  formatShape,
  listOf,
  mismatch,
  oneOf,
  refuseMisspellings,
  type Shape,
  sameShape,
  wholeNumber,
  wrongShape,
  wrongValue,
} from "../../../core/index.ts";
import { cat, type GeneratorOption, noGrad, ones, type Tensor, zeros } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import { type NormalizedShape, normalizedShapeOf } from "../../functional/norm/layerNorm.ts";
import { normal_, ones_, zeros_ } from "../../init.ts";
import { Module } from "../../module/module.ts";
import { Parameter } from "../../module/parameter.ts";
import { formatBool, formatSizes } from "../../print/format.ts";
import { type OnlyIf, onlyIf } from "../onlyIf.ts";

/** How a scale starts: at 1, normal(0, 1), or at -1 or 1 with equal probability. */
export type ScalingInit = (typeof scalingInits)[number];

const scalingInits = ["ones", "normal", "randomSigns"] as const;

export interface ElementwiseAffineOptions extends GeneratorOption {
  /** Learn a shift beside the scale. Default true. */
  readonly bias?: boolean | undefined;
  /** Default "ones". */
  readonly scalingInit?: ScalingInit | undefined;
  /**
   * Sizes of consecutive parts of the last dimension, each of which starts with one drawn value: the
   * inputs of one column of a table, for instance. Default: a value for every element.
   */
  readonly scalingInitChunks?: readonly number[] | undefined;
}

/**
 * The class that byOptions.ts exports as nn.ElementwiseAffine; formula, source and errors are
 * documented there.
 */
export class ElementwiseAffineLayer<Bias extends boolean = boolean> extends Module {
  /** The public name, in prints and errors. */
  static override readonly name: string = "ElementwiseAffine";
  readonly shape: Shape;
  /** Of `shape`. */
  weight: Parameter;
  /** Of `shape`; null with `bias: false` */
  bias: OnlyIf<Bias, Parameter>;
  readonly scalingInit: ScalingInit;
  readonly scalingInitChunks: readonly number[] | undefined;

  constructor(shape: NormalizedShape, options: ElementwiseAffineOptions = {}) {
    super();
    refuseMisspellings(ElementwiseAffineLayer.prototype, "layer", { fields: ["shape"], assignable: true });
    this.shape = normalizedShapeOf("ElementwiseAffine", shape, "shape");
    checkOptions("ElementwiseAffine", options, ["bias", "scalingInit", "scalingInitChunks", "generator"]);
    const { bias = true, scalingInit = "ones", scalingInitChunks } = options;
    check("ElementwiseAffine", "bias", bias, flag());
    check("ElementwiseAffine", "scalingInit", scalingInit, oneOf(scalingInits));
    if (scalingInitChunks !== undefined) checkChunks(scalingInitChunks, scalingInit, this.shape);
    this.scalingInit = scalingInit;
    this.scalingInitChunks = scalingInitChunks && [...scalingInitChunks];
    this.weight = new Parameter(ones(this.shape));
    this.bias = onlyIf(bias, () => new Parameter(zeros(this.shape)));
    this.resetParameters(options);
  }

  /** Draws the scale again, and sets the shift to 0. */
  resetParameters({ generator }: GeneratorOption = {}): void {
    if (this.bias !== null) zeros_(this.bias);
    const chunks = this.scalingInitChunks;
    if (chunks === undefined) {
      this.draw(this.weight, generator);
      return;
    }
    const leading = this.shape.slice(0, -1);
    const parts = chunks.map((size) =>
      this.draw(ones([...leading, 1], { dtype: this.weight.dtype }), generator).expand([...leading, size]),
    );
    noGrad(() => this.weight.copy_(cat(parts, -1)));
  }

  private draw<T extends Tensor>(tensor: T, generator: GeneratorOption["generator"]): T {
    switch (this.scalingInit) {
      case "ones":
        return ones_(tensor);
      case "normal":
        return normal_(tensor, 0, 1, { generator });
      case "randomSigns":
        return noGrad(() => tensor.bernoulli_(0.5, { generator }).mul_(2).sub_(1));
    }
  }

  override forward(input: Tensor): Tensor {
    requireTensor("ElementwiseAffine", "input", input);
    const { shape, weight, bias } = this;
    const end = input.shape.slice(Math.max(0, input.ndim - shape.length));
    if (!sameShape(end, shape)) {
      throw wrongShape("ElementwiseAffine", "input", input.shape, `[..., ${shape.join(", ")}]`);
    }
    const scaled = input.mul(weight);
    return bias === null ? scaled : scaled.add(bias);
  }

  override extraRepr(): string {
    return `${formatSizes(this.shape)}, bias=${formatBool(this.bias !== null)}`;
  }
}

function checkChunks(chunks: unknown, init: ScalingInit, shape: Shape): void {
  const [owner, what] = ["ElementwiseAffine", "scalingInitChunks"];
  check(owner, what, chunks, listOf(wholeNumber(1), "sizes such as [2, 3]"));
  if (init === "ones") {
    throw mismatch(
      "conflict",
      owner,
      `${what} is given, but "ones" draws nothing`,
      'scalingInit "normal" or "randomSigns"',
    );
  }
  const last = shape.at(-1) ?? 1;
  const sum = (chunks as readonly number[]).reduce((total, size) => total + size, 0);
  if (sum !== last) {
    throw wrongValue(owner, what, chunks, `sizes that add up to ${last}, the last dimension of ${formatShape(shape)}`);
  }
}
