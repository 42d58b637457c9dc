import {
  type CompleteOptions,
  checkOptions,
  formatShape,
  isFloat,
  mismatch,
  positionOf,
  type Shape,
  sameShape,
  wrongShape,
  wrongValue,
} from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import { requireDtype, requireFloat, requireSameDtype, requireShape } from "../../../ops/shapes.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import { checkReduction, type LossOptions, type Reduction } from "./reduction.ts";

export interface NLLOptions extends LossOptions {
  /**
   * One factor per class, [C]. The mean is then divided by the sum of the factors of the targets.
   */
  readonly weight?: Tensor | null | undefined;
  /** Targets of this value are ignored, also in the mean. Default -100. */
  readonly ignoreIndex?: number | undefined;
}

export interface CrossEntropyOptions extends NLLOptions {
  /**
   * Share of the target that is spread evenly over all classes, 0 to 1. Default 0.
   * https://arxiv.org/abs/1512.00567
   */
  readonly labelSmoothing?: number | undefined;
}

export const defaultIgnoreIndex = -100;

const nllOptions = ["weight", "ignoreIndex", "reduction"];
const crossEntropyOptions = [...nllOptions, "labelSmoothing"];

/**
 * Cross entropy of logits. Input [N, C], [N, C, d1, ...] or [C]; the target is either class
 * indices, int32 [N], [N, d1, ...] or [], or class probabilities, float, of the input's shape.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
 * @throws TypeError if the dtypes do not fit
 * @throws RangeError if the shapes do not fit, a class is out of range, or an option is
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const owner = "crossEntropy";
  checkOptions(owner, options, crossEntropyOptions);
  const { weight = null, ignoreIndex = defaultIgnoreIndex, labelSmoothing = 0, reduction = "mean" } = options;
  checkSmoothing(owner, labelSmoothing);
  checkInputs(owner, input, target, weight, reduction);
  if (isFloat(target.dtype) && sameShape(target.shape, input.shape)) {
    return ofProbabilities(input, target, weight, labelSmoothing, reduction);
  }
  checkClassShape(owner, input, target);
  // One row of the table has no smoothing, no positions, and no gradient for the weights.
  if (input.ndim === 2 && labelSmoothing === 0 && !weight?.requiresGrad) {
    return ops.crossEntropy(input, target, weight ?? 1, { ignoreIndex, reduction })[0];
  }
  const logProbabilities = input.logSoftmax(classDim(input.shape));
  return ofClasses(owner, logProbabilities, target, { weight, ignoreIndex, labelSmoothing, reduction });
}

/**
 * Negative log likelihood: minus the log-probability that the input gives to the target class.
 * Input [N, C], [N, C, d1, ...] or [C], from {@link logSoftmax}; target int32 [N], [N, d1, ...] or
 * []. https://pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
 * @throws as {@link crossEntropy}
 */
export function nllLoss(input: Tensor, target: Tensor, options: NLLOptions = {}): Tensor {
  checkOptions("nllLoss", options, nllOptions);
  const { weight = null, ignoreIndex = defaultIgnoreIndex, reduction = "mean" } = options;
  checkInputs("nllLoss", input, target, weight, reduction);
  checkClassShape("nllLoss", input, target);
  return ofClasses("nllLoss", input, target, { weight, ignoreIndex, labelSmoothing: 0, reduction });
}

/** [C] has its classes in dimension 0, everything else in dimension 1. */
function classDim(shape: Shape): number {
  return shape.length === 1 ? 0 : 1;
}

function withoutClasses(shape: Shape): number[] {
  return shape.filter((_, d) => d !== classDim(shape));
}

