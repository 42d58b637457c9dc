import {
  check,
  checkOptions,
  checkValue,
  finiteNumber,
  flag,
  refuseMisspellings,
  type Shape,
  wrongValue,
} from "../../../core/index.ts";
import { ones, type Tensor, zeros } from "../../../tensor/index.ts";
import { layerNorm, type NormalizedShape, normalizedShapeOf } from "../../functional/norm/layerNorm.ts";
import { ones_, zeros_ } from "../../init.ts";
import { Module } from "../../module/module.ts";
import { Parameter } from "../../module/parameter.ts";
import { formatBool, formatFloat, formatSizes } from "../../print/format.ts";
import { type OnlyIf, onlyIf } from "../onlyIf.ts";

export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
  /** Learn a scale and a shift per normalized value. Default true. */
  readonly elementwiseAffine?: boolean | undefined;
  /** Learn the shift; only where `elementwiseAffine` is. Default true. */
  readonly bias?: boolean | undefined;
}

/**
 * The class that byOptions.ts exports as nn.LayerNorm; formula, source and errors are documented
 * there.
 */
export class LayerNormLayer<Affine extends boolean = boolean, Bias extends boolean = boolean> extends Module {
  /** The public name, in prints and errors. */
  static override readonly name: string = "LayerNorm";
  readonly normalizedShape: Shape;
  readonly eps: number;
  readonly elementwiseAffine: boolean;
  /** Scale and shift, of the normalized shape; null if not learned. */
  weight: OnlyIf<Affine, Parameter>;
  bias: OnlyIf<Affine, OnlyIf<Bias, Parameter>>;

  constructor(normalizedShape: NormalizedShape, options: LayerNormOptions = {}) {
    super();
    refuseMisspellings(LayerNormLayer.prototype, "layer", {
      fields: ["normalizedShape", "elementwiseAffine"],
      assignable: true,
    });
    const shape = normalizedShapeOf("LayerNorm", normalizedShape);
    checkOptions("LayerNorm", options, ["eps", "elementwiseAffine", "bias"]);
    const { eps = 1e-5, elementwiseAffine = true, bias = true } = options;
    checkValue("LayerNorm", "eps", eps, finiteNumber());
    if (eps < 0) throw wrongValue("LayerNorm", "eps", eps, "a number of at least 0");
    check("LayerNorm", "elementwiseAffine", elementwiseAffine, flag());
    check("LayerNorm", "bias", bias, flag());
    this.normalizedShape = shape;
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.weight = onlyIf(elementwiseAffine, () => new Parameter(ones(shape)));
    this.bias = onlyIf(elementwiseAffine, () => onlyIf(bias, () => new Parameter(zeros(shape))));
  }

  /** Resets scale and shift. */
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }

  override forward(input: Tensor): Tensor {
    const { normalizedShape, weight, bias, eps } = this;
    return layerNorm(input, normalizedShape, { weight, bias, eps });
  }

  override extraRepr(): string {
    const { normalizedShape, eps, elementwiseAffine } = this;
    return `${formatSizes(normalizedShape)}, eps=${formatFloat(eps)}, elementwise_affine=${formatBool(elementwiseAffine)}`;
  }
}
