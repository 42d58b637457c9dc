import type { Tensor } from "../../tensor/index.ts";
import { leadingSetting } from "../checks.ts";
import {
  type CosineSimilarityOptions,
  checkCosine,
  cosineOptions,
  cosineSimilarity,
} from "../functional/cosineSimilarity.ts";
import { Module } from "../module/module.ts";

/**
 * The cosine of the angle between the vectors of two inputs, along `dim` (default 1):
 * {@link cosineSimilarity}.
 */
export class CosineSimilarity extends Module<[a: Tensor, b: Tensor]> {
  readonly dim: number;
  readonly eps: number;

  constructor(dim?: number | CosineSimilarityOptions, options?: Omit<CosineSimilarityOptions, "dim">) {
    super();
    const settings = leadingSetting<CosineSimilarityOptions>("CosineSimilarity", cosineOptions, dim, options);
    const { dim: along = 1, eps = 1e-8 } = settings;
    checkCosine("CosineSimilarity", along, eps);
    this.dim = along;
    this.eps = eps;
  }

  override forward(a: Tensor, b: Tensor): Tensor {
    return cosineSimilarity(a, b, { dim: this.dim, eps: this.eps });
  }
}
