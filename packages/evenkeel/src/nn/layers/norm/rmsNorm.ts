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
import { ones, type Tensor } from "../../../tensor/index.ts";
import { type NormalizedShape, normalizedShapeOf } from "../../functional/norm/layerNorm.ts";
import { rmsNorm } from "../../functional/norm/rmsNorm.ts";
import { ones_ } from "../../init.ts";
import { className } from "../../module/callable.ts";
import { Module } from "../../module/module.ts";
import { Parameter } from "../../module/parameter.ts";
import { formatBool, formatFloat, formatSizes } from "../../print/format.ts";
import { type OnlyIf, onlyIf } from "../onlyIf.ts";

export interface RMSNormOptions {
  /** Added to the mean square. Default null: the machine epsilon of the input's dtype. */
  readonly eps?: number | null | undefined;
  /** Learn a scale per normalized value. Default true. */
  readonly elementwiseAffine?: boolean | undefined;
}

/**
 * The class that byOptions.ts exports as nn.RMSNorm; formula, source and errors are documented
 * there.
 */
export class RMSNormLayer<Affine extends boolean = boolean> extends Module {
  /** The public name, in prints and errors. */
  static override readonly name: string = "RMSNorm";
  readonly normalizedShape: Shape;
  readonly eps: number | null;
  readonly elementwiseAffine: boolean;
  /** Scale, of the normalized shape; null if not learned. */
  weight: OnlyIf<Affine, Parameter>;

  constructor(normalizedShape: NormalizedShape, options: RMSNormOptions = {}) {
    super();
    refuseMisspellings(RMSNormLayer.prototype, "layer", {
      fields: ["normalizedShape", "elementwiseAffine"],
      assignable: true,
    });
    const owner = className(this);
    const shape = normalizedShapeOf(owner, normalizedShape);
    checkOptions(owner, options, ["eps", "elementwiseAffine"]);
    const { eps = null, elementwiseAffine = true } = options;
    if (eps !== null) {
      checkValue(owner, "eps", eps, finiteNumber());
      if (eps < 0) throw wrongValue(owner, "eps", eps, "a number of at least 0");
    }
    check(owner, "elementwiseAffine", elementwiseAffine, flag());
    this.normalizedShape = shape;
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.weight = onlyIf(elementwiseAffine, () => new Parameter(ones(shape)));
  }

  /** Resets the scale. */
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight);
  }

  override forward(input: Tensor): Tensor {
    const { normalizedShape, weight, eps } = this;
    return rmsNorm(input, normalizedShape, { weight, eps });
  }

  override extraRepr(): string {
    const { normalizedShape, eps, elementwiseAffine } = this;
    const added = eps === null ? "None" : formatFloat(eps);
    return `${formatSizes(normalizedShape)}, eps=${added}, elementwise_affine=${formatBool(elementwiseAffine)}`;
  }
}
