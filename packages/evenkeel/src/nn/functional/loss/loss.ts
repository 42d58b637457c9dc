import { checkOptions, wrongValue } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { checkReduction, checkSameShape, type LossOptions, lossOptions, reduce } from "./reduction.ts";

/**
 * Losses of regression: input and target of one shape, the reduction of all values.
 * https://pytorch.org/docs/stable/nn.functional.html#loss-functions
 */

/**
 * Squared differences.
 * @throws RangeError if the shapes differ
 */
export function mseLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkOptions("mseLoss", options, lossOptions);
  const { reduction = "mean" } = options;
  checkReduction("mseLoss", reduction);
  checkSameShape("mseLoss", input, target);
  return reduce(input.sub(target).square(), reduction);
}

/**
 * Absolute differences; the gradient of an exact hit is 0.
 * @throws RangeError if the shapes differ
 */
export function l1Loss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkOptions("l1Loss", options, lossOptions);
  const { reduction = "mean" } = options;
  checkReduction("l1Loss", reduction);
  checkSameShape("l1Loss", input, target);
  return reduce(input.sub(target).abs(), reduction);
}

export function checkBeta(owner: string, beta: number): void {
  if (typeof beta !== "number" || !(beta >= 0)) {
    throw wrongValue(owner, "beta", beta, "a number of at least 0");
  }
}

const smoothL1Options = [...lossOptions, "beta"];

/**
 * d^2 / (2 * beta) for differences below beta (default 1), |d| - beta / 2 from there on:
 * {@link huberLoss} over beta. With beta 0 it is {@link l1Loss}. https://arxiv.org/abs/1504.08083
 * @throws RangeError if the shapes differ or beta is negative
 */
export function smoothL1Loss(
  input: Tensor,
  target: Tensor,
  options: LossOptions & { readonly beta?: number | undefined } = {},
): Tensor {
  checkOptions("smoothL1Loss", options, smoothL1Options);
  const { beta = 1, reduction = "mean" } = options;
  checkBeta("smoothL1Loss", beta);
  checkReduction("smoothL1Loss", reduction);
  checkSameShape("smoothL1Loss", input, target);
  return reduce(ops.smoothL1(input, target, { beta }), reduction);
}

export function checkDelta(owner: string, delta: number): void {
  if (typeof delta !== "number" || !(delta > 0)) {
    throw wrongValue(owner, "delta", delta, "a number above 0");
  }
}

const huberOptions = [...lossOptions, "delta"];

/**
 * d^2 / 2 for differences below delta (default 1), delta * (|d| - delta / 2) from there on.
 * @throws RangeError if the shapes differ or delta is not positive
 */
export function huberLoss(
  input: Tensor,
  target: Tensor,
  options: LossOptions & { readonly delta?: number | undefined } = {},
): Tensor {
  checkOptions("huberLoss", options, huberOptions);
  const { delta = 1, reduction = "mean" } = options;
  checkDelta("huberLoss", delta);
  checkReduction("huberLoss", reduction);
  checkSameShape("huberLoss", input, target);
  return reduce(ops.huber(input, target, { delta }), reduction);
}
