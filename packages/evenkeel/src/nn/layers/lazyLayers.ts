import { refuse } from "../../core/index.ts";
import type { Sizes } from "../functional/sizes.ts";
import { type Learning, lazy } from "../lazy/lazy.ts";
import { className } from "../module/callable.ts";
import { Conv1dLayer, Conv2dLayer, Conv3dLayer, type ConvLayerOptions } from "./conv/conv.ts";
import type { ConvBase } from "./conv/convBase.ts";
import { LinearLayer, type LinearOptions } from "./linear.ts";
import { BatchNorm1dLayer, type BatchNorm1dOptions, BatchNorm2dLayer, BatchNorm3dLayer } from "./norm/batchNorm.ts";
import type { ChannelNormLayer } from "./norm/channelNorm.ts";
import {
  InstanceNorm1dLayer,
  InstanceNorm2dLayer,
  InstanceNorm3dLayer,
  type InstanceNormOptions,
} from "./norm/instanceNorm.ts";

/**
 * The public types of layers that infer their first argument from their first input: byOptions.ts
 * explains the types, ../lazy/lazy.ts the mechanism.
 */

export type LazyLinearOptions = Pick<LinearOptions, "bias">;

interface LazyLinearConstructor {
  new <Bias extends boolean = true>(
    outFeatures: number,
    options?: LazyLinearOptions & { readonly bias?: Bias | undefined },
  ): LazyLinear<NoInfer<Bias>>;
  readonly prototype: LazyLinear;
}

/**
 * A {@link Linear} that takes inFeatures from the last dimension of its first input. Weight and
 * bias are uninitialized until then; that call draws them from the default generator, the numbers
 * PyTorch draws, and makes the layer a Linear.
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyLinear.html
 * @throws RangeError if outFeatures is not a whole number of at least 1 @throws Error in a compiled
 *   step: call it before
 */
export const LazyLinear: LazyLinearConstructor = /* @__PURE__ */ lazy<LinearLayer, LazyLinearConstructor>(
  LinearLayer,
  "LazyLinear",
  {
    field: "inFeatures",
    sizeOf: ({ shape }) => shape.at(-1),
    shapes: ({ inFeatures, outFeatures }) => ({ weight: [outFeatures, inFeatures], bias: [outFeatures] }),
  },
);
export interface LazyLinear<Bias extends boolean = boolean> extends LinearLayer<Bias> {}

/** `unbatched`: how many dimensions an input without a batch has, where there may be one. */
const numFeatures = (unbatched?: number): Learning<ChannelNormLayer> => ({
  field: "numFeatures",
  sizeOf: ({ shape }) => shape[shape.length === unbatched ? 0 : 1],
  shapes: ({ numFeatures }) => {
    const shape = [numFeatures];
    return { weight: shape, bias: shape, running_mean: shape, running_var: shape };
  },
});

interface LazyBatchNorm1dConstructor {
  new <Affine extends boolean = true, Tracked extends boolean = true>(
    options?: BatchNorm1dOptions & {
      readonly affine?: Affine | undefined;
      readonly trackRunningStats?: Tracked | undefined;
    },
  ): LazyBatchNorm1d<NoInfer<Affine>, NoInfer<Tracked>>;
  readonly prototype: LazyBatchNorm1d;
}

/**
 * A {@link BatchNorm1d} that takes numFeatures from the channels of its first input, which makes it
 * one. https://pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm1d.html
 * @throws as {@link LazyLinear}
 */
export const LazyBatchNorm1d: LazyBatchNorm1dConstructor = /* @__PURE__ */ lazy(
  BatchNorm1dLayer,
  "LazyBatchNorm1d",
  /* @__PURE__ */ numFeatures(),
);
export interface LazyBatchNorm1d<Affine extends boolean = boolean, Tracked extends boolean = boolean>
  extends BatchNorm1dLayer<Affine, Tracked> {}

interface LazyBatchNorm2dConstructor {
  new <Affine extends boolean = true, Tracked extends boolean = true>(
    options?: BatchNorm1dOptions & {
      readonly affine?: Affine | undefined;
      readonly trackRunningStats?: Tracked | undefined;
    },
  ): LazyBatchNorm2d<NoInfer<Affine>, NoInfer<Tracked>>;
  readonly prototype: LazyBatchNorm2d;
}

