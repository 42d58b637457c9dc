import type { Tensor } from "../../tensor/index.ts";
import { checkFlag, type InplaceOption, leadingSetting } from "../checks.ts";
import { formatBool, formatFloat } from "../format.ts";
import { checkProbability, dropout } from "../functional/dropout.ts";
import { Module } from "../module.ts";

export interface DropoutLayerOptions extends InplaceOption {
  /** Probability of zeroing a value. Default 0.5. */
  readonly p?: number;
}

/**
 * In training sets each value to 0 with probability p and multiplies the others by 1 / (1 - p); in eval the identity.
 * `inplace` is PyTorch's and has no effect here: the input stays as it is. https://jmlr.org/papers/v15/srivastava14a.html
 * @throws RangeError if p is no probability
 */
export class Dropout extends Module {
  readonly p: number;
  readonly inplace: boolean;

  constructor(p?: number | DropoutLayerOptions, options?: InplaceOption) {
    super();
    const settings = leadingSetting<DropoutLayerOptions>("Dropout", ["p", "inplace"], p, options);
    const { p: probability = 0.5, inplace = false } = settings;
    checkProbability("Dropout", probability);
    checkFlag("Dropout", "inplace", inplace);
    this.p = probability;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return dropout(input, { p: this.p, training: this.training });
  }

  override extraRepr(): string {
    return `p=${formatFloat(this.p)}, inplace=${formatBool(this.inplace)}`;
  }
}
