import type { Shape, Spec } from "../../core/index.ts";
import type { ConvolutionAttrs } from "../conv/convolution.ts";
import { floatBytes, roundUp } from "../matmul/gemm.problem.ts";
import { type Border, picturesOf } from "./border.ts";
import type { Windows } from "./direct/axis.ts";

/**
 * The sizes of a two-dimensional convolution, without borders, for its kernels and those of its
 * gradients.
 */
export interface Convolution {
  readonly images: number;
  readonly groups: number;
  /** Channels of a group. */
  readonly inputs: number;
  readonly outputs: number;
  readonly rows: Windows;
  readonly columns: Windows;
}

/** An array with its border. */
export interface Bordered<T extends Spec = Spec> {
  readonly spec: T;
  readonly border: Border;
}

/** The convolution from pictures of the input's size to pictures of dy's size. */
export function convolutionOf(
  input: Bordered,
  dy: Bordered,
  kernel: Shape,
  { groups, stride, dilation, padding }: ConvolutionAttrs,
): Convolution {
  const x = picturesOf("convolutionLast", "the input", input.spec, input.border);
  const y = picturesOf("convolutionLast", "the output", dy.spec, dy.border);
  const along = (axis: 0 | 1, size: number, outputs: number): Windows => ({
    size,
    kernel: kernel[axis],
    stride: stride[axis],
    dilation: dilation[axis],
    before: padding[axis][0],
    outputs,
  });
  return {
    images: x.count,
    groups,
    inputs: x.channels / groups,
    outputs: y.channels / groups,
    rows: along(0, x.height, y.height),
    columns: along(1, x.width, y.width),
  };
}

/** The address of a weight [O, C / groups, kh, kw], and its strides in bytes. */
export interface WeightPlace {
  readonly address: number;
  readonly output: number;
  readonly input: number;
  readonly row: number;
}

export function weightPlace(address: number, { inputs, rows, columns }: Convolution): WeightPlace {
  const row = columns.kernel * floatBytes;
  const input = rows.kernel * row;
  return { address, output: inputs * input, input, row };
}

/** The offsets of consecutive areas of scratch, and their end. */
export function areasOf<const K extends string>(start: number, sizes: { readonly [name in K]: number }) {
  let end = start;
  const at = {} as { [name in K]: number };
  for (const [name, bytes] of Object.entries(sizes) as [K, number][]) {
    at[name] = end;
    end += roundUp(bytes, 64);
  }
  return { at, end };
}
