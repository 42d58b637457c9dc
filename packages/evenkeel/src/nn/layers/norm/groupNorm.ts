import {
  check,
  checkOptions,
  checkValue,
  finiteNumber,
  flag,
  refuseMisspellings,
  wrongValue,
} from "../../../core/index.ts";
import { ones, type Tensor, zeros } from "../../../tensor/index.ts";
import { checkPlacedSize } from "../../checks.ts";
import { checkGroups, groupNorm } from "../../functional/norm/groupNorm.ts";
import { ones_, zeros_ } from "../../init.ts";
import { className } from "../../module/callable.ts";
import { Module } from "../../module/module.ts";
import { Parameter } from "../../module/parameter.ts";
import { formatBool, formatFloat } from "../../print/format.ts";
import { type OnlyIf, onlyIf } from "../onlyIf.ts";

export interface GroupNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
  /** Learn a scale and a shift per channel. Default true. */
  readonly affine?: boolean | undefined;
}

/**
 * The class that byOptions.ts exports as nn.GroupNorm; formula, source and errors are documented
 * there.
 */
export class GroupNormLayer<Affine extends boolean = boolean> extends Module {
  /** The public name, in prints and errors. */
  static override readonly name: string = "GroupNorm";
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  readonly affine: boolean;
  /** Scale and shift, [numChannels]; null if not affine. */
  weight: OnlyIf<Affine, Parameter>;
  bias: OnlyIf<Affine, Parameter>;

  constructor(numGroups: number, numChannels: number, options: GroupNormOptions = {}) {
    super();
    refuseMisspellings(GroupNormLayer.prototype, "layer", { fields: ["numGroups", "numChannels"], assignable: true });
    const owner = className(this);
    checkPlacedSize(owner, "numGroups", numGroups);
    checkPlacedSize(owner, "numChannels", numChannels);
    checkGroups(owner, "there are", numChannels, numGroups);
    checkOptions(owner, options, ["eps", "affine"]);
    const { eps = 1e-5, affine = true } = options;
    checkValue(owner, "eps", eps, finiteNumber());
    if (eps < 0) throw wrongValue(owner, "eps", eps, "a number of at least 0");
    check(owner, "affine", affine, flag());
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.affine = affine;
    this.weight = onlyIf(affine, () => new Parameter(ones([numChannels])));
    this.bias = onlyIf(affine, () => new Parameter(zeros([numChannels])));
  }

  /** Resets scale and shift. */
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }

  override forward(input: Tensor): Tensor {
    const { numGroups, weight, bias, eps } = this;
    return groupNorm(input, numGroups, { weight, bias, eps });
  }

  override extraRepr(): string {
    const { numGroups, numChannels, eps, affine } = this;
    return `${numGroups}, ${numChannels}, eps=${formatFloat(eps)}, affine=${formatBool(affine)}`;
  }
}
