import { checkOptions, checkValue, finiteNumber } from "../../core/index.ts";
import { requireFloat } from "../../ops/shapes.ts";
import type { Tensor } from "../../tensor/index.ts";
import { checkDim, requireTensor } from "../checks.ts";

export interface CosineSimilarityOptions {
  /** The dimension along which the vectors lie. Default 1. */
  readonly dim?: number | undefined;
  /** The least length that is divided by. Default 1e-8. */
  readonly eps?: number | undefined;
}

export const cosineOptions = ["dim", "eps"] as const;

/**
 * The cosine of the angle between vectors along `dim`, from -1 to 1: the sum of a * b over their
 * lengths. The two broadcast.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.cosine_similarity.html
 * @throws RangeError if there is no such dimension
 */
export function cosineSimilarity(a: Tensor, b: Tensor, options: CosineSimilarityOptions = {}): Tensor {
  checkOptions("cosineSimilarity", options, cosineOptions);
  const { dim = 1, eps = 1e-8 } = options;
  checkCosine("cosineSimilarity", dim, eps);
  requireTensor("cosineSimilarity", "a", a);
  requireTensor("cosineSimilarity", "b", b);
  requireFloat("cosineSimilarity", "a", a);
  requireFloat("cosineSimilarity", "b", b);
  const unit = (x: Tensor) => x.div(x.norm(2, dim, { keepdim: true }).clamp({ min: eps }));
  return unit(a).mul(unit(b)).sum(dim);
}

export function checkCosine(owner: string, dim: number, eps: number): void {
  checkDim(owner, dim);
  checkValue(owner, "eps", eps, finiteNumber());
}
