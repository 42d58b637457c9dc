import type { NormalizedShape } from "../../functional/norm/layerNorm.ts";
import {
  BatchNorm1dLayer,
  type BatchNorm1dOptions,
  BatchNorm2dLayer,
  type BatchNorm2dOptions,
  BatchNorm3dLayer,
  type BatchNorm3dOptions,
} from "./batchNorm.ts";
import { GroupNormLayer, type GroupNormOptions } from "./groupNorm.ts";
import {
  InstanceNorm1dLayer,
  InstanceNorm2dLayer,
  InstanceNorm3dLayer,
  type InstanceNormOptions,
} from "./instanceNorm.ts";
import { LayerNormLayer, type LayerNormOptions } from "./layerNorm.ts";
import { RMSNormLayer, type RMSNormOptions } from "./rmsNorm.ts";
import { SyncBatchNormLayer, type SyncBatchNormOptions } from "./syncBatchNorm.ts";

/** The public types of normalizations: see byOptions.ts. */

interface BatchNorm1dConstructor {
  new <Affine extends boolean = true, Tracked extends boolean = true>(
    numFeatures: number,
    options?: BatchNorm1dOptions & {
      readonly affine?: Affine | undefined;
      readonly trackRunningStats?: Tracked | undefined;
    },
  ): BatchNorm1d<NoInfer<Affine>, NoInfer<Tracked>>;
  readonly prototype: BatchNorm1d;
}

/**
 * Batch normalization over [N, C] or [N, C, L]: (x - mean) / sqrt(variance + eps) * weight + bias
 * for each channel. In training the statistics are those of the batch (biased variance), and
 * running ones are kept (unbiased variance): running = (1 - momentum) * running + momentum * batch.
 * After eval() the running ones are used.
 *
 * Fields that end up in the state dict keep PyTorch's names. An empty batch changes nothing.
 * https://arxiv.org/abs/1502.03167,
 * https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
 * @throws RangeError on a call with another number of channels, or in training with one value per
 *   channel
 */
export const BatchNorm1d: BatchNorm1dConstructor = BatchNorm1dLayer;
export interface BatchNorm1d<Affine extends boolean = boolean, Tracked extends boolean = boolean>
  extends BatchNorm1dLayer<Affine, Tracked> {}

interface BatchNorm2dConstructor {
  new <Affine extends boolean = true, Tracked extends boolean = true>(
    numFeatures: number,
    options?: BatchNorm2dOptions & {
      readonly affine?: Affine | undefined;
      readonly trackRunningStats?: Tracked | undefined;
    },
  ): BatchNorm2d<NoInfer<Affine>, NoInfer<Tracked>>;
  readonly prototype: BatchNorm2d;
}

/**
 * Batch normalization over [N, C, H, W], images behind a convolution: each channel by its mean and
 * variance over N, H and W. All else is as in {@link BatchNorm1d}.
 * https://arxiv.org/abs/1502.03167,
 * https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
 * @throws RangeError on a call with other dimensions or another number of channels, or in training
 *   with one value per channel
 */
export const BatchNorm2d: BatchNorm2dConstructor = BatchNorm2dLayer;
export interface BatchNorm2d<Affine extends boolean = boolean, Tracked extends boolean = boolean>
  extends BatchNorm2dLayer<Affine, Tracked> {}

interface BatchNorm3dConstructor {
  new <Affine extends boolean = true, Tracked extends boolean = true>(
    numFeatures: number,
    options?: BatchNorm3dOptions & {
      readonly affine?: Affine | undefined;
      readonly trackRunningStats?: Tracked | undefined;
    },
  ): BatchNorm3d<NoInfer<Affine>, NoInfer<Tracked>>;
  readonly prototype: BatchNorm3d;
}

/**
 * Batch normalization over [N, C, D, H, W], images of three dimensions behind a convolution: each
 * channel by its mean and variance over N, D, H and W. All else is as in {@link BatchNorm1d}.
 * https://arxiv.org/abs/1502.03167,
 * https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm3d.html
 * @throws RangeError on a call with other dimensions or another number of channels, or in training
 *   with one value per channel
 */
