import type { Tensor } from "../../tensor/index.ts";
import { formatFloat } from "../format.ts";
import { checkProbability, dropout } from "../functional/dropout.ts";
import { Module } from "../module.ts";

/**
 * In training sets each value to 0 with probability p and multiplies the others by 1 / (1 - p); in eval the identity.
 * https://jmlr.org/papers/v15/srivastava14a.html
 * @throws RangeError if p is no probability
 */
export class Dropout extends Module {
  readonly p: number;

  constructor(p = 0.5) {
    super();
    checkProbability("Dropout", p);
    this.p = p;
  }

  override forward(input: Tensor): Tensor {
    return dropout(input, { p: this.p, training: this.training });
  }

  override extraRepr(): string {
    // PyTorch's dropout can also write into its input; ours cannot, and prints as PyTorch's does without.
    return `p=${formatFloat(this.p)}, inplace=False`;
  }
}
