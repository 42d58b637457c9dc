import { wrongShape } from "../../../core/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { checkDim, leadingSetting, requireTensor } from "../../checks.ts";
import * as F from "../../functional/activation/activation.ts";
import { Module } from "../../module/module.ts";

/** The nonlinearities that work along a dimension, as layers; `functional` has the formulas. */

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

/**
 * exp(-x) / sum(exp(-x)) along `dim`.
 * https://pytorch.org/docs/stable/generated/torch.nn.Softmin.html
 */
export class Softmin extends AlongDim {
  override forward(input: Tensor): Tensor {
    return F.softmin(input, { dim: this.dim });
  }
}

/**
 * log(exp(x) / sum(exp(x))) along `dim`.
 * https://pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html
 */
export class LogSoftmax extends AlongDim {
  override forward(input: Tensor): Tensor {
    return F.logSoftmax(input, { dim: this.dim });
  }
}

/**
 * Softmax over the channels of each place of a picture, [N, C, H, W] or [C, H, W].
 * https://pytorch.org/docs/stable/generated/torch.nn.Softmax2d.html
 * @throws RangeError on a call with an input of another rank
 */
export class Softmax2d extends Module {
  override forward(input: Tensor): Tensor {
    requireTensor("Softmax2d", "input", input);
    if (input.ndim !== 3 && input.ndim !== 4) {
      throw wrongShape(
        "Softmax2d",
        "input",
        input.shape,
        "[N, C, H, W] or [C, H, W]",
        "new nn.Softmax(dim) takes any rank",
      );
    }
    return F.softmax(input, { dim: -3 });
  }
}

/**
 * The first half along `dim` (default -1) times the sigmoid of the second.
 * https://arxiv.org/abs/1612.08083
 */
export class GLU extends AlongDim {
  constructor(dim: number | DimOption = -1) {
    super(dim);
  }

  override forward(input: Tensor): Tensor {
    return F.glu(input, { dim: this.dim });
  }
}