/**
 * A {@link BatchNorm2d} that takes numFeatures from the channels of its first input, which makes it
 * one. https://pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm2d.html
 * @throws as {@link LazyLinear}
 */
export const LazyBatchNorm2d: LazyBatchNorm2dConstructor = /* @__PURE__ */ lazy(
  BatchNorm2dLayer,
  "LazyBatchNorm2d",
  /* @__PURE__ */ numFeatures(),
);
export interface LazyBatchNorm2d<Affine extends boolean = boolean, Tracked extends boolean = boolean>
  extends BatchNorm2dLayer<Affine, Tracked> {}

interface LazyBatchNorm3dConstructor {
  new <Affine extends boolean = true, Tracked extends boolean = true>(
    options?: BatchNorm1dOptions & {
      readonly affine?: Affine | undefined;
      readonly trackRunningStats?: Tracked | undefined;
    },
  ): LazyBatchNorm3d<NoInfer<Affine>, NoInfer<Tracked>>;
  readonly prototype: LazyBatchNorm3d;
}

/**
 * A {@link BatchNorm3d} that takes numFeatures from the channels of its first input, which makes it
 * one. https://pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm3d.html
 * @throws as {@link LazyLinear}
 */
export const LazyBatchNorm3d: LazyBatchNorm3dConstructor = /* @__PURE__ */ lazy(
  BatchNorm3dLayer,
  "LazyBatchNorm3d",
  /* @__PURE__ */ numFeatures(),
);
export interface LazyBatchNorm3d<Affine extends boolean = boolean, Tracked extends boolean = boolean>
  extends BatchNorm3dLayer<Affine, Tracked> {}

interface LazyInstanceNorm1dConstructor {
  new <Affine extends boolean = true, Tracked extends boolean = true>(
    options?: InstanceNormOptions & {
      readonly affine?: Affine | undefined;
      readonly trackRunningStats?: Tracked | undefined;
    },
  ): LazyInstanceNorm1d<NoInfer<Affine>, NoInfer<Tracked>>;
  readonly prototype: LazyInstanceNorm1d;
}

/**
 * A {@link InstanceNorm1d} that takes numFeatures from the channels of its first input, which makes
 * it one. As in PyTorch, and unlike the plain layer, it has scale, shift and running statistics by
 * default. https://pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm1d.html
 * @throws as {@link LazyLinear}
 */
export const LazyInstanceNorm1d: LazyInstanceNorm1dConstructor = /* @__PURE__ */ lazy(
  InstanceNorm1dLayer,
  "LazyInstanceNorm1d",
  /* @__PURE__ */ numFeatures(2),
);
export interface LazyInstanceNorm1d<Affine extends boolean = boolean, Tracked extends boolean = boolean>
  extends InstanceNorm1dLayer<Affine, Tracked> {}

interface LazyInstanceNorm2dConstructor {
  new <Affine extends boolean = true, Tracked extends boolean = true>(
    options?: InstanceNormOptions & {
      readonly affine?: Affine | undefined;
      readonly trackRunningStats?: Tracked | undefined;
    },
  ): LazyInstanceNorm2d<NoInfer<Affine>, NoInfer<Tracked>>;
  readonly prototype: LazyInstanceNorm2d;
}

/**
 * A {@link InstanceNorm2d} that takes numFeatures from the channels of its first input, which makes
 * it one. As in PyTorch, and unlike the plain layer, it has scale, shift and running statistics by
 * default. https://pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm2d.html
 * @throws as {@link LazyLinear}
 */
export const LazyInstanceNorm2d: LazyInstanceNorm2dConstructor = /* @__PURE__ */ lazy(
  InstanceNorm2dLayer,
  "LazyInstanceNorm2d",
  /* @__PURE__ */ numFeatures(3),
);
export interface LazyInstanceNorm2d<Affine extends boolean = boolean, Tracked extends boolean = boolean>
  extends InstanceNorm2dLayer<Affine, Tracked> {}

interface LazyInstanceNorm3dConstructor {
  new <Affine extends boolean = true, Tracked extends boolean = true>(
    options?: InstanceNormOptions & {
      readonly affine?: Affine | undefined;
      readonly trackRunningStats?: Tracked | undefined;
    },
  ): LazyInstanceNorm3d<NoInfer<Affine>, NoInfer<Tracked>>;
  readonly prototype: LazyInstanceNorm3d;
}

