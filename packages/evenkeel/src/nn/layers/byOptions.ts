import type { NormalizedShape } from "../functional/layerNorm.ts";
import { BatchNorm1dLayer, type BatchNorm1dOptions } from "./batchNorm.ts";
import { LayerNormLayer, type LayerNormOptions } from "./layerNorm.ts";
import { LinearLayer, type LinearOptions } from "./linear.ts";

/**
 * Layers whose members depend on their options, as users meet them. Each is a class under a constructor type that reads
 * the flags off the options: true where an option is left out, while the plain type `Linear` is that of any. No class can
 * say both. `NoInfer` keeps the type of a variable from deciding what the options decide.
 */

interface LinearConstructor {
  new <Bias extends boolean = true>(
    inFeatures: number,
    outFeatures: number,
    options?: LinearOptions & { readonly bias?: Bias },
  ): Linear<NoInfer<Bias>>;
  readonly prototype: Linear;
}

/**
 * y = x * weight^T + bias over the last dimension: [..., inFeatures] -> [..., outFeatures].
 * Both start uniform within 1 / sqrt(inFeatures), weight first, the numbers PyTorch draws under the same seed.
 * https://pytorch.org/docs/stable/generated/torch.nn.Linear.html
 * @throws RangeError if a size is not a whole number of at least 1
 */
export const Linear: LinearConstructor = LinearLayer;
export interface Linear<Bias extends boolean = boolean> extends LinearLayer<Bias> {}

interface BatchNorm1dConstructor {
  new <Affine extends boolean = true, Tracked extends boolean = true>(
    numFeatures: number,
    options?: BatchNorm1dOptions & { readonly affine?: Affine; readonly trackRunningStats?: Tracked },
  ): BatchNorm1d<NoInfer<Affine>, NoInfer<Tracked>>;
  readonly prototype: BatchNorm1d;
}

/**
 * Batch normalization over [N, C] or [N, C, L]: (x - mean) / sqrt(variance + eps) * weight + bias for each channel. In
 * training the statistics are those of the batch (biased variance), and running ones are kept (unbiased variance):
 * running = (1 - momentum) * running + momentum * batch. After eval() the running ones are used.
 *
 * Fields that end up in the state dict keep PyTorch's names. An empty batch changes nothing.
 * https://arxiv.org/abs/1502.03167, https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
 * @throws RangeError on a call with another number of channels, or in training with one value per channel
 */
export const BatchNorm1d: BatchNorm1dConstructor = BatchNorm1dLayer;
export interface BatchNorm1d<Affine extends boolean = boolean, Tracked extends boolean = boolean>
  extends BatchNorm1dLayer<Affine, Tracked> {}

interface LayerNormConstructor {
  new <Affine extends boolean = true, Bias extends boolean = true>(
    normalizedShape: NormalizedShape,
    options?: LayerNormOptions & { readonly elementwiseAffine?: Affine; readonly bias?: Bias },
  ): LayerNorm<NoInfer<Affine>, NoInfer<Bias>>;
  readonly prototype: LayerNorm;
}

/**
 * Layer normalization over the last dimensions, those of `normalizedShape` (a number is the size of the very last):
 * (x - mean) / sqrt(variance + eps) * weight + bias, each example by its own mean and biased variance. Unlike batch
 * normalization it is the same in training and evaluation, and takes batches of one row.
 * https://arxiv.org/abs/1607.06450, https://pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
 * @throws RangeError if a size is not a whole number of at least 1, or on a call whose input does not end in these sizes
 */
export const LayerNorm: LayerNormConstructor = LayerNormLayer;
export interface LayerNorm<Affine extends boolean = boolean, Bias extends boolean = boolean>
  extends LayerNormLayer<Affine, Bias> {}
