import {
  defineOp,
  formatShape,
  type Gradients,
  mismatch,
  refuse,
  type Shape,
  sameShape,
  sizeOf,
  type Value,
} from "../../core/index.ts";
import { fill } from "../movement/creation.ts";
import { sum } from "../reduce/reduce.ts";
import { requireFloat, requireSameDtype, requireShape } from "../shapes.ts";
import { addDots, addProducts } from "./products.ts";
import {
  blockWidth,
  columnLength,
  forEachBlock,
  gatherColumns,
  scatterColumns,
  type WindowAttrs,
  type Windows,
  windowCounts,
  windowsOf,
} from "./windows.ts";

/**
 * Convolution (cross-correlation, as in every library of this field) over 1 to 3 spatial
 * dimensions, and its two gradients. Each of the three is linear in both arrays, so their gradients
 * are composed of the three. Sums are double.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
 */

export interface ConvolutionAttrs extends WindowAttrs {
  /**
   * The number of groups that the channels are split into; each group of outputs uses one group of
   * inputs.
   */
  readonly groups: number;
}

export interface ConvolutionInputAttrs extends ConvolutionAttrs {
  /** The spatial sizes of the input. */
  readonly size: Shape;
}

export interface ConvolutionWeightAttrs extends ConvolutionAttrs {
  /** The spatial sizes of the weight. */
  readonly kernel: Shape;
}

const spatial = (x: { readonly shape: Shape }): Shape => x.shape.slice(2);

/** The public name. */
const nameOf = (rank: number) => `conv${rank - 2}d`;

/** input [N, C, ...] and weight [O, C / groups, ...kernel], plus bias [O] -> [N, O, ...]. */
export const convolution = defineOp({
  name: "convolution",
  inputs: ["input", "weight", "bias"],
  shape: ([x, weight, bias], attrs: ConvolutionAttrs) => {
    const name = nameOf(x.shape.length);
    requireFloat(name, "input", x);
    requireSameDtype(name, x, "the input", weight, "the weight");
    requireSameDtype(name, x, "the input", bias, "the bias");
    const shape = outputShape(name, x.shape, weight.shape, attrs);
    requireShape(name, "bias", bias, [weight.shape[0]]);
    return [{ shape, dtype: x.dtype }];
  },
  reference: ([x, weight, bias], [y], attrs) => {
    const work = workOf(x.shape, weight.shape, y.shape, attrs);
    const { windows, outputs, length } = work;
    const factors = new Float64Array(weight.data);
    const [columns, totals] = blocksOf(work);
    forEachShare(work, (group, input, output) => {
      forEachBlock(windows, (from, to, width) => {
        gatherColumns(x.data, input, windows, from, to, columns);
        for (let o = 0; o < outputs; o++) totals.fill(bias.data[group * outputs + o], o * width, (o + 1) * width);
        addProducts(factors, group * outputs * length, length, 1, columns, totals, outputs, length, width);
        forEachRow(work, output, from, width, (o, at) => y.data.set(totals.subarray(o, o + width), at));
      });
    });
  },
  saves: ["input", "weight"],
  savedFor: { input: [1], weight: [0] },
  grad: (dy, { input, weight }, { attrs, inputs, needs }): Gradients => [
    needs[0] ? convolutionInput(dy, weight, { ...attrs, size: spatial(inputs[0]) }) : null,
    needs[1] ? convolutionWeight(dy, input, { ...attrs, kernel: spatial(inputs[1]) }) : null,
    needs[2] ? sum(dy, { dims: dy.shape.map((_, i) => i).filter((i) => i !== 1), keepdim: false }) : null,
  ],
});

/**
 * The gradient of a convolution by its input: dy [N, O, ...] and weight -> [N, C, ...size]. It is
 * also the transposed convolution.
 */