function ofClasses(
  owner: string,
  logProbabilities: Tensor,
  target: Tensor,
  { weight, ignoreIndex, labelSmoothing, reduction }: CompleteOptions<CrossEntropyOptions>,
): Tensor {
  const dim = classDim(logProbabilities.shape);
  const kept = target.ne(ignoreIndex);
  const classes = target.where(kept, 0);
  const weights = weight === null ? null : pick(owner, weight, 0, classes.flatten(), target).reshape(target.shape);

  let likelihood = pick(owner, logProbabilities, dim, classes.unsqueeze(dim), target).squeeze(dim);
  if (weights !== null) likelihood = likelihood.mul(weights);
  if (labelSmoothing > 0) {
    const everyClass =
      weight === null ? logProbabilities : logProbabilities.mul(alongClasses(weight, logProbabilities));
    const share = labelSmoothing / logProbabilities.shape[dim];
    likelihood = likelihood.mul(1 - labelSmoothing).add(everyClass.sum(dim).mul(share));
  }

  const losses = likelihood.neg().where(kept, 0);
  if (reduction === "none") return losses;
  if (reduction === "sum") return losses.sum();
  return losses.sum().div(weights === null ? kept.sum() : weights.where(kept, 0).sum());
}

function ofProbabilities(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  labelSmoothing: number,
  reduction: Reduction,
): Tensor {
  requireSameDtype("crossEntropy", input, "input", target, "target");
  const dim = classDim(input.shape);
  const classes = input.shape[dim];
  const smooth = labelSmoothing > 0 ? target.mul(1 - labelSmoothing).add(labelSmoothing / classes) : target;
  const terms = input.logSoftmax(dim).mul(smooth);
  const weighted = weight === null ? terms : terms.mul(alongClasses(weight, input));
  if (reduction === "none") return weighted.sum(dim).neg();
  // The mean is over the rows, whatever the weights: PyTorch's choice for probabilities.
  return reduction === "sum" ? weighted.sum().neg() : weighted.sum().div(-input.numel() / classes);
}

/** One value per class, shaped so that it broadcasts over the input. */
function alongClasses(weight: Tensor, input: Tensor): Tensor {
  return weight.reshape(input.shape.map((n, d) => (d === classDim(input.shape) ? n : 1)));
}

/**
 * Gathers; an index out of range is looked up and named only then, which keeps the usual case free
 * of a second pass.
 */
function pick(owner: string, from: Tensor, dim: number, index: Tensor, target: Tensor): Tensor {
  const classes = from.shape[dim];
  try {
    return from.gather(dim, index);
  } catch (error) {
    const outside = index.data.findIndex((c) => c < 0 || c >= classes);
    if (outside < 0) throw error;
    throw ops.classOutOfRange(owner, index.data[outside], positionOf(outside, target.shape), classes);
  }
}

export function checkSmoothing(owner: string, labelSmoothing: number): void {
  if (typeof labelSmoothing !== "number" || !(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw wrongValue(owner, "labelSmoothing", labelSmoothing, "a number from 0 to 1");
  }
}

function checkInputs(owner: string, input: Tensor, target: Tensor, weight: Tensor | null, reduction: Reduction): void {
  checkReduction(owner, reduction);
  requireTensor(owner, "input", input);
  requireTensor(owner, "target", target);
  requireFloat(owner, "input", input);
  if (input.ndim === 0)
    throw mismatch("wrong-shape", owner, "input is a single value", "[N, C], [N, C, d1, ...] or [C]");
  if (weight === null) return;
  requireTensor(owner, "weight", weight);
  requireShape(owner, "weight (one value per class)", weight, [input.shape[classDim(input.shape)]]);
  requireSameDtype(owner, input, "input", weight, "weight");
}

function checkClassShape(owner: string, input: Tensor, target: Tensor): void {
  const expected = withoutClasses(input.shape);
  const cure =
    owner === "crossEntropy"
      ? "convert class indices with .int(); class probabilities must have the shape of the input"
      : "convert class indices with .int()";
  requireDtype(owner, `target ${formatShape(target.shape)}`, target, ["int32"], cure);
  if (!sameShape(target.shape, expected)) {
    throw wrongShape(
      owner,
      "target",
      target.shape,
      `${formatShape(expected)}: one class for each row of the input ${formatShape(input.shape)}`,
    );
  }
}
