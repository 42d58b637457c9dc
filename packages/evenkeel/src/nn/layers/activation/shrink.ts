import { checkValue, finiteNumber } from "../../../core/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { leadingSetting } from "../../checks.ts";
import * as F from "../../functional/activation/shrink.ts";
import { Module } from "../../module/module.ts";
import { formatFloat } from "../../print/format.ts";

/** The nonlinearities that shrink values toward 0, as layers; `functional` has the formulas. */

export interface ShrinkOptions {
  /** Values within ±lambd become 0. Default 0.5. */
  readonly lambd?: number | undefined;
}

/** A layer with a threshold, given by its place or by name. */
abstract class Shrink extends Module {
  readonly lambd: number;

  constructor(lambd?: number | ShrinkOptions) {
    super();
    const settings = leadingSetting<ShrinkOptions>(new.target.name, ["lambd"], lambd);
    const { lambd: threshold = 0.5 } = settings;
    checkValue(new.target.name, "lambd", threshold, finiteNumber());
    this.lambd = threshold;
  }

  override extraRepr(): string {
    return formatFloat(this.lambd);
  }
}

/**
 * x where |x| > lambd, else 0. https://pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html
 */
export class Hardshrink extends Shrink {
  override forward(input: Tensor): Tensor {
    return F.hardshrink(input, { lambd: this.lambd });
  }
}

/**
 * x - lambd above lambd, x + lambd below -lambd, else 0.
 * https://pytorch.org/docs/stable/generated/torch.nn.Softshrink.html
 */
export class Softshrink extends Shrink {
  constructor(lambd?: number | ShrinkOptions) {
    super(lambd);
    F.checkShrinkage(new.target.name, this.lambd);
  }

  override forward(input: Tensor): Tensor {
    return F.softshrink(input, { lambd: this.lambd });
  }
}

/** x - tanh(x). https://pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html */
export class Tanhshrink extends Module {
  override forward(input: Tensor): Tensor {
    return F.tanhshrink(input);
  }
}
