import type { Tensor } from "evenkeel";
import * as F from "evenkeel/nn/functional";
import type { OpCall } from "./opCases.ts";

/** torch's keyword arguments, as conv.json has them. */
export interface ConvArgs {
  readonly stride?: F.Sizes;
  readonly padding?: F.ConvPadding;
  readonly output_padding?: F.Sizes;
  readonly dilation?: F.Sizes;
  readonly groups?: number;
  readonly kernel_size?: F.Sizes;
  readonly output_size?: F.Sizes;
  readonly pad?: readonly number[];
  readonly mode?: F.PadMode;
  readonly value?: number;
}

const convolution =
  (fn: (x: Tensor, weight: Tensor, bias: Tensor | null, options: F.ConvOptions) => Tensor): OpCall<ConvArgs> =>
  ([x, weight, bias], args) =>
    fn(x as Tensor, weight as Tensor, (bias as Tensor | undefined) ?? null, args as F.ConvOptions);

const transposed =
  (fn: (x: Tensor, weight: Tensor, bias: Tensor | null, options: F.ConvTransposeOptions) => Tensor): OpCall<ConvArgs> =>
  ([x, weight, bias], { output_padding: outputPadding, ...args }) =>
    fn(x as Tensor, weight as Tensor, (bias as Tensor | undefined) ?? null, {
      ...(args as F.ConvTransposeOptions),
      outputPadding,
    });

/** How the library says each call of conv.json. */
export const convCalls: Readonly<Record<string, OpCall<ConvArgs>>> = {
  conv1d: convolution(F.conv1d),
  conv2d: convolution(F.conv2d),
  conv3d: convolution(F.conv3d),
  conv_transpose1d: transposed(F.convTranspose1d),
  conv_transpose2d: transposed(F.convTranspose2d),
  conv_transpose3d: transposed(F.convTranspose3d),
  unfold: ([x], { kernel_size, ...args }) => F.unfold(x as Tensor, kernel_size!, args as F.FoldOptions),
  fold: ([x], { output_size, kernel_size, ...args }) =>
    F.fold(x as Tensor, output_size!, kernel_size!, args as F.FoldOptions),
  pad: ([x], { pad, mode, value }) => F.pad(x as Tensor, pad!, { mode, value }),
};
