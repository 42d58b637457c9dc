import { check, checkValue, flag, probability } from "../../core/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { type InplaceOption, leadingSetting } from "../checks.ts";
import { alphaDropout, featureAlphaDropout } from "../functional/dropout/alphaDropout.ts";
import { dropout1d, dropout2d, dropout3d } from "../functional/dropout/channelDropout.ts";
import { dropout } from "../functional/dropout/dropout.ts";
import { Module } from "../module/module.ts";
import { formatBool, formatFloat } from "../print/format.ts";

export interface DropoutLayerOptions extends InplaceOption {
  /** Probability of zeroing a value. Default 0.5. */
  readonly p?: number | undefined;
}

/** A layer that drops with probability p in training, and in eval is the identity. */
abstract class Dropping extends Module {
  readonly p: number;
  readonly inplace: boolean;

  constructor(p?: number | DropoutLayerOptions, options?: InplaceOption) {
    super();
    const owner = new.target.name;
    const settings = leadingSetting<DropoutLayerOptions>(owner, ["p", "inplace"], p, options);
    const { p: share = 0.5, inplace = false } = settings;
    checkValue(owner, "p", share, probability());
    check(owner, "inplace", inplace, flag());
    this.p = share;
    this.inplace = inplace;
  }

  override extraRepr(): string {
    return `p=${formatFloat(this.p)}, inplace=${formatBool(this.inplace)}`;
  }
}

/**
 * In training sets each value to 0 with probability p and multiplies the others by 1 / (1 - p); in
 * eval the identity. `inplace` is PyTorch's and has no effect here: the input stays as it is.
 * https://jmlr.org/papers/v15/srivastava14a.html
 * @throws RangeError if p is no probability
 */
export class Dropout extends Dropping {
  override forward(input: Tensor): Tensor {
    return dropout(input, { p: this.p, training: this.training });
  }
}

/**
 * Dropout of whole channels of [N, C, L] or [C, L].
 * https://pytorch.org/docs/stable/generated/torch.nn.Dropout1d.html
 * @throws RangeError if p is no probability, or on a call for an input of another rank
 */
export class Dropout1d extends Dropping {
  override forward(input: Tensor): Tensor {
    return dropout1d(input, { p: this.p, training: this.training });
  }
}

/**
 * Dropout of whole channels of [N, C, H, W] or [N, C, L]: as in PyTorch, three dimensions are not
 * one picture. https://pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html
 * @throws RangeError if p is no probability, or on a call for an input of another rank
 */
export class Dropout2d extends Dropping {
  override forward(input: Tensor): Tensor {
    return dropout2d(input, { p: this.p, training: this.training });
  }
}

/**
 * Dropout of whole channels of [N, C, D, H, W] or [C, D, H, W].
 * https://pytorch.org/docs/stable/generated/torch.nn.Dropout3d.html
 * @throws RangeError if p is no probability, or on a call for an input of another rank
 */
export class Dropout3d extends Dropping {
  override forward(input: Tensor): Tensor {
    return dropout3d(input, { p: this.p, training: this.training });
  }
}

/**
 * Dropout that keeps mean 0 and variance 1, behind SELU: in training sets values to where SELU
 * ends, with probability p, then scales and shifts all.
 * https://pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html
 * @throws RangeError if p is no probability
 */
export class AlphaDropout extends Dropping {
  override forward(input: Tensor): Tensor {
    return alphaDropout(input, { p: this.p, training: this.training });
  }
}

/**
 * {@link AlphaDropout} of whole channels of [N, C, ...].
 * https://pytorch.org/docs/stable/generated/torch.nn.FeatureAlphaDropout.html
 * @throws RangeError if p is no probability, or on a call for an input of fewer than two dimensions
 */
export class FeatureAlphaDropout extends Dropping {
  override forward(input: Tensor): Tensor {
    return featureAlphaDropout(input, { p: this.p, training: this.training });
  }
}
