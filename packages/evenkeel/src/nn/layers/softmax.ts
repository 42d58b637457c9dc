import type { Tensor } from "../../tensor/index.ts";
import { checkDim, leadingSetting } from "../checks.ts";
import * as F from "../functional/activation.ts";
import { Module } from "../module.ts";

/** The nonlinearities that work along a dimension, as layers; what each computes is said in `functional`. */

export interface DimOption {
  /** The dimension along which the values sum to 1. */
  readonly dim: number;
}

/** A layer whose only setting is its dimension: a subclass needs its `forward` alone. */
abstract class AlongDim extends Module {
  readonly dim: number;

  constructor(dim: number | DimOption) {
    super();
    const { dim: given = undefined as never } = leadingSetting<DimOption>(new.target.name, ["dim"], dim);
    checkDim(new.target.name, given);
    this.dim = given;
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** The dimension has to be given: PyTorch's guess depends on the rank of the input, and warns. */
export class Softmax extends AlongDim {
  override forward(input: Tensor): Tensor {
    return F.softmax(input, { dim: this.dim });
  }
}

export class Softmin extends AlongDim {
  override forward(input: Tensor): Tensor {
    return F.softmin(input, { dim: this.dim });
  }
}

export class LogSoftmax extends AlongDim {
  override forward(input: Tensor): Tensor {
    return F.logSoftmax(input, { dim: this.dim });
  }
}
