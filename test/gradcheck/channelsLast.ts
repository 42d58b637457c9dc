import type { Border } from "../../packages/evenkeel/src/ops/channelsLast/border.ts";

/** Shapes and attributes for the derivatives of the rows that keep their channels last. */

const pair = (size: number) => [size, size] as const;

const none: Border = [pair(0), pair(0)];

const ofTwo = { stride: [1, 1], padding: [pair(0), pair(0)], dilation: [1, 1], groups: 1 };

export const turnCases = () => [
  { name: "no border", planes: [2, 3, 2, 4], last: [2, 2, 4, 3], border: none },
  { name: "border", planes: [1, 2, 2, 1], last: [1, 5, 2, 2], border: [[1, 2] as const, [0, 1] as const] as Border },
  { name: "no examples", planes: [0, 2, 2, 3], last: [0, 4, 5, 2], border: [pair(1), pair(1)] as Border },
];

/** `input`, `weight` and `output` are shapes, with their borders where they have one. */
export const convolutionLastCases = () => [
  {
    name: "padding, borders of all sizes",
    input: [2, 5, 7, 1],
    weight: [2, 1, 3, 2],
    output: [2, 4, 6, 2],
    size: [3, 4],
    attrs: {
      ...ofTwo,
      padding: [pair(1), [0, 1] as const],
      inputBorder: [pair(1), [2, 1] as const] as Border,
      border: [[1, 0] as const, [0, 2] as const] as Border,
    },
  },
  {
    name: "stride, dilation, groups",
    input: [1, 7, 5, 2],
    weight: [4, 1, 2, 2],
    output: [1, 5, 4, 4],
    size: [5, 4],
    attrs: {
      stride: [2, 1],
      padding: [pair(1), [0, 1] as const],
      dilation: [2, 1],
      groups: 2,
      inputBorder: [pair(1), [0, 1] as const] as Border,
      border: [pair(1), pair(0)] as Border,
    },
  },
  {
    name: "no examples",
    input: [0, 3, 3, 1],
    weight: [1, 1, 2, 2],
    output: [0, 2, 2, 1],
    size: [3, 3],
    attrs: { ...ofTwo, inputBorder: none, border: none },
  },
];
