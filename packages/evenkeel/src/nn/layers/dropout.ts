import type { Tensor } from "../../tensor/index.ts";
import { checkFlag, type InplaceOption, leadingSetting } from "../checks.ts";
import { formatBool, formatFloat } from "../format.ts";
import { checkProbability, dropout } from "../functional/dropout.ts";
import { Module } from "../module.ts";

export interface DropoutLayerOptions extends InplaceOption {
  /** Probability of zeroing a value. Default 0.5. */
  readonly p?: number;
}

/** A layer that drops with probability p in training, and in eval is the identity. */
abstract class Dropping extends Module {
  readonly p: number;
  readonly inplace: boolean;

  constructor(p?: number | DropoutLayerOptions, options?: InplaceOption) {
    super();
    const owner = new.target.name;
    const settings = leadingSetting<DropoutLayerOptions>(owner, ["p", "inplace"], p, options);
    const { p: probability = 0.5, inplace = false } = settings;
    checkProbability(owner, probability);
    checkFlag(owner, "inplace", inplace);
    this.p = probability;
    this.inplace = inplace;
  }

  override extraRepr(): string {
    return `p=${formatFloat(this.p)}, inplace=${formatBool(this.inplace)}`;
  }
}

/**
 * In training sets each value to 0 with probability p and multiplies the others by 1 / (1 - p); in eval the identity.
 * `inplace` is PyTorch's and has no effect here: the input stays as it is. https://jmlr.org/papers/v15/srivastava14a.html
 * @throws RangeError if p is no probability
 */
export class Dropout extends Dropping {
  override forward(input: Tensor): Tensor {
    return dropout(input, { p: this.p, training: this.training });
  }
}