export const BatchNorm3d: BatchNorm3dConstructor = BatchNorm3dLayer;
export interface BatchNorm3d<Affine extends boolean = boolean, Tracked extends boolean = boolean>
  extends BatchNorm3dLayer<Affine, Tracked> {}

interface SyncBatchNormConstructor {
  new <Affine extends boolean = true, Tracked extends boolean = true>(
    numFeatures: number,
    options?: SyncBatchNormOptions & {
      readonly affine?: Affine | undefined;
      readonly trackRunningStats?: Tracked | undefined;
    },
  ): SyncBatchNorm<NoInfer<Affine>, NoInfer<Tracked>>;
  readonly prototype: SyncBatchNorm;
  convertSyncBatchNorm: typeof SyncBatchNormLayer.convertSyncBatchNorm;
}

/**
 * Batch normalization over [N, C] or [N, C, ...] whose batch is divided among the ranks of
 * `distributed.init`: in training, mean and variance are those of all rows of all ranks, however
 * they are divided, also where a rank has none. In evaluation, with one rank, and without
 * `distributed.init` it is {@link BatchNorm1d}. Layers of a network are replaced by
 * `SyncBatchNorm.convertSyncBatchNorm(net)`.
 * https://pytorch.org/docs/stable/generated/torch.nn.SyncBatchNorm.html
 * @throws RangeError on a call with another number of channels, or in training with one value per
 *   channel on all ranks together
 */
export const SyncBatchNorm: SyncBatchNormConstructor = SyncBatchNormLayer;
export interface SyncBatchNorm<Affine extends boolean = boolean, Tracked extends boolean = boolean>
  extends SyncBatchNormLayer<Affine, Tracked> {}

interface InstanceNorm1dConstructor {
  new <Affine extends boolean = false, Tracked extends boolean = false>(
    numFeatures: number,
    options?: InstanceNormOptions & {
      readonly affine?: Affine | undefined;
      readonly trackRunningStats?: Tracked | undefined;
    },
  ): InstanceNorm1d<NoInfer<Affine>, NoInfer<Tracked>>;
  readonly prototype: InstanceNorm1d;
}

/**
 * Instance normalization over [N, C, L] or [C, L]: each channel of each example by its own mean and
 * biased variance, in training and evaluation alike. Nothing is learned and nothing kept by
 * default; with `affine` there are a scale and a shift per channel, with `trackRunningStats`
 * running statistics that evaluation uses. https://arxiv.org/abs/1607.08022,
 * https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm1d.html
 * @throws RangeError on a call with other dimensions, with one place per channel, or another number
 *   of channels where any number hangs on it
 */
export const InstanceNorm1d: InstanceNorm1dConstructor = InstanceNorm1dLayer;
export interface InstanceNorm1d<Affine extends boolean = boolean, Tracked extends boolean = boolean>
  extends InstanceNorm1dLayer<Affine, Tracked> {}

interface InstanceNorm2dConstructor {
  new <Affine extends boolean = false, Tracked extends boolean = false>(
    numFeatures: number,
    options?: InstanceNormOptions & {
      readonly affine?: Affine | undefined;
      readonly trackRunningStats?: Tracked | undefined;
    },
  ): InstanceNorm2d<NoInfer<Affine>, NoInfer<Tracked>>;
  readonly prototype: InstanceNorm2d;
}

/**
 * Instance normalization over [N, C, H, W] or [C, H, W]. All else is as in {@link InstanceNorm1d}.
 * https://arxiv.org/abs/1607.08022,
 * https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html
 * @throws RangeError as there
 */
export const InstanceNorm2d: InstanceNorm2dConstructor = InstanceNorm2dLayer;
export interface InstanceNorm2d<Affine extends boolean = boolean, Tracked extends boolean = boolean>
  extends InstanceNorm2dLayer<Affine, Tracked> {}

