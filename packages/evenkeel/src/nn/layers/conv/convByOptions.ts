import type { Sizes } from "../../functional/sizes.ts";
import { Conv1dLayer, Conv2dLayer, Conv3dLayer, type ConvLayerOptions } from "./conv.ts";
import {
  ConvTranspose1dLayer,
  ConvTranspose2dLayer,
  ConvTranspose3dLayer,
  type ConvTransposeLayerOptions,
} from "./convTranspose.ts";

/**
 * The public types of convolutions: constructor types that infer from `bias` whether there is one,
 * as in byOptions.ts.
 */

interface Conv1dConstructor {
  new <Bias extends boolean = true>(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options?: ConvLayerOptions & { readonly bias?: Bias | undefined },
  ): Conv1d<NoInfer<Bias>>;
  readonly prototype: Conv1d;
}

/**
 * Slides `outChannels` learned windows over the last dimension: [N, inChannels, L] -> [N,
 * outChannels, L'], also without N, with L' = floor((L + 2 * padding - dilation * (kernelSize - 1)
 * - 1) / stride) + 1. Weight and bias start uniform within 1 / sqrt(inChannels / groups *
 * kernelSize), weight first, the numbers PyTorch draws under the same seed.
 * https://pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
 * @throws RangeError if a size is not a whole number in its range, `groups` do not divide the
 *   channels, or on a call with another number of channels or an input smaller than the kernel
 */
export const Conv1d: Conv1dConstructor = Conv1dLayer;
export interface Conv1d<Bias extends boolean = boolean> extends Conv1dLayer<Bias> {}

interface Conv2dConstructor {
  new <Bias extends boolean = true>(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options?: ConvLayerOptions & { readonly bias?: Bias | undefined },
  ): Conv2d<NoInfer<Bias>>;
  readonly prototype: Conv2d;
}

/**
 * Slides `outChannels` learned windows over pictures: [N, inChannels, H, W] -> [N, outChannels, H',
 * W'], also without N. Sizes, initial values and errors are those of {@link Conv1d}, with one
 * number for both dimensions or [height, width].
 * https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
 */
export const Conv2d: Conv2dConstructor = Conv2dLayer;
export interface Conv2d<Bias extends boolean = boolean> extends Conv2dLayer<Bias> {}

interface Conv3dConstructor {
  new <Bias extends boolean = true>(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options?: ConvLayerOptions & { readonly bias?: Bias | undefined },
  ): Conv3d<NoInfer<Bias>>;
  readonly prototype: Conv3d;
}

/**
 * {@link Conv2d} over three dimensions: [N, inChannels, D, H, W] -> [N, outChannels, D', H', W'],
 * also without N. https://pytorch.org/docs/stable/generated/torch.nn.Conv3d.html
 */
export const Conv3d: Conv3dConstructor = Conv3dLayer;
export interface Conv3d<Bias extends boolean = boolean> extends Conv3dLayer<Bias> {}

interface ConvTranspose1dConstructor {
  new <Bias extends boolean = true>(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options?: ConvTransposeLayerOptions & { readonly bias?: Bias | undefined },
  ): ConvTranspose1d<NoInfer<Bias>>;
  readonly prototype: ConvTranspose1d;
}

/**
 * The transpose of a convolution, which makes a dimension larger: [N, inChannels, L] -> [N,
 * outChannels, L'], also without N, with L' = (L - 1) * stride - 2 * padding + dilation *
 * (kernelSize - 1) + outputPadding + 1. A call takes `{ outputSize }` in place of the output
 * padding. Initial values as in {@link Conv1d}, by outChannels.
 * https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html
 * @throws RangeError as {@link Conv1d}, and for an output padding or output size that the stride
 *   does not allow
 */
export const ConvTranspose1d: ConvTranspose1dConstructor = ConvTranspose1dLayer;
export interface ConvTranspose1d<Bias extends boolean = boolean> extends ConvTranspose1dLayer<Bias> {}

interface ConvTranspose2dConstructor {
  new <Bias extends boolean = true>(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options?: ConvTransposeLayerOptions & { readonly bias?: Bias | undefined },
  ): ConvTranspose2d<NoInfer<Bias>>;
  readonly prototype: ConvTranspose2d;
}

/**
 * {@link ConvTranspose1d} over pictures: [N, inChannels, H, W] -> [N, outChannels, H', W'], also
 * without N. https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html
 */
export const ConvTranspose2d: ConvTranspose2dConstructor = ConvTranspose2dLayer;
export interface ConvTranspose2d<Bias extends boolean = boolean> extends ConvTranspose2dLayer<Bias> {}

interface ConvTranspose3dConstructor {
  new <Bias extends boolean = true>(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options?: ConvTransposeLayerOptions & { readonly bias?: Bias | undefined },
  ): ConvTranspose3d<NoInfer<Bias>>;
  readonly prototype: ConvTranspose3d;
}

/**
 * {@link ConvTranspose1d} over three dimensions: [N, inChannels, D, H, W] -> [N, outChannels, D',
 * H', W'], also without N. https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html
 */
export const ConvTranspose3d: ConvTranspose3dConstructor = ConvTranspose3dLayer;
export interface ConvTranspose3d<Bias extends boolean = boolean> extends ConvTranspose3dLayer<Bias> {}
