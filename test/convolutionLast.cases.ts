import type { AnyOp, NdArray } from "../packages/evenkeel/src/core/index.ts";
import type { Border } from "../packages/evenkeel/src/ops/channelsLast/border.ts";
import { convolutionOf } from "../packages/evenkeel/src/ops/channelsLast/convolution.ts";
import {
  convolutionBackwardLastKernel,
  convolutionInputLastKernel,
  convolutionLastKernel,
  convolutionWeightLastKernel,
} from "../packages/evenkeel/src/ops/channelsLast/convolutionLast.kernel.ts";
import { prefersWinograd } from "../packages/evenkeel/src/ops/channelsLast/winograd/products.ts";
import {
  convolutionBackwardLast,
  convolutionInputLast,
  convolutionLast,
  convolutionWeightLast,
} from "../packages/evenkeel/src/ops/index.ts";
import type { Kernel } from "../packages/evenkeel/src/wasm/index.ts";
import { type HarnessOptions, ndArray, noise, runKernel, runReference } from "./kernelHarness.ts";

/**
 * Convolutions of all shapes with their channels last, drawn at random or given, to hold the
 * kernels to the references.
 */
export interface ConvolutionCase {
  readonly images: number;
  /** Channels of the input and of the output, over all groups. */
  readonly inputs: number;
  readonly outputs: number;
  readonly size: readonly [height: number, width: number];
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: Border;
  readonly groups: number;
  /** How much wider than the padding the border of the input is. */
  readonly inputMargin: Border;
  readonly border: Border;
  readonly dyBorder: Border;
}

const pairs = (value: number): Border => [
  [value, value],
  [value, value],
];

/** A plain case: stride 1, padding on all sides, no borders but what the padding needs. */
export const plainCase = (
  images: number,
  inputs: number,
  outputs: number,
  size: readonly [number, number],
  kernel: readonly [number, number],
  padding = 0,
): ConvolutionCase => ({
  images,
  inputs,
  outputs,
  size,
  kernel,
  stride: [1, 1],
  dilation: [1, 1],
  padding: pairs(padding),
  groups: 1,
  inputMargin: pairs(0),
  border: pairs(0),
  dyBorder: pairs(Math.max(0, Math.max(...kernel) - 1 - padding)),
});

export const outputSize = ({ size, kernel, stride, dilation, padding }: ConvolutionCase): [number, number] => {
  const along = (i: 0 | 1) =>
    Math.floor((size[i] + padding[i][0] + padding[i][1] - dilation[i] * (kernel[i] - 1) - 1) / stride[i]) + 1;
  return [along(0), along(1)];
};

/**
 * Cases from a seed. Some have the shapes that beginners write, and all may be odd in every
 * respect.
 */
export function drawCase(seed: number): ConvolutionCase {
  let state = (Math.imul(seed, 2654435761) + 1) >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  next();
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)];
  const pair = (values: readonly number[]): [number, number] => [pick(values), pick(values)];
  const borderOf = (values: readonly number[]): Border => [pair(values), pair(values)];
  for (;;) {
    const square = pick([1, 3, 3, 3, 5]);
    const groups = pick([1, 1, 1, 1, 2, 3]);
    const depthwise = next() < 0.1;
    const inputs = depthwise ? pick([1, 3, 4, 6, 8, 17]) : groups * pick([1, 2, 3, 4, 5, 8, 12, 16, 24]);
    const simple = next() < 0.4;
    const winograd = next() < 0.25;
    if (winograd) return drawWinograd(pick, borderOf);
    const drawn: ConvolutionCase = {
      images: pick([1, 1, 2, 3]),
      inputs,
      outputs: depthwise ? inputs * pick([1, 2]) : groups * pick([1, 2, 3, 4, 5, 6, 8, 10, 12, 16]),
      size: [pick([1, 2, 4, 5, 7, 8, 10, 13]), pick([1, 3, 4, 6, 8, 9, 11, 14])],
      kernel: next() < 0.6 ? [square, square] : pair([1, 2, 3, 4, 5]),
      stride: simple ? [1, 1] : pair([1, 1, 2, 3]),
      dilation: simple ? [1, 1] : pair([1, 1, 1, 2, 3]),
      padding: simple ? pairs(pick([0, 1, 1, 2])) : borderOf([0, 1, 2, 3]),
      groups: depthwise ? inputs : groups,
      inputMargin: next() < 0.5 ? pairs(0) : borderOf([0, 1, 2]),
      border: next() < 0.4 ? pairs(0) : borderOf([0, 1, 2, 5]),
      dyBorder: next() < 0.4 ? pairs(0) : borderOf([0, 1, 2, 4]),
    };
    const [height, width] = outputSize(drawn);
    if (height > 0 && width > 0) return drawn;
  }
}

/** A case that goes Winograd's way, unless its pictures are too small for it. */
function drawWinograd(pick: <T>(values: readonly T[]) => T, borderOf: (sizes: readonly number[]) => Border) {
  const channels = [8, 12, 16, 20, 36];
  const sizes = [4, 5, 6, 7, 8, 9, 14, 18, 33];
  const padding = pick([pairs(0), pairs(1), pairs(1), pairs(2), borderOf([0, 1, 2, 3])]);
  return {
    ...plainCase(pick([1, 2, 3, 5, 9, 17]), pick(channels), pick(channels), [pick(sizes), pick(sizes)], [3, 3]),
    padding,
    inputMargin: pick([pairs(0), borderOf([0, 1, 2])]),
    border: pick([padding, padding, borderOf([0, 1, 2, 5])]),
    dyBorder: borderOf([0, 1, 2, 4]),
  };
}

