import { type Tensor, zeros } from "evenkeel";
import type * as convolution from "../../packages/evenkeel/src/ops/conv/convolution.ts";
import type * as pad from "../../packages/evenkeel/src/ops/conv/pad.ts";
import type * as windows from "../../packages/evenkeel/src/ops/conv/unfold.ts";
import { type PadAttrs, unfold } from "../../packages/evenkeel/src/ops/index.ts";
import { type GradCases, valuesFrom } from "./inputs.ts";

/** Cases of ops/conv. */

const values = valuesFrom(6);

const pair = (size: number) => [size, size] as const;

const ofTwo = { stride: [1, 1], padding: [pair(0), pair(0)], dilation: [1, 1] };

export const convolutionCases = () => [
  {
    name: "1-d, stride 2, odd padding",
    input: [2, 2, 5],
    weight: [3, 2, 3],
    output: [2, 3, 3],
    attrs: { stride: [2], padding: [[1, 2] as const], dilation: [1], groups: 1 },
  },
  {
    name: "1-d, dilation 2, groups",
    input: [1, 4, 6],
    weight: [2, 2, 2],
    output: [1, 2, 4],
    attrs: { stride: [1], padding: [pair(0)], dilation: [2], groups: 2 },
  },
  {
    name: "2-d",
    input: [2, 1, 3, 4],
    weight: [2, 1, 2, 3],
    output: [2, 2, 2, 2],
    attrs: { ...ofTwo, groups: 1 },
  },
  {
    name: "2-d, everything",
    input: [1, 2, 5, 4],
    weight: [4, 1, 2, 2],
    output: [1, 4, 3, 4],
    attrs: { stride: [2, 1], padding: [[1, 1] as const, [0, 1] as const], dilation: [2, 1], groups: 2 },
  },
  {
    name: "2-d, values that no window sees",
    input: [1, 1, 4, 4],
    weight: [1, 1, 1, 2],
    output: [1, 1, 2, 1],
    attrs: { ...ofTwo, stride: [3, 3], groups: 1 },
  },
  {
    name: "3-d",
    input: [1, 1, 2, 3, 2],
    weight: [2, 1, 2, 2, 1],
    output: [1, 2, 3, 1, 2],
    attrs: { stride: [1, 2, 1], padding: [pair(1), pair(0), pair(0)], dilation: [1, 1, 1], groups: 1 },
  },
  {
    name: "no examples",
    input: [0, 1, 3, 3],
    weight: [1, 1, 2, 2],
    output: [0, 1, 2, 2],
    attrs: { ...ofTwo, groups: 1 },
  },
];

const windowCases = () => [
  { name: "1-d", input: [2, 2, 4], attrs: { kernel: [3], stride: [1], padding: [pair(1)], dilation: [1] } },
  { name: "2-d", input: [1, 2, 3, 4], attrs: { kernel: [2, 3], ...ofTwo } },
  {
    name: "2-d, everything",
    input: [1, 1, 5, 4],
    attrs: { kernel: [2, 2], stride: [2, 1], padding: [pair(1), [0, 1] as const], dilation: [2, 1] },
  },
  { name: "no examples", input: [0, 1, 3, 3], attrs: { kernel: [2, 2], ...ofTwo } },
];

const padCases = (): { name: string; input: number[]; attrs: Omit<PadAttrs, "value"> }[] => [
  { name: "constant", input: [2, 3], attrs: { pads: [pair(0), [1, 2]], mode: "constant" } },
  {
    name: "constant, cut off",
    input: [3, 4],
    attrs: {
      pads: [
        [-1, 1],
        [2, -3],
      ],
      mode: "constant",
    },
  },
  { name: "a value", input: [], attrs: { pads: [], mode: "constant" } },
  { name: "reflect", input: [2, 3, 4], attrs: { pads: [pair(0), [2, 1], [1, 3]], mode: "reflect" } },
  { name: "replicate", input: [1, 2, 2], attrs: { pads: [pair(0), [2, 1], [0, 4]], mode: "replicate" } },
  { name: "circular", input: [1, 3, 2], attrs: { pads: [pair(0), [3, 1], [0, 2]], mode: "circular" } },
];

export const convCases: GradCases<typeof convolution & typeof pad & typeof windows> = {
  convolution: convolutionCases().map(({ name, input, weight, attrs }) => ({
    name,
    inputs: [values(input), values(weight), values(weight.slice(0, 1))],
    attrs,
  })),
  convolutionInput: convolutionCases().map(({ name, input, weight, output, attrs }) => ({
    name,
    inputs: [values(output), values(weight)],
    attrs: { ...attrs, size: input.slice(2) },
  })),
  convolutionWeight: convolutionCases().map(({ name, input, weight, output, attrs }) => ({
    name,
    inputs: [values(output), values(input)],
    attrs: { ...attrs, kernel: weight.slice(2) },
  })),
  unfold: windowCases().map(({ name, input, attrs }) => ({ name, inputs: [values(input)], attrs })),
  fold: windowCases().map(({ name, input, attrs }) => ({
    name,
    inputs: [values(unfold<Tensor>(zeros(input), attrs).shape)],
    attrs: { ...attrs, size: input.slice(2) },
  })),
  pad: padCases().map(({ name, input, attrs }) => ({ name, inputs: [values(input)], attrs: { ...attrs, value: 1.5 } })),
  padBackward: padCases().map(({ name, input, attrs }) => ({
    name,
    inputs: [values(input.map((n, i) => n + attrs.pads[i][0] + attrs.pads[i][1]))],
    attrs: { ...attrs, shape: input },
  })),
};