export const convolutionInput = defineOp({
  name: "convolutionInput",
  inputs: ["dy", "weight"],
  shape: ([dy, weight], attrs: ConvolutionInputAttrs) => {
    requireFloat("convolutionInput", "dy", dy);
    requireSameDtype("convolutionInput", dy, "dy", weight, "the weight");
    const shape = [dy.shape[0], weight.shape[1] * attrs.groups, ...attrs.size];
    requireShape("convolutionInput", "dy", dy, outputShape("convolutionInput", shape, weight.shape, attrs));
    return [{ shape, dtype: dy.dtype }];
  },
  reference: ([dy, weight], [dx], attrs) => {
    const work = workOf(dx.shape, weight.shape, dy.shape, attrs);
    const { windows, outputs, length } = work;
    const factors = new Float64Array(weight.data);
    const [columns, flow] = blocksOf(work);
    const totals = new Float64Array(work.inputStep);
    forEachShare(work, (group, input, output) => {
      totals.fill(0);
      forEachBlock(windows, (from, to, width) => {
        forEachRow(work, output, from, width, (o, at) => flow.set(dy.data.subarray(at, at + width), o));
        columns.fill(0, 0, length * width);
        addProducts(factors, group * outputs * length, 1, length, flow, columns, length, outputs, width);
        scatterColumns(columns, windows, from, to, totals, 0);
      });
      dx.data.set(totals, input);
    });
  },
  saves: ["dy", "weight"],
  savedFor: { dy: [1], weight: [0] },
  grad: (ddx, { dy, weight }, { attrs: { size: _, ...attrs }, inputs, needs }): Gradients => [
    needs[0] ? withoutBias(ddx, weight, attrs) : null,
    needs[1] ? convolutionWeight(dy, ddx, { ...attrs, kernel: spatial(inputs[1]) }) : null,
  ],
});

/**
 * The gradient of a convolution by its weight: dy [N, O, ...] and input [N, C, ...] -> [O, C /
 * groups, ...kernel].
 */
export const convolutionWeight = defineOp({
  name: "convolutionWeight",
  inputs: ["dy", "input"],
  shape: ([dy, x], attrs: ConvolutionWeightAttrs) => {
    requireFloat("convolutionWeight", "dy", dy);
    requireSameDtype("convolutionWeight", dy, "dy", x, "the input");
    const shape = [dy.shape[1], x.shape[1] / attrs.groups, ...attrs.kernel];
    requireShape("convolutionWeight", "dy", dy, outputShape("convolutionWeight", x.shape, shape, attrs));
    return [{ shape, dtype: dy.dtype }];
  },
  reference: ([dy, x], [dweight], attrs) => {
    const work = workOf(x.shape, dweight.shape, dy.shape, attrs);
    const { windows, outputs, length } = work;
    const [columns, flow] = blocksOf(work);
    const totals = new Float64Array(dweight.data.length);
    forEachShare(work, (group, input, output) => {
      forEachBlock(windows, (from, to, width) => {
        gatherColumns(x.data, input, windows, from, to, columns);
        forEachRow(work, output, from, width, (o, at) => flow.set(dy.data.subarray(at, at + width), o));
        addDots(flow, columns, totals, group * outputs * length, outputs, length, width);
      });
    });
    dweight.data.set(totals);
  },
  saves: ["dy", "input"],
  savedFor: { dy: [1], input: [0] },
  grad: (ddweight, { dy, input }, { attrs: { kernel: _, ...attrs }, inputs, needs }): Gradients => [
    needs[0] ? withoutBias(input, ddweight, attrs) : null,
    needs[1] ? convolutionInput(dy, ddweight, { ...attrs, size: spatial(inputs[1]) }) : null,
  ],
});

/** A convolution with zeros as bias, which need no gradient. */
function withoutBias(input: Value, weight: Value, attrs: ConvolutionAttrs): Value {
  return convolution(input, weight, fill({ shape: [weight.shape[0]], dtype: weight.dtype, value: 0 }), attrs);
}