/** Random values with zeros for a border. */
function bordered(
  images: number,
  [height, width]: readonly number[],
  channels: number,
  border: Border,
  next: () => number,
) {
  const [rows, columns] = border;
  const shape = [images, rows[0] + height + rows[1], columns[0] + width + columns[1], channels];
  const inside = (at: number, before: number, size: number) => at >= before && at < before + size;
  return ndArray(shape, (i) => {
    const column = Math.floor(i / channels) % shape[2];
    const row = Math.floor(i / channels / shape[2]) % shape[1];
    return inside(row, rows[0], height) && inside(column, columns[0], width) ? next() : 0;
  });
}

interface Product {
  readonly row: AnyOp;
  // biome-ignore lint/suspicious/noExplicitAny: kernels of several attributes in one list.
  readonly kernel: Kernel<any>;
  readonly inputs: readonly NdArray[];
  readonly attrs: object;
  /** Terms of a sum, for each output. */
  readonly terms: readonly number[];
  /** Whether the kernels go Winograd's way. */
  readonly winograd: boolean;
}

/** The products of a convolution, with their inputs: forward, both gradients, and both at once. */
export function productsOf(drawn: ConvolutionCase, values: () => number = noise(1)): Product[] {
  const { images, inputs, outputs, size, kernel, groups, padding, inputMargin, border, dyBorder } = drawn;
  const inputBorder = padding.map((pair, i) => pair.map((p, j) => p + inputMargin[i][j])) as unknown as Border;
  const output = outputSize(drawn);
  const x = bordered(images, size, inputs, inputBorder, values);
  const dy = bordered(images, output, outputs, dyBorder, values);
  const weight = ndArray([outputs, inputs / groups, ...kernel], values);
  const bias = ndArray([outputs], values);
  const attrs = { stride: drawn.stride, dilation: drawn.dilation, groups, padding };
  const convolution = convolutionOf({ spec: x, border: inputBorder }, { spec: dy, border: dyBorder }, kernel, attrs);
  const winograd = prefersWinograd(convolution);
  const taps = kernel[0] * kernel[1];
  const [forward, toInput] = [(inputs / groups) * taps, (outputs / groups) * taps];
  const toWeight = images * output[0] * output[1];
  const both = { ...attrs, dyBorder, inputBorder, border: inputBorder };
  return [
    {
      row: convolutionLast,
      kernel: convolutionLastKernel,
      inputs: [x, weight, bias],
      attrs: { ...attrs, inputBorder, border },
      terms: [forward + 1],
      winograd,
    },
    {
      row: convolutionInputLast,
      kernel: convolutionInputLastKernel,
      inputs: [dy, weight],
      attrs: { ...attrs, size, dyBorder, border },
      terms: [toInput],
      winograd,
    },
    {
      row: convolutionWeightLast,
      kernel: convolutionWeightLastKernel,
      inputs: [dy, x],
      attrs: { ...attrs, kernel, dyBorder, inputBorder },
      terms: [toWeight],
      winograd,
    },
    {
      row: convolutionBackwardLast,
      kernel: convolutionBackwardLastKernel,
      inputs: [dy, x, weight],
      attrs: both,
      terms: [toInput, toWeight],
      winograd,
    },
  ];
}

const widen = ({ shape, data }: NdArray): NdArray => ({ shape, dtype: "float64", data: Float64Array.from(data) });
const absolute = ({ shape, data }: NdArray): NdArray => ({
  shape,
  dtype: "float64",
  data: Float64Array.from(data, Math.abs),
});

/** Rounding of one float32 operation, relative. */
const unit = 2 ** -24;

/**
 * What is wrong with a product, compared with float64; undefined: nothing. Every element must lie
 * within (k + 3) roundings of the sum of its terms' sizes (N. J. Higham, "Accuracy and Stability of
 * Numerical Algorithms", section 3.1). Winograd's sums also hold terms of their neighbours, which
 * cancel: there the largest sum of sizes counts, and what the transforms round.
 */
export function faultOf(
  { row, kernel, inputs, attrs, terms, winograd }: Product,
  { fast = false }: HarnessOptions = {},
): string | undefined {
  let got: readonly NdArray[];
  try {
    got = runKernel(row, kernel, inputs, attrs, { fast });
  } catch (error) {
    return `${row.name}: ${(error as Error).message}`;
  }
  const exact = runReference(row, inputs.map(widen), attrs);
  const sizes = runReference(row, inputs.map(absolute), attrs);
  for (const [o, y] of got.entries()) {
    const largest = winograd ? [...sizes[o].data].reduce((most, size) => Math.max(most, size), 0) : 0;
    for (let i = 0; i < y.data.length; i++) {
      const error = Math.abs(y.data[i] - exact[o].data[i]);
      const bound = winograd ? (terms[o] + 16) * largest : (terms[o] + 3) * sizes[o].data[i];
      if (error <= bound * unit) continue;
      return `${row.name}: element ${i} of output ${o} is ${y.data[i]}, expected ${exact[o].data[i]}`;
    }
  }
  return undefined;
}