/**
 * A {@link InstanceNorm3d} that takes numFeatures from the channels of its first input, which makes
 * it one. As in PyTorch, and unlike the plain layer, it has scale, shift and running statistics by
 * default. https://pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm3d.html
 * @throws as {@link LazyLinear}
 */
export const LazyInstanceNorm3d: LazyInstanceNorm3dConstructor = /* @__PURE__ */ lazy(
  InstanceNorm3dLayer,
  "LazyInstanceNorm3d",
  /* @__PURE__ */ numFeatures(4),
);
export interface LazyInstanceNorm3d<Affine extends boolean = boolean, Tracked extends boolean = boolean>
  extends InstanceNorm3dLayer<Affine, Tracked> {}

export type LazyConvOptions = Omit<ConvLayerOptions, "generator">;

const inChannels: Learning<ConvBase> = {
  field: "inChannels",
  sizeOf: ({ shape }, { kernelSize }) => shape[shape.length === kernelSize.length + 1 ? 0 : 1],
  shapes: (layer) => {
    const { inChannels, outChannels, groups, kernelSize } = layer;
    if (inChannels % groups !== 0) {
      throw refuse(
        "conflict",
        className(layer),
        `the first input has ${inChannels} channels, which ${groups} groups do not divide`,
      );
    }
    return { weight: [outChannels, inChannels / groups, ...kernelSize], bias: [outChannels] };
  },
};

interface LazyConv1dConstructor {
  new <Bias extends boolean = true>(
    outChannels: number,
    kernelSize: Sizes,
    options?: LazyConvOptions & { readonly bias?: Bias | undefined },
  ): LazyConv1d<NoInfer<Bias>>;
  readonly prototype: LazyConv1d;
}

/**
 * A {@link Conv1d} that takes inChannels from its first input, which makes it one.
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyConv1d.html
 * @throws as {@link LazyLinear}; RangeError at the first call if `groups` do not divide its
 *   channels
 */
export const LazyConv1d: LazyConv1dConstructor = /* @__PURE__ */ lazy<Conv1dLayer, LazyConv1dConstructor>(
  Conv1dLayer,
  "LazyConv1d",
  inChannels,
);
export interface LazyConv1d<Bias extends boolean = boolean> extends Conv1dLayer<Bias> {}

interface LazyConv2dConstructor {
  new <Bias extends boolean = true>(
    outChannels: number,
    kernelSize: Sizes,
    options?: LazyConvOptions & { readonly bias?: Bias | undefined },
  ): LazyConv2d<NoInfer<Bias>>;
  readonly prototype: LazyConv2d;
}

/**
 * A {@link Conv2d} that takes inChannels from its first input, which makes it one.
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyConv2d.html
 * @throws as {@link LazyLinear}; RangeError at the first call if `groups` do not divide its
 *   channels
 */
export const LazyConv2d: LazyConv2dConstructor = /* @__PURE__ */ lazy<Conv2dLayer, LazyConv2dConstructor>(
  Conv2dLayer,
  "LazyConv2d",
  inChannels,
);
export interface LazyConv2d<Bias extends boolean = boolean> extends Conv2dLayer<Bias> {}

interface LazyConv3dConstructor {
  new <Bias extends boolean = true>(
    outChannels: number,
    kernelSize: Sizes,
    options?: LazyConvOptions & { readonly bias?: Bias | undefined },
  ): LazyConv3d<NoInfer<Bias>>;
  readonly prototype: LazyConv3d;
}

/**
 * A {@link Conv3d} that takes inChannels from its first input, which makes it one.
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyConv3d.html
 * @throws as {@link LazyLinear}; RangeError at the first call if `groups` do not divide its
 *   channels
 */
export const LazyConv3d: LazyConv3dConstructor = /* @__PURE__ */ lazy<Conv3dLayer, LazyConv3dConstructor>(
  Conv3dLayer,
  "LazyConv3d",
  inChannels,
);
export interface LazyConv3d<Bias extends boolean = boolean> extends Conv3dLayer<Bias> {}
