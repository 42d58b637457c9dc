import { broadcastShapes, checkOptions, formatShape, sameShape, wrongShape } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import { checkReduction, checkSameShape, type LossOptions, reduce } from "./reduction.ts";

export interface BCEOptions extends LossOptions {
  /** Factor of each loss; broadcasts to the input. */
  readonly weight?: Tensor | null | undefined;
}

export interface BCEWithLogitsOptions extends BCEOptions {
  /**
   * Factor of the loss where the target is 1; broadcasts to the input, so [C] gives one per class.
   */
  readonly posWeight?: Tensor | null | undefined;
}

const optionNames = ["weight", "posWeight", "reduction"];
const plainOptionNames = ["weight", "reduction"];

/**
 * Binary cross entropy of probabilities (behind a sigmoid): -(t * log(p) + (1 - t) * log(1 - p)),
 * each logarithm no less than -100. {@link binaryCrossEntropyWithLogits} does without the sigmoid
 * and loses no digits where p is near 0 or 1. Input and target have one shape.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy.html
 * @throws RangeError if the shapes differ, a weight does not broadcast to them, or an input is not
 *   from 0 to 1; in a compiled step too, and nothing has been written then
 */
export function binaryCrossEntropy(input: Tensor, target: Tensor, options: BCEOptions = {}): Tensor {
  const owner = "binaryCrossEntropy";
  checkOptions(owner, options, plainOptionNames);
  const { weight = null, reduction = "mean" } = options;
  checkReduction(owner, reduction);
  checkSameShape(owner, input, target);
  checkFactor(owner, "weight", weight, input);
  const losses = ops.bce<Tensor>(input, target);
  return reduce(weight === null ? losses : losses.mul(weight), reduction);
}

/**
 * Binary cross entropy of logits (before the sigmoid): -(t * log(s) + (1 - t) * log(1 - s)) with s
 * = sigmoid(x). Input and target have one shape; targets are probabilities from 0 to 1.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
 * @throws RangeError if the shapes differ or a weight does not broadcast to them
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  options: BCEWithLogitsOptions = {},
): Tensor {
  const owner = "binaryCrossEntropyWithLogits";
  checkOptions(owner, options, optionNames);
  const { weight = null, posWeight = null, reduction = "mean" } = options;
  checkReduction(owner, reduction);
  checkSameShape(owner, input, target);
  checkFactor(owner, "weight", weight, input);
  checkFactor(owner, "posWeight", posWeight, input);
  const losses = ops.bceWithLogits(input, target, posWeight ?? 1);
  return reduce(weight === null ? losses : losses.mul(weight), reduction);
}

function checkFactor(owner: string, name: string, factor: Tensor | null, input: Tensor): void {
  if (factor === null) return;
  requireTensor(owner, name, factor);
  if (sameShape(broadcastShapes(factor.shape, input.shape), input.shape)) return;
  throw wrongShape(owner, name, factor.shape, `one that broadcasts to the input's ${formatShape(input.shape)}`);
}
