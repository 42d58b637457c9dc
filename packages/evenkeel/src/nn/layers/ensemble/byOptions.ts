import type { NormalizedShape } from "../../functional/norm/layerNorm.ts";
import { ElementwiseAffineLayer, type ElementwiseAffineOptions } from "./elementwiseAffine.ts";
import { LinearEnsembleLayer, type LinearEnsembleOptions } from "./linearEnsemble.ts";

/** The public types of the layers of ensembles whose members depend on options: see ../byOptions.ts. */

interface ElementwiseAffineConstructor {
  new <Bias extends boolean = true>(
    shape: NormalizedShape,
    options?: ElementwiseAffineOptions & { readonly bias?: Bias | undefined },
  ): ElementwiseAffine<NoInfer<Bias>>;
  readonly prototype: ElementwiseAffine;
}

/**
 * x * weight + bias, element by element: [..., *shape] -> [..., *shape]. With shape [k, d] behind an
 * {@link EnsembleView}, it is what makes the members of an ensemble differ: each has scales of its
 * own. The layer of the same name in https://github.com/yandex-research/tabm, with its numbers under
 * the same seed. Gorishniy et al. 2024, https://arxiv.org/abs/2410.24210
 * @throws RangeError if a size is not a whole number of at least 1, or chunks do not add up to the
 *   last one; on a call for an input of another shape
 */
export const ElementwiseAffine: ElementwiseAffineConstructor = ElementwiseAffineLayer;
export interface ElementwiseAffine<Bias extends boolean = boolean> extends ElementwiseAffineLayer<Bias> {}

interface LinearEnsembleConstructor {
  new <Bias extends boolean = true>(
    inFeatures: number,
    outFeatures: number,
    options: LinearEnsembleOptions & { readonly bias?: Bias | undefined },
  ): LinearEnsemble<NoInfer<Bias>>;
  readonly prototype: LinearEnsemble;
}

/**
 * k linear layers side by side, one for each member: [N, k, inFeatures] -> [N, k, outFeatures].
 * Weights and biases start uniform within 1 / sqrt(inFeatures), weight first. The layer of the same
 * name in https://github.com/yandex-research/tabm, with its numbers under the same seed.
 * @throws RangeError if a size is not a whole number of at least 1; on a call for an input of
 *   another shape
 */
export const LinearEnsemble: LinearEnsembleConstructor = LinearEnsembleLayer;
export interface LinearEnsemble<Bias extends boolean = boolean> extends LinearEnsembleLayer<Bias> {}
