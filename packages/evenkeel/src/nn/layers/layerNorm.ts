import { checkOptions, refuseMisspellings, type Shape } from "../../core/index.ts";
import { ones, type Tensor, zeros } from "../../tensor/index.ts";
import { checkFinite, checkFlag } from "../checks.ts";
import { formatBool, formatFloat } from "../format.ts";
import { layerNorm, type NormalizedShape, normalizedShapeOf } from "../functional/layerNorm.ts";
import { ones_, zeros_ } from "../init.ts";
import { Module } from "../module.ts";
import { Parameter } from "../parameter.ts";

export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Learn a scale and a shift per normalized value. Default true. */
  readonly elementwiseAffine?: boolean;
  /** Learn the shift; only where `elementwiseAffine` is. Default true. */
  readonly bias?: boolean;
}

/**
 * Layer normalization over the last dimensions, those of `normalizedShape` (a number is the size of the very last):
 * (x - mean) / sqrt(variance + eps) * weight + bias, each example by its own mean and biased variance. Unlike batch
 * normalization it is the same in training and evaluation, and takes batches of one row.
 * https://arxiv.org/abs/1607.06450, https://pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
 * @throws RangeError if a size is not a whole number of at least 1, or on a call whose input does not end in these sizes
 */
export class LayerNorm extends Module {
  readonly normalizedShape: Shape;
  readonly eps: number;
  readonly elementwiseAffine: boolean;
  /** Scale and shift, of the normalized shape; null if not learned. */
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(normalizedShape: NormalizedShape, options: LayerNormOptions = {}) {
    super();
    refuseMisspellings(LayerNorm.prototype, "layer", {
      fields: ["normalizedShape", "elementwiseAffine"],
      assignable: true,
    });
    const shape = normalizedShapeOf("LayerNorm", normalizedShape);
    checkOptions("LayerNorm", options, ["eps", "elementwiseAffine", "bias"]);
    const { eps = 1e-5, elementwiseAffine = true, bias = true } = options;
    checkFinite("LayerNorm", "eps", eps);
    if (eps < 0) throw new RangeError(`LayerNorm: eps is ${eps}, expected a number of at least 0`);
    checkFlag("LayerNorm", "elementwiseAffine", elementwiseAffine);
    checkFlag("LayerNorm", "bias", bias);
    this.normalizedShape = shape;
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.weight = elementwiseAffine ? new Parameter(ones(shape)) : null;
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(shape)) : null;
  }

  /** Scale and shift as they were at the start. */
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
    const shape = `(${normalizedShape.join(", ")}${normalizedShape.length === 1 ? "," : ""})`;
    return `${shape}, eps=${formatFloat(eps)}, elementwise_affine=${formatBool(elementwiseAffine)}`;
  }
}
