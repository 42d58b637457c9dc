import type { PadAttrs } from "../../packages/evenkeel/src/ops/index.ts";

/** Shapes and attributes for the derivatives of convolutions, of their windows and of borders. */

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

export const windowCases = () => [
  { name: "1-d", input: [2, 2, 4], attrs: { kernel: [3], stride: [1], padding: [pair(1)], dilation: [1] } },
  { name: "2-d", input: [1, 2, 3, 4], attrs: { kernel: [2, 3], ...ofTwo } },
  {
    name: "2-d, everything",
    input: [1, 1, 5, 4],
    attrs: { kernel: [2, 2], stride: [2, 1], padding: [pair(1), [0, 1] as const], dilation: [2, 1] },
  },
  { name: "no examples", input: [0, 1, 3, 3], attrs: { kernel: [2, 2], ...ofTwo } },
];

export const padCases = (): { name: string; input: number[]; attrs: Omit<PadAttrs, "value"> }[] => [
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
