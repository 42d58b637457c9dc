import { check, checkOptions, flag, refuseMisspellings } from "../../core/index.ts";
import { type GeneratorOption, type Tensor, zeros } from "../../tensor/index.ts";
import { checkPlacedSize } from "../checks.ts";
import { linear } from "../functional/linear.ts";
import { kaimingUniform_, uniform_ } from "../init.ts";
import { checkSize, newParameter } from "../lazy/lazy.ts";
import { className } from "../module/callable.ts";
import { Module } from "../module/module.ts";
import type { Parameter } from "../module/parameter.ts";
import { formatBool } from "../print/format.ts";
import { type OnlyIf, onlyIf } from "./onlyIf.ts";

export interface LinearOptions extends GeneratorOption {
  /**
   * Learn an additive bias. Default true; use false before a BatchNorm1d, which subtracts the mean.
   */
  readonly bias?: boolean | undefined;
}

/**
 * The class that byOptions.ts exports as nn.Linear; formula, source and errors are documented
 * there.
 */
export class LinearLayer<Bias extends boolean = boolean> extends Module {
  /** The public name, in prints and errors. */
  static override readonly name: string = "Linear";
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** [outFeatures, inFeatures] */
  weight: Parameter;
  /** [outFeatures]; null with `bias: false` */
  bias: OnlyIf<Bias, Parameter>;

  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    refuseMisspellings(LinearLayer.prototype, "layer", { fields: ["inFeatures", "outFeatures"], assignable: true });
    const owner = className(this);
    checkSize(this, "inFeatures", inFeatures);
    checkPlacedSize(owner, "outFeatures", outFeatures);
    checkOptions(owner, options, ["bias", "generator"]);
    const { bias = true } = options;
    check(owner, "bias", bias, flag());
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = newParameter(this, zeros, [outFeatures, inFeatures]);
    this.bias = onlyIf(bias, () => newParameter(this, zeros, [outFeatures]));
    this.resetParameters(options);
  }

  /** Draws new values for weight and bias. */
  resetParameters({ generator }: GeneratorOption = {}): void {
    kaimingUniform_(this.weight, { a: Math.sqrt(5), generator });
    const bound = 1 / Math.sqrt(this.inFeatures);
    if (this.bias !== null) uniform_(this.bias, -bound, bound, { generator });
  }

  override forward(input: Tensor): Tensor {
    return linear(input, this.weight, this.bias);
  }

  override extraRepr(): string {
    const { inFeatures, outFeatures, bias } = this;
    return `in_features=${inFeatures}, out_features=${outFeatures}, bias=${formatBool(bias !== null)}`;
  }
}

/** Returns its input: a placeholder in a network. */
export class Identity extends Module {
  override forward(input: Tensor): Tensor {
    return input;
  }
}
