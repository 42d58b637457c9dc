import { formatShape, mismatch, sameShape, sizeOf, wrongValue } from "../../../core/index.ts";
import { requireFloat } from "../../../ops/shapes.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";

/** The reduction of a loss: the mean, the sum, or none. */
export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** Default "mean". */
  readonly reduction?: Reduction | undefined;
}

export const lossOptions = ["reduction"];

export function checkReduction(owner: string, reduction: Reduction): void {
  if (reduction !== "mean" && reduction !== "sum" && reduction !== "none") {
    throw wrongValue(owner, "reduction", reduction, '"mean", "sum" or "none"');
  }
}

/** The mean over no values is NaN, as in PyTorch. */
export function reduce(losses: Tensor, reduction: Reduction): Tensor {
  if (reduction === "none") return losses;
  return reduction === "mean" ? losses.mean() : losses.sum();
}

/**
 * PyTorch broadcasts [N, 1] against [N] to [N, N] with a warning; the loss is then wrong, so this
 * is an error here.
 */
export function checkSameShape(owner: string, input: Tensor, target: Tensor): void {
  requireTensor(owner, "input", input);
  requireTensor(owner, "target", target);
  requireFloat(owner, "input", input);
  if (sameShape(input.shape, target.shape)) return;
  const cure =
    sizeOf(input.shape) === sizeOf(target.shape)
      ? `reshape one of them, for instance target.reshape(${formatShape(input.shape)})`
      : "give one target for each value of the input";
  throw mismatch(
    "wrong-shape",
    owner,
    `input has shape ${formatShape(input.shape)} but target has shape ${formatShape(target.shape)}`,
    "the same shape (they are not broadcast, because that would compare values of different rows)",
    cure,
  );
}