/** The shape [N, O, ...] of a convolution of `input` with `weight`. Checks that they fit. */
function outputShape(name: string, input: Shape, weight: Shape, attrs: ConvolutionAttrs): Shape {
  const rank = attrs.stride.length;
  const { groups } = attrs;
  const sizes = `input ${formatShape(input)} and weight ${formatShape(weight)}`;
  if (input.length !== rank + 2 || weight.length !== rank + 2) {
    throw mismatch(
      "wrong-shape",
      name,
      `${sizes} given`,
      `${rank + 2} dimensions each, [N, C, ...] and [O, C / groups, ...]`,
      `${rank} of them spatial`,
    );
  }
  const [n, channels, ...size] = input;
  const [outputs, perGroup, ...kernel] = weight;
  if (channels !== perGroup * groups) {
    throw refuse(
      "wrong-shape",
      name,
      `input ${formatShape(input)} has ${channels} channels, but the weight ${formatShape(weight)} is ` +
        `made for ${perGroup * groups}${groups > 1 ? ` (${groups} groups of ${perGroup})` : ""}`,
      `change the input, or make the layer with ${channels} input channels`,
    );
  }
  if (outputs % groups !== 0) {
    throw refuse(
      "conflict",
      name,
      `weight ${formatShape(weight)} has ${outputs} output channels, which ${groups} groups do not divide`,
    );
  }
  const counts = windowCounts(size, kernel, attrs);
  if (counts.some((count) => count < 1)) throw tooLarge(name, input, kernel, attrs);
  return [n, outputs, ...counts];
}

function tooLarge(name: string, input: Shape, kernel: Shape, { padding, dilation }: WindowAttrs): Error {
  const padded = input.slice(2).map((size, i) => size + padding[i][0] + padding[i][1]);
  const spread = kernel.map((size, i) => (size - 1) * dilation[i] + 1);
  const dilated = sameShape(spread, kernel) ? "" : `, which spans ${formatShape(spread)} with its dilation,`;
  return refuse(
    "wrong-shape",
    name,
    `the kernel ${formatShape(kernel)}${dilated} is larger than the input ${formatShape(input)}, ` +
      `whose spatial sizes are ${formatShape(padded)} with padding`,
    "give a larger input, more padding or a smaller kernel",
  );
}

/** The loop of a reference: every group of channels of every example, in blocks of windows. */
interface Work {
  /** The windows over the channels of one group. */
  readonly windows: Windows;
  readonly examples: number;
  readonly groups: number;
  /** Output channels of a group. */
  readonly outputs: number;
  /** Values in a window of a group, which is a row of the weight. */
  readonly length: number;
  /** Values of one group of an example in the input, and of one channel in the output. */
  readonly inputStep: number;
  readonly plane: number;
}

function workOf(input: Shape, weight: Shape, output: Shape, attrs: ConvolutionAttrs): Work {
  const [outputs, channels, ...kernel] = weight;
  const windows = windowsOf(channels, input.slice(2), kernel, output.slice(2), attrs);
  return {
    windows,
    examples: input[0],
    groups: attrs.groups,
    outputs: outputs / attrs.groups,
    length: columnLength(windows),
    inputStep: channels * sizeOf(input.slice(2)),
    plane: sizeOf(output.slice(2)),
  };
}

/** Room for a block of columns, and for the same windows of the output channels. */
function blocksOf({ windows, outputs, length }: Work): [Float64Array, Float64Array] {
  const width = blockWidth(windows);
  return [new Float64Array(length * width), new Float64Array(outputs * width)];
}

/** Visits each group of each example with its offsets in the input and in the output. */
function forEachShare(
  { examples, groups, outputs, inputStep, plane }: Work,
  visit: (group: number, input: number, output: number) => void,
): void {
  for (let share = 0; share < examples * groups; share++) {
    visit(share % groups, share * inputStep, share * outputs * plane);
  }
}

/** Visits the output channels, with their offsets in a block of windows and in the array. */
function forEachRow(
  { windows, outputs, plane }: Work,
  output: number,
  from: number,
  width: number,
  visit: (inBlock: number, inArray: number) => void,
): void {
  for (let o = 0; o < outputs; o++) visit(o * width, output + o * plane + from * windows.counts[2]);
}
