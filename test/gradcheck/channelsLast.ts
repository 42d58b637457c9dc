import type { Tensor } from "evenkeel";
import type { Border } from "../../packages/evenkeel/src/ops/channelsLast/border.ts";
import type * as convolution from "../../packages/evenkeel/src/ops/channelsLast/convolutionLast.ts";
import type * as norm from "../../packages/evenkeel/src/ops/channelsLast/norm.ts";
import type * as normBackward from "../../packages/evenkeel/src/ops/channelsLast/normBackward.ts";
import type * as pool from "../../packages/evenkeel/src/ops/channelsLast/pool.ts";
import type * as turn from "../../packages/evenkeel/src/ops/channelsLast/turn.ts";
import { batchNormLast } from "../../packages/evenkeel/src/ops/index.ts";
import { fixed, type GradCase, type GradCases, positiveOf, valuesFrom } from "./inputs.ts";

/** Cases of ops/channelsLast. */

const values = valuesFrom(8);
const positive = positiveOf(values);

const pair = (size: number) => [size, size] as const;

const none: Border = [pair(0), pair(0)];

const ofTwo = { stride: [1, 1], padding: [pair(0), pair(0)], dilation: [1, 1], groups: 1 };

const turnCases = () => [
  { name: "no border", planes: [2, 3, 2, 4], last: [2, 2, 4, 3], border: none },
  { name: "border", planes: [1, 2, 2, 1], last: [1, 5, 2, 2], border: [[1, 2] as const, [0, 1] as const] as Border },
  { name: "no examples", planes: [0, 2, 2, 3], last: [0, 4, 5, 2], border: [pair(1), pair(1)] as Border },
];

/** `input`, `weight` and `output` are shapes, with their borders where they have one. */
const convolutionLastCases = () => [
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

const uneven: Border = [
  [1, 2],
  [0, 1],
];

/**
 * Shapes with their borders: `output` of the same pictures, `pooled` of those of half their size.
 */
const normLastCases = () => [
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

const normLast = (): GradCase[] =>
  normLastCases().map(({ name, input, attrs }) => ({
    name,
    inputs: [values(input), values(input.slice(3)), values(input.slice(3))],
    attrs,
  }));

type NormLastCase = ReturnType<typeof normLastCases>[number];

const normLastBackward = (flow: (shapes: NormLastCase) => number[], withBias = true): GradCase[] =>
  normLastCases().map((shapes) => {
    const { name, input, attrs } = shapes;
    const [x, weight, bias] = [values(input), values(input.slice(3)), values(input.slice(3))];
    const [, ...statistics] = batchNormLast<Tensor>(x.detach(), weight.detach(), bias.detach(), attrs);
    return {
      name,
      inputs: [values(flow(shapes)), x, weight, ...(withBias ? [bias] : []), ...statistics],
      attrs: { ...attrs, dyBorder: attrs.border, border: attrs.inputBorder },
    };
  });

export const channelsLastCases: GradCases<
  typeof convolution & typeof norm & typeof normBackward & typeof pool & typeof turn
> = {
  toChannelsLast: turnCases().map(({ name, planes, border }) => ({
    name,
    inputs: [values(planes)],
    attrs: { border },
  })),
  fromChannelsLast: turnCases().map(({ name, last, border }) => ({ name, inputs: [values(last)], attrs: { border } })),
  convolutionLast: convolutionLastCases().map(({ name, input, weight, attrs }) => ({
    name,
    inputs: [values(input), values(weight), values(weight.slice(0, 1))],
    attrs,
  })),
  convolutionInputLast: convolutionLastCases().map(({ name, weight, output, size, attrs: { border, ...attrs } }) => ({
    name,
    inputs: [values(output), values(weight)],
    attrs: { ...attrs, size, dyBorder: border, border: attrs.inputBorder },
  })),
  convolutionWeightLast: convolutionLastCases().map(({ name, input, weight, output, attrs: { border, ...attrs } }) => ({
    name,
    inputs: [values(output), values(input)],
    attrs: { ...attrs, kernel: weight.slice(2), dyBorder: border },
  })),
  convolutionBackwardLast: convolutionLastCases().map(
    ({ name, input, weight, output, attrs: { border, ...attrs } }) => ({
      name,
      inputs: [values(output), values(input), values(weight)],
      attrs: { ...attrs, dyBorder: border, border: attrs.inputBorder },
    }),
  ),
  batchNormLast: normLast(),
  maxPoolLast: normLastCases().map(({ name, input, attrs: { eps: _, ...borders } }) => ({
    name,
    inputs: [values(input)],
    attrs: { kernel: [2, 2], stride: [1, 2], padding: [1, 0], dilation: [1, 1], ceilMode: false, ...borders },
  })),
  maxPoolBackwardLast: null,
  batchNormReluLast: normLast(),
  batchNormReluMaxPoolLast: normLast(),
  batchNormReluMeanLast: normLast(),
  batchNormEvalLast: normLastCases().map(({ name, input, attrs }) => {
    const [, , , c] = input;
    return {
      name,
      inputs: [values(input), fixed(values([c])), fixed(positive([c])), values([c]), values([c])],
      attrs,
    };
  }),
  batchNormBackwardLast: normLastBackward(({ output }) => output, false),
  batchNormReluBackwardLast: normLastBackward(({ output }) => output),
  batchNormReluMaxPoolBackwardLast: normLastBackward(({ pooled }) => pooled),
  batchNormReluMeanBackwardLast: normLastBackward(({ input }) => [input[0], input[3]]),
};