interface InstanceNorm3dConstructor {
  new <Affine extends boolean = false, Tracked extends boolean = false>(
    numFeatures: number,
    options?: InstanceNormOptions & {
      readonly affine?: Affine | undefined;
      readonly trackRunningStats?: Tracked | undefined;
    },
  ): InstanceNorm3d<NoInfer<Affine>, NoInfer<Tracked>>;
  readonly prototype: InstanceNorm3d;
}

/**
 * Instance normalization over [N, C, D, H, W] or [C, D, H, W]. All else is as in
 * {@link InstanceNorm1d}. https://arxiv.org/abs/1607.08022,
 * https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm3d.html
 * @throws RangeError as there
 */
export const InstanceNorm3d: InstanceNorm3dConstructor = InstanceNorm3dLayer;
export interface InstanceNorm3d<Affine extends boolean = boolean, Tracked extends boolean = boolean>
  extends InstanceNorm3dLayer<Affine, Tracked> {}

interface GroupNormConstructor {
  new <Affine extends boolean = true>(
    numGroups: number,
    numChannels: number,
    options?: GroupNormOptions & { readonly affine?: Affine | undefined },
  ): GroupNorm<NoInfer<Affine>>;
  readonly prototype: GroupNorm;
}

/**
 * Group normalization over [N, C, ...]: the channels of each example in `numGroups` groups, each by
 * its own mean and biased variance; then a learned scale and shift per channel. The same in
 * training and evaluation, for batches of any size. One group is layer normalization over channels
 * and places, a group per channel instance normalization. https://arxiv.org/abs/1803.08494,
 * https://pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
 * @throws RangeError if numGroups does not divide numChannels, or on a call with another number of
 *   channels
 */
export const GroupNorm: GroupNormConstructor = GroupNormLayer;
export interface GroupNorm<Affine extends boolean = boolean> extends GroupNormLayer<Affine> {}

interface LayerNormConstructor {
  new <Affine extends boolean = true, Bias extends boolean = true>(
    normalizedShape: NormalizedShape,
    options?: LayerNormOptions & { readonly elementwiseAffine?: Affine | undefined; readonly bias?: Bias | undefined },
  ): LayerNorm<NoInfer<Affine>, NoInfer<Bias>>;
  readonly prototype: LayerNorm;
}

/**
 * Layer normalization over the last dimensions, those of `normalizedShape` (a number is the size of
 * the very last): (x - mean) / sqrt(variance + eps) * weight + bias, each example by its own mean
 * and biased variance. Unlike batch normalization it is the same in training and evaluation, and
 * takes batches of one row. https://arxiv.org/abs/1607.06450,
 * https://pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
 * @throws RangeError if a size is not a whole number of at least 1, or on a call whose input does
 *   not end in these sizes
 */
export const LayerNorm: LayerNormConstructor = LayerNormLayer;
export interface LayerNorm<Affine extends boolean = boolean, Bias extends boolean = boolean>
  extends LayerNormLayer<Affine, Bias> {}

interface RMSNormConstructor {
  new <Affine extends boolean = true>(
    normalizedShape: NormalizedShape,
    options?: RMSNormOptions & { readonly elementwiseAffine?: Affine | undefined },
  ): RMSNorm<NoInfer<Affine>>;
  readonly prototype: RMSNorm;
}

/**
 * x / sqrt(mean(x^2) + eps) * weight over the last dimensions, those of `normalizedShape`: layer
 * normalization that leaves the mean alone and has no shift. The same in training and evaluation.
 * https://arxiv.org/abs/1910.07467, https://pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html
 * @throws RangeError if a size is not a whole number of at least 1, or on a call whose input does
 *   not end in these sizes
 */
export const RMSNorm: RMSNormConstructor = RMSNormLayer;
export interface RMSNorm<Affine extends boolean = boolean> extends RMSNormLayer<Affine> {}
