import type { Border } from "../../packages/evenkeel/src/ops/channelsLast/border.ts";

/** Shapes and attributes for the derivatives of batch norm with its channels last, and of what stands behind it. */

const none: Border = [
  [0, 0],
  [0, 0],
];

const uneven: Border = [
  [1, 2],
  [0, 1],
];

/** Shapes with their borders: `output` of the same pictures, `pooled` of those of half their size. */
export const normLastCases = () => [
  {
    ...{ name: "no borders", input: [2, 2, 4, 2], output: [2, 2, 4, 2], pooled: [2, 1, 2, 2] },
    attrs: { eps: 1e-3, inputBorder: none, border: none },
  },
  {
    ...{ name: "borders", input: [2, 5, 3, 3], output: [2, 2, 2, 3], pooled: [2, 1, 1, 3] },
    attrs: { eps: 1e-3, inputBorder: uneven, border: none },
  },
  {
    ...{ name: "a border behind", input: [1, 2, 4, 1], output: [1, 5, 5, 1], pooled: [1, 4, 3, 1] },
    attrs: { eps: 1e-3, inputBorder: none, border: uneven },
  },
];
