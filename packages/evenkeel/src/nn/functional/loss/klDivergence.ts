import { check, checkOptions, flag, wrongValue } from "../../../core/index.ts";
import { requireFloat } from "../../../ops/shapes.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { checkSameShape, type Reduction, reduce } from "./reduction.ts";

export interface KLDivOptions {
  /**
   * "batchmean" is the sum over the first dimension's size: the divergence itself, per row. Default
   * "mean".
   */
  readonly reduction?: Reduction | "batchmean" | undefined;
  /** Whether the target is given as logarithms too. Default false: as probabilities. */
  readonly logTarget?: boolean | undefined;
}

const optionNames = ["reduction", "logTarget"];

/**
 * The Kullback-Leibler divergence t * (log(t) - input) of a target from an input of
 * log-probabilities, such as {@link logSoftmax} gives; 0 where the target is 0. As in PyTorch,
 * "mean" divides by the number of all values.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.kl_div.html
 * @throws RangeError if the shapes differ
 */
export function klDiv(input: Tensor, target: Tensor, options: KLDivOptions = {}): Tensor {
  checkOptions("klDiv", options, optionNames);
  const { reduction = "mean", logTarget = false } = options;
  checkKLReduction("klDiv", reduction);
  check("klDiv", "logTarget", logTarget, flag());
  checkSameShape("klDiv", input, target);
  requireFloat("klDiv", "target", target);
  const losses = logTarget ? target.exp().mul(target.sub(input)) : ofProbabilities(input, target);
  if (reduction !== "batchmean") return reduce(losses, reduction);
  return losses.sum().div(input.shape[0] ?? 1);
}

function ofProbabilities(input: Tensor, target: Tensor): Tensor {
  const there = target.gt(0);
  // Logarithm and product are of 1 where the target is 0: no gradient of theirs is NaN.
  const some = target.where(there, 1);
  return some.mul(some.log().sub(input.where(there, 0))).where(there, 0);
}

export function checkKLReduction(owner: string, reduction: Reduction | "batchmean"): void {
  if (!["mean", "sum", "none", "batchmean"].includes(reduction)) {
    throw wrongValue(owner, "reduction", reduction, '"mean", "batchmean", "sum" or "none"');
  }
}
