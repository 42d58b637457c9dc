import { check, checkOptions, flag, formatShape, mismatch, refuseMisspellings } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import { type GeneratorOption, type Tensor, zeros } from "../../../tensor/index.ts";
import { checkPlacedSize, requireTensor } from "../../checks.ts";
import { uniform_ } from "../../init.ts";
import { Module } from "../../module/module.ts";
import { Parameter } from "../../module/parameter.ts";
import { formatBool } from "../../print/format.ts";
import { type OnlyIf, onlyIf } from "../onlyIf.ts";

export interface LinearEnsembleOptions extends GeneratorOption {
  /** How many members there are. */
  readonly k: number;
  /** Learn an additive bias. Default true. */
  readonly bias?: boolean | undefined;
}

/**
 * The class that byOptions.ts exports as nn.LinearEnsemble; formula, source and errors are
 * documented there.
 */
export class LinearEnsembleLayer<Bias extends boolean = boolean> extends Module {
  /** The public name, in prints and errors. */
  static override readonly name: string = "LinearEnsemble";
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly k: number;
  /** [k, inFeatures, outFeatures] */
  weight: Parameter;
  /** [k, outFeatures]; null with `bias: false` */
  bias: OnlyIf<Bias, Parameter>;

  constructor(inFeatures: number, outFeatures: number, options: LinearEnsembleOptions) {
    super();
    refuseMisspellings(LinearEnsembleLayer.prototype, "layer", {
      fields: ["inFeatures", "outFeatures", "k"],
      assignable: true,
    });
    checkPlacedSize("LinearEnsemble", "inFeatures", inFeatures);
    checkPlacedSize("LinearEnsemble", "outFeatures", outFeatures);
    checkOptions("LinearEnsemble", options ?? {}, ["k", "bias", "generator"]);
    const { k, bias = true } = options ?? {};
    checkPlacedSize("LinearEnsemble", "k", k);
    check("LinearEnsemble", "bias", bias, flag());
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.k = k;
    this.weight = new Parameter(zeros([k, inFeatures, outFeatures]));
    this.bias = onlyIf(bias, () => new Parameter(zeros([k, outFeatures])));
    this.resetParameters(options);
  }

  /** Draws new values for weight and bias. */
  resetParameters({ generator }: GeneratorOption = {}): void {
    const bound = 1 / Math.sqrt(this.inFeatures);
    uniform_(this.weight, -bound, bound, { generator });
    if (this.bias !== null) uniform_(this.bias, -bound, bound, { generator });
  }

  override forward(input: Tensor): Tensor {
    requireTensor("LinearEnsemble", "input", input);
    const { inFeatures, k, weight, bias } = this;
    if (input.ndim !== 3 || input.shape[1] !== k || input.shape[2] !== inFeatures) {
      throw mismatch(
        "wrong-shape",
        "LinearEnsemble",
        `input has shape ${formatShape(input.shape)}`,
        `[N, ${k}, ${inFeatures}]`,
        input.ndim === 2 ? "EnsembleView makes it of [N, d]" : undefined,
      );
    }
    const output = ops.ensembleMatmul<Tensor>(input, weight, {});
    return bias === null ? output : output.add(bias);
  }

  override extraRepr(): string {
    const { inFeatures, outFeatures, k, bias } = this;
    return `in_features=${inFeatures}, out_features=${outFeatures}, k=${k}, bias=${formatBool(bias !== null)}`;
  }
}
