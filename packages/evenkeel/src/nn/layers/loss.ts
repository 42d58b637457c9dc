import { check, checkOptions, flag } from "../../core/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import {
  type BCEOptions,
  type BCEWithLogitsOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
} from "../functional/loss/binaryCrossEntropy.ts";
import {
  type CrossEntropyOptions,
  checkSmoothing,
  crossEntropy,
  defaultIgnoreIndex,
  type NLLOptions,
  nllLoss,
} from "../functional/loss/crossEntropy.ts";
import { checkKLReduction, type KLDivOptions, klDiv } from "../functional/loss/klDivergence.ts";
import { checkBeta, checkDelta, huberLoss, l1Loss, mseLoss, smoothL1Loss } from "../functional/loss/loss.ts";
import { checkReduction, type LossOptions, type Reduction } from "../functional/loss/reduction.ts";
import { Module } from "../module/module.ts";
import { Buffer } from "../module/parameter.ts";

/**
 * The losses of `functional` as modules of two inputs, prediction and target; `functional` has the
 * formulas.
 */
abstract class Loss extends Module<[input: Tensor, target: Tensor]> {
  readonly reduction: Reduction;

  constructor(owner: string, options: LossOptions, known: readonly string[] = []) {
    super();
    checkOptions(owner, options, ["reduction", ...known]);
    const { reduction = "mean" } = options;
    checkReduction(owner, reduction);
    this.reduction = reduction;
  }
}

/**
 * Squared differences of two tensors of one shape: {@link mseLoss}.
 * @throws RangeError if the shapes differ
 */
export class MSELoss extends Loss {
  constructor(options: LossOptions = {}) {
    super("MSELoss", options);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, { reduction: this.reduction });
  }
}

/**
 * Absolute differences of two tensors of one shape: {@link l1Loss}.
 * @throws RangeError if the shapes differ
 */
export class L1Loss extends Loss {
  constructor(options: LossOptions = {}) {
    super("L1Loss", options);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, { reduction: this.reduction });
  }
}

/**
 * Squared differences below `beta` (default 1), absolute ones from there on: {@link smoothL1Loss}.
 * @throws RangeError if the shapes differ or `beta` is negative
 */
export class SmoothL1Loss extends Loss {
  readonly beta: number;

  constructor(options: LossOptions & { readonly beta?: number | undefined } = {}) {
    super("SmoothL1Loss", options, ["beta"]);
    const { beta = 1 } = options;
    checkBeta("SmoothL1Loss", beta);
    this.beta = beta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, { beta: this.beta, reduction: this.reduction });
  }
}

/**
 * Squared differences up to `delta` (default 1), linear ones from there on: {@link huberLoss}.
 * @throws RangeError if the shapes differ or `delta` is not above 0
 */
export class HuberLoss extends Loss {
  readonly delta: number;

  constructor(options: LossOptions & { readonly delta?: number | undefined } = {}) {
    super("HuberLoss", options, ["delta"]);
    const { delta = 1 } = options;
    checkDelta("HuberLoss", delta);
    this.delta = delta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, { delta: this.delta, reduction: this.reduction });
  }
}

/** Weights are buffers, hence in the state dict, as in PyTorch. */
function asBuffer(weight: Tensor | null | undefined): Buffer | null {
  return weight === null || weight === undefined ? null : new Buffer(weight);
}

/**
 * Minus the log-probability, of [N, C], at the class indices, int32 [N]. Other shapes and errors:
 * {@link nllLoss}.
 */
export class NLLLoss extends Loss {
  readonly weight: Buffer | null;
  readonly ignoreIndex: number;

  constructor(options: NLLOptions = {}) {
    super("NLLLoss", options, ["weight", "ignoreIndex"]);
    this.weight = asBuffer(options.weight);
    this.ignoreIndex = options.ignoreIndex ?? defaultIgnoreIndex;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, reduction } = this;
    return nllLoss(input, target, { weight, ignoreIndex, reduction });
  }
}

/**
 * Cross entropy of logits [N, C] against class indices, int32 [N], or class probabilities [N, C].
 * Other shapes and errors: {@link crossEntropy}.
 */
export class CrossEntropyLoss extends Loss {
  readonly weight: Buffer | null;
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;

  constructor(options: CrossEntropyOptions = {}) {
    super("CrossEntropyLoss", options, ["weight", "ignoreIndex", "labelSmoothing"]);
    const { labelSmoothing = 0 } = options;
    checkSmoothing("CrossEntropyLoss", labelSmoothing);
    this.weight = asBuffer(options.weight);
    this.ignoreIndex = options.ignoreIndex ?? defaultIgnoreIndex;
    this.labelSmoothing = labelSmoothing;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, labelSmoothing, reduction } = this;
    return crossEntropy(input, target, { weight, ignoreIndex, labelSmoothing, reduction });
  }
}

/**
 * Binary cross entropy of probabilities, 0 to 1, against probabilities of the same shape:
 * {@link binaryCrossEntropy}.
 */
export class BCELoss extends Loss {
  readonly weight: Buffer | null;

  constructor(options: BCEOptions = {}) {
    super("BCELoss", options, ["weight"]);
    this.weight = asBuffer(options.weight);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, { weight: this.weight, reduction: this.reduction });
  }
}

/** The divergence of a target from log-probabilities of the same shape: {@link klDiv}. */
export class KLDivLoss extends Module<[input: Tensor, target: Tensor]> {
  readonly reduction: Reduction | "batchmean";
  readonly logTarget: boolean;

  constructor(options: KLDivOptions = {}) {
    super();
    checkOptions("KLDivLoss", options, ["reduction", "logTarget"]);
    const { reduction = "mean", logTarget = false } = options;
    checkKLReduction("KLDivLoss", reduction);
    check("KLDivLoss", "logTarget", logTarget, flag());
    this.reduction = reduction;
    this.logTarget = logTarget;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return klDiv(input, target, { reduction: this.reduction, logTarget: this.logTarget });
  }
}

/**
 * Binary cross entropy of logits against probabilities, 0 to 1, of the same shape. Formula and
 * errors: {@link binaryCrossEntropyWithLogits}.
 */
export class BCEWithLogitsLoss extends Loss {
  readonly weight: Buffer | null;
  readonly pos_weight: Buffer | null;

  constructor(options: BCEWithLogitsOptions = {}) {
    super("BCEWithLogitsLoss", options, ["weight", "posWeight"]);
    this.weight = asBuffer(options.weight);
    this.pos_weight = asBuffer(options.posWeight);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, pos_weight, reduction } = this;
    return binaryCrossEntropyWithLogits(input, target, { weight, posWeight: pos_weight, reduction });
  }
}
