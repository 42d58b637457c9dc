import { checkOptions, checkValue, finiteNumber, mismatch } from "../../../core/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { type InplaceOption, leadingSetting } from "../../checks.ts";
import * as F from "../../functional/activation/activation.ts";
import { Module } from "../../module/module.ts";
import { formatFloat } from "../../print/format.ts";
import { Inplace, InplaceOnly } from "./inplace.ts";

/**
 * The nonlinearities of `functional` as layers: elementwise, the output has the shape of the input.
 * A first setting may stand alone or be named: `new LeakyReLU(0.2)`,
 * `new LeakyReLU({ negativeSlope: 0.2 })`.
 */

/** max(x, 0). https://pytorch.org/docs/stable/generated/torch.nn.ReLU.html */
export class ReLU extends InplaceOnly {
  override forward(input: Tensor): Tensor {
    return F.relu(input);
  }
}

export interface LeakyReLUOptions extends InplaceOption {
  /** The factor of negative values. Default 0.01. */
  readonly negativeSlope?: number | undefined;
}

/**
 * x where positive, else negativeSlope * x.
 * https://pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html
 */
export class LeakyReLU extends Inplace {
  readonly negativeSlope: number;

  constructor(negativeSlope?: number | LeakyReLUOptions, options?: InplaceOption) {
    const known = ["negativeSlope", "inplace"] as const;
    const settings = leadingSetting<LeakyReLUOptions>("LeakyReLU", known, negativeSlope, options);
    super(settings);
    const { negativeSlope: slope = 0.01 } = settings;
    checkValue("LeakyReLU", "negativeSlope", slope, finiteNumber());
    this.negativeSlope = slope;
  }

  override forward(input: Tensor): Tensor {
    return F.leakyRelu(input, { negativeSlope: this.negativeSlope });
  }

  protected override settings(): string[] {
    return [`negative_slope=${formatFloat(this.negativeSlope)}`];
  }
}

export interface ELUOptions extends InplaceOption {
  /** Where the function ends for large negative values, but for the sign. Default 1. */
  readonly alpha?: number | undefined;
}

/** A layer with `alpha`, given by its place or by name. */
abstract class Exponential extends Inplace {
  readonly alpha: number;

  constructor(alpha?: number | ELUOptions, options?: InplaceOption) {
    const settings = leadingSetting<ELUOptions>(new.target.name, ["alpha", "inplace"], alpha, options);
    super(settings);
    const { alpha: limit = 1 } = settings;
    checkValue(new.target.name, "alpha", limit, finiteNumber());
    this.alpha = limit;
  }

  protected override settings(): string[] {
    return [`alpha=${formatFloat(this.alpha)}`];
  }
}

/**
 * x where positive, else alpha * (exp(x) - 1).
 * https://pytorch.org/docs/stable/generated/torch.nn.ELU.html
 */
export class ELU extends Exponential {
  override forward(input: Tensor): Tensor {
    return F.elu(input, { alpha: this.alpha });
  }
}

/**
 * x where positive, else alpha * (exp(x / alpha) - 1).
 * https://pytorch.org/docs/stable/generated/torch.nn.CELU.html
 */
export class CELU extends Exponential {
  constructor(alpha?: number | ELUOptions, options?: InplaceOption) {
    super(alpha, options);
    F.checkDivisor(new.target.name, "alpha", this.alpha);
  }

  override forward(input: Tensor): Tensor {
    return F.celu(input, { alpha: this.alpha });
  }
}

/**
 * 1.0507 * x where positive, else 1.7581 * (exp(x) - 1).
 * https://pytorch.org/docs/stable/generated/torch.nn.SELU.html
 */
export class SELU extends InplaceOnly {
  override forward(input: Tensor): Tensor {
    return F.selu(input);
  }
}

/**
 * x * Phi(x), Phi being the normal distribution function; `approximate: "tanh"` computes it with
 * tanh. https://pytorch.org/docs/stable/generated/torch.nn.GELU.html
 */
export class GELU extends Module {
  readonly approximate: F.GeluApproximation;

  constructor(options: { readonly approximate?: F.GeluApproximation | undefined } = {}) {
    super();
    checkOptions("GELU", options, ["approximate"]);
    const { approximate = "none" } = options;
    F.checkApproximation("GELU", approximate);
    this.approximate = approximate;
  }

  override forward(input: Tensor): Tensor {
    return F.gelu(input, { approximate: this.approximate });
  }

  override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

/** x * sigmoid(x). https://pytorch.org/docs/stable/generated/torch.nn.SiLU.html */
export class SiLU extends InplaceOnly {
  override forward(input: Tensor): Tensor {
    return F.silu(input);
  }
}

/** x * tanh(softplus(x)). https://pytorch.org/docs/stable/generated/torch.nn.Mish.html */
export class Mish extends InplaceOnly {
  override forward(input: Tensor): Tensor {
    return F.mish(input);
  }
}

/** x / (1 + |x|). https://pytorch.org/docs/stable/generated/torch.nn.Softsign.html */
export class Softsign extends Module {
  override forward(input: Tensor): Tensor {
    return F.softsign(input);
  }
}

/**
 * (exp(x) - exp(-x)) / (exp(x) + exp(-x)).
 * https://pytorch.org/docs/stable/generated/torch.nn.Tanh.html
 */
export class Tanh extends Module {
  override forward(input: Tensor): Tensor {
    return F.tanh(input);
  }
}

/** 1 / (1 + exp(-x)). https://pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html */
export class Sigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return F.sigmoid(input);
  }
}

/** log(1 / (1 + exp(-x))). https://pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html */
export class LogSigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return F.logSigmoid(input);
  }
}

/**
 * log(1 + exp(beta * x)) / beta; x itself where beta * x exceeds `threshold`.
 * https://pytorch.org/docs/stable/generated/torch.nn.Softplus.html
 */
export class Softplus extends Module {
  readonly beta: number;
  readonly threshold: number;

  constructor(options: { readonly beta?: number | undefined; readonly threshold?: number | undefined } = {}) {
    super();
    checkOptions("Softplus", options, ["beta", "threshold"]);
    const { beta = 1, threshold = 20 } = options;
    checkValue("Softplus", "beta", beta, finiteNumber());
    if (beta === 0)
      throw mismatch("wrong-value", "Softplus", "beta is 0", "another number: the output is divided by it");
    checkValue("Softplus", "threshold", threshold, finiteNumber());
    this.beta = beta;
    this.threshold = threshold;
  }

  override forward(input: Tensor): Tensor {
    return F.softplus(input, { beta: this.beta, threshold: this.threshold });
  }

  override extraRepr(): string {
    return `beta=${this.beta}, threshold=${this.threshold}`;
  }
}
