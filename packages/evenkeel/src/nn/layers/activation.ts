import { checkOptions } from "../../core/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { checkDim, checkFinite } from "../checks.ts";
import { formatFloat } from "../format.ts";
import * as F from "../functional/activation.ts";
import { Module } from "../module.ts";

/** The nonlinearities of `functional` as layers; what each computes is said there. */

export class ReLU extends Module {
  override forward(input: Tensor): Tensor {
    return F.relu(input);
  }
}

export class LeakyReLU extends Module {
  readonly negativeSlope: number;

  constructor(negativeSlope = 0.01) {
    super();
    checkFinite("LeakyReLU", "negativeSlope", negativeSlope);
    this.negativeSlope = negativeSlope;
  }

  override forward(input: Tensor): Tensor {
    return F.leakyRelu(input, { negativeSlope: this.negativeSlope });
  }

  override extraRepr(): string {
    return `negative_slope=${formatFloat(this.negativeSlope)}`;
  }
}

export class ELU extends Module {
  readonly alpha: number;

  constructor(alpha = 1) {
    super();
    checkFinite("ELU", "alpha", alpha);
    this.alpha = alpha;
  }

  override forward(input: Tensor): Tensor {
    return F.elu(input, { alpha: this.alpha });
  }

  override extraRepr(): string {
    return `alpha=${formatFloat(this.alpha)}`;
  }
}

export class GELU extends Module {
  readonly approximate: F.GeluApproximation;

  constructor(options: { readonly approximate?: F.GeluApproximation } = {}) {
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

export class SiLU extends Module {
  override forward(input: Tensor): Tensor {
    return F.silu(input);
  }
}

export class Tanh extends Module {
  override forward(input: Tensor): Tensor {
    return F.tanh(input);
  }
}

export class Sigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return F.sigmoid(input);
  }
}

export class LogSigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return F.logSigmoid(input);
  }
}

export class Softplus extends Module {
  readonly beta: number;
  readonly threshold: number;

  constructor(options: { readonly beta?: number; readonly threshold?: number } = {}) {
    super();
    checkOptions("Softplus", options, ["beta", "threshold"]);
    const { beta = 1, threshold = 20 } = options;
    checkFinite("Softplus", "beta", beta);
    if (beta === 0) throw new RangeError("Softplus: beta is 0, expected another number: the output is divided by it");
    checkFinite("Softplus", "threshold", threshold);
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

/** The dimension has to be given: PyTorch's guess depends on the rank of the input, and warns. */
export class Softmax extends Module {
  readonly dim: number;

  constructor(dim: number) {
    super();
    checkDim("Softmax", dim);
    this.dim = dim;
  }

  override forward(input: Tensor): Tensor {
    return F.softmax(input, { dim: this.dim });
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

export class LogSoftmax extends Module {
  readonly dim: number;

  constructor(dim: number) {
    super();
    checkDim("LogSoftmax", dim);
    this.dim = dim;
  }

  override forward(input: Tensor): Tensor {
    return F.logSoftmax(input, { dim: this.dim });
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}
