import { Generator, type Tensor, tensor, zeros } from "evenkeel";
import {
  batchNormLast,
  type CrossEntropyAttrs,
  crossEntropy,
  type GroupNormAttrs,
  groupNorm,
  type RmsNormAttrs,
  rmsNorm,
  unfold,
} from "../../packages/evenkeel/src/ops/index.ts";
import type { RowName } from "../../packages/evenkeel/src/ops/table.ts";
import { convolutionLastCases, turnCases } from "./channelsLast.ts";
import { normLastCases } from "./normLast.ts";
import { poolCases } from "./pool.ts";
import { convolutionCases, padCases, windowCases } from "./windows.ts";

/** Inputs and attributes with which a differentiable row is checked against finite differences, in float64. */
export interface GradCase {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly attrs?: object;
}

let state = 1;

/** Deterministic values away from 0, ties and whole numbers, where kinks are: +-(0.15 to 1.9). */
function next(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  const u = state / 2 ** 32;
  return (u < 0.5 ? -1 : 1) * (0.15 + 1.75 * ((u * 2) % 1));
}

function values(shape: readonly number[], map: (x: number) => number = (x) => x): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = Float64Array.from({ length: size }, () => map(next()));
  return tensor(data, { shape, requiresGrad: true });
}

const fixed = (x: Tensor) => x.detach();
const positive = (shape: readonly number[]) => values(shape, (x) => Math.abs(x) + 0.2);
/** Up to ±4.5, on both sides of ±3. */
const wide = (shape: readonly number[]) => values(shape, (x) => x * 2.4);
/** From 0.1 to 0.9. */
const probability = (shape: readonly number[]) => values(shape, (x) => 0.1 + (Math.abs(x) % 1) * 0.8);
const indices = (data: number[], shape: number[] = [data.length]) => tensor(data, { dtype: "int32", shape });

const oddShapes: readonly (readonly number[])[] = [[], [1], [5], [3, 4], [2, 1, 3], [0], [2, 0]];
const broadcasts: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[3], [3]],
  [[2, 3], [3]],
  [
    [2, 1],
    [1, 3],
  ],
  [[], [2, 2]],
  [[2, 3], []],
  [[0, 3], [3]],
  [
    [4, 1, 2],
    [3, 1],
  ],
];

const unary = (make = values, attrs?: object): GradCase[] =>
  oddShapes.map((shape) => ({ name: `[${shape}]`, inputs: [make(shape)], attrs }));

const binary = (makeA = values, makeB = values, attrs?: object): GradCase[] =>
  broadcasts.map(([a, b]) => ({ name: `[${a}] and [${b}]`, inputs: [makeA(a), makeB(b)], attrs }));

const reductions = (
  extra: object = {},
  shapes = [
    [3, 2],
    [2, 3, 2],
    [4, 1],
  ],
): GradCase[] => [
  { name: "scalar", inputs: [values([])], attrs: { dims: [], keepdim: false, ...extra } },
  ...shapes.flatMap((shape) =>
    [[0], [shape.length - 1], shape.map((_, i) => i)].flatMap((dims) =>
      [false, true].map((keepdim) => ({
        name: `[${shape}] over [${dims}]${keepdim ? " keepdim" : ""}`,
        inputs: [values(shape)],
        attrs: { dims, keepdim, ...extra },
      })),
    ),
  ),
];

const alongDim = (extra: object = {}): GradCase[] =>
  [
    { shape: [4], dim: 0 },
    { shape: [2, 3], dim: 0 },
    { shape: [2, 3], dim: 1 },
    { shape: [2, 3, 2], dim: 1 },
    { shape: [0, 3], dim: 1 },
  ].map(({ shape, dim }) => ({
    name: `[${shape}] along ${dim} ${Object.keys(extra)}`.trimEnd(),
    inputs: [values(shape)],
    attrs: { dim, ...extra },
  }));

const matrixCases = (): GradCase[] =>
  [false, true].flatMap((transposeA) =>
    [false, true].flatMap((transposeB) =>
      [
        { a: [2, 3], b: [3, 4] },
        { a: [1, 1], b: [1, 1] },
        { a: [2, 2, 3], b: [3, 2] },
        { a: [2, 1, 2, 3], b: [3, 3, 1] },
        { a: [0, 3], b: [3, 2] },
        { a: [2, 0], b: [0, 2] },
      ].map(({ a, b }) => {
        const flip = (shape: number[], t: boolean) =>
          t ? [...shape.slice(0, -2), ...shape.slice(-2).reverse()] : shape;
        const [left, right] = [flip(a, transposeA), flip(b, transposeB)];
        return {
          name: `[${left}]${transposeA ? "T" : ""} x [${right}]${transposeB ? "T" : ""}`,
          inputs: [values(left), values(right)],
          attrs: { transposeA, transposeB },
        };
      }),
    ),
  );

const batchNormCases = (): GradCase[] =>
  [
    [4, 3],
    [2, 1],
    [5, 2, 3],
    [2, 2, 1],
  ].map((shape) => ({
    name: `[${shape}]`,
    inputs: [values(shape), values([shape[1]]), values([shape[1]])],
    attrs: { eps: 1e-3 },
  }));

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

const layerNormCases = (): GradCase[] =>
  [
    { shape: [3, 4], over: 1 },
    { shape: [4], over: 1 },
    { shape: [2, 2, 3], over: 1 },
    { shape: [2, 2, 3], over: 2 },
    { shape: [0, 3], over: 1 },
  ].map(({ shape, over }) => ({
    name: `[${shape}] over the last ${over}`,
    inputs: [values(shape), values(shape.slice(-over)), values(shape.slice(-over))],
    attrs: { eps: 1e-3 },
  }));

const groupNormCases = (): GradCase[] =>
  [
    { shape: [3, 4], numGroups: 2 },
    { shape: [1, 2, 3], numGroups: 2 },
    { shape: [2, 6, 2, 2], numGroups: 3 },
    { shape: [2, 3, 2], numGroups: 1 },
    { shape: [0, 4, 2], numGroups: 2 },
  ].map(({ shape, numGroups }) => ({
    name: `[${shape}] in ${numGroups} groups`,
    inputs: [values(shape), values([shape[1]]), values([shape[1]])],
    attrs: { numGroups, eps: 1e-3 },
  }));

const localResponseNormCases = (): GradCase[] =>
  [
    { shape: [2, 4, 3], size: 2 },
    { shape: [1, 5, 1, 2], size: 3 },
    { shape: [2, 2, 2], size: 7 },
    { shape: [1, 3, 0], size: 1 },
  ].map(({ shape, size }) => ({
    name: `[${shape}], ${size} channels`,
    inputs: [values(shape)],
    attrs: { size, alpha: 0.6, beta: 0.75, k: 1.5 },
  }));

const crossEntropyCases = (): GradCase[] =>
  [
    { name: "mean", reduction: "mean", weight: [3] },
    { name: "mean, one weight for all", reduction: "mean", weight: [] },
    { name: "sum, a class ignored", reduction: "sum", weight: [3], ignoreIndex: 1 },
    { name: "none, rows ignored", reduction: "none", weight: [3], targets: [0, -100, 1, -100] },
    { name: "no rows", reduction: "sum", weight: [], targets: [] },
  ].map(({ name, reduction, weight, ignoreIndex = -100, targets = [0, 2, 1, 2] }) => ({
    name,
    inputs: [values([targets.length, 3]), indices(targets), fixed(positive(weight))],
    attrs: { ignoreIndex, reduction },
  }));

const exampleStatistics = (x: Tensor, weight: Tensor): [Tensor, Tensor] => {
  const dims = x.shape.map((_, i) => i).slice(-weight.ndim);
  const flat = x.detach();
  return [flat.mean(dims), flat.var(dims, { correction: 0 })];
};

const logitCases = (): GradCase[] =>
  binary(values, (shape) => values(shape, (x) => (Math.abs(x) % 1) * 0.9)).map(({ name, inputs }) => ({
    name,
    inputs: [...inputs, positive(inputs[0].shape.slice(-1))],
  }));

const statistics = (x: Tensor): [Tensor, Tensor] => {
  const dims = x.shape.map((_, i) => i).filter((i) => i !== 1);
  const flat = x.detach();
  return [flat.mean(dims), flat.var(dims, { correction: 0 })];
};

/**
 * The cases of every differentiable row. A row without an entry does not compile; a row that is not differentiable says
 * null here, and the test checks that the table says so too.
 */
export const gradCases: Record<RowName, readonly GradCase[] | null> = {
  add: binary(),
  sub: binary(),
  mul: binary(),
  div: binary(),
  pow: [
    ...binary(positive, values),
    { name: "whole exponents of negative bases", inputs: [values([4]), fixed(tensor([0, 1, 2, 3]).double())] },
  ],
  maximum: binary(),
  minimum: binary(),
  remainder: binary(values, (shape) => values(shape, (x) => x + Math.sign(x) * 2)),
  where: [
    { name: "same", inputs: [fixed(values([2, 3])).gt(0), values([2, 3]), values([2, 3])] },
    { name: "broadcast", inputs: [fixed(values([2, 1])).gt(0), values([3]), values([])] },
    { name: "empty", inputs: [fixed(values([0])).gt(0), values([0]), values([])] },
  ],
  clamp: unary(values, { min: -1, max: 1.2 }),
  neg: unary(),
  abs: unary(),
  split: [
    { name: "[5] in two", inputs: [values([5])], attrs: { dim: 0, sizes: [2, 3] } },
    {
      name: "[2, 6, 2] in unequal parts, one of them empty",
      inputs: [values([2, 6, 2])],
      attrs: { dim: 1, sizes: [1, 0, 3, 2] },
    },
    { name: "whole", inputs: [values([2, 3])], attrs: { dim: 1, sizes: [3] } },
  ],
  sqrt: unary(positive),
  rsqrt: unary(positive),
  square: unary(),
  reciprocal: unary(),
  sign: unary(),
  floor: unary(),
  ceil: unary(),
  trunc: unary(),
  round: unary((shape) => values(shape, (x) => Math.trunc(x) + (x % 1) * 0.4)),
  exp: unary(),
  expm1: unary(),
  log: unary(positive),
  log1p: unary(positive),
  log2: unary(positive),
  sin: unary(),
  cos: unary(),
  tanh: unary(),
  erf: [...unary(), { name: "far out", inputs: [tensor([-4, -2.7, 2.6, 3.5]).double().requiresGrad_()] }],
  sigmoid: unary(),
  relu: unary(),
  leakyRelu: unary(values, { negativeSlope: 0.1 }),
  // With one slope to draw, every call is the same.
  rrelu: unary(values, { low: 0.3, high: 0.3, generator: new Generator(1) }),
  elu: [
    ...unary(values, { alpha: 1.3, scale: 1, inputScale: 1 }),
    ...unary(values, { alpha: 1.3, scale: 0.7, inputScale: -0.6 }),
  ],
  hardsigmoid: unary(wide),
  hardswish: unary(wide),
  silu: unary(),
  gelu: unary(),
  softplus: [...unary(values, { beta: 1.5, threshold: 20 }), ...unary(values, { beta: 2, threshold: 1 })],
  logSigmoid: unary(),
  clone: unary(),
  cast: unary(values, { dtype: "float64" }),
  sum: reductions(),
  mean: reductions(),
  variance: [
    ...reductions({ correction: 0 }),
    ...reductions({ correction: 1 }, [
      [3, 2],
      [2, 3, 2],
    ])
      .slice(1)
      .filter(({ attrs, inputs }) => countOf(inputs[0], attrs) > 1),
  ],
  std: reductions({ correction: 0 }, [
    [3, 2],
    [2, 3, 2],
  ]).slice(1),
  prod: [
    ...reductions(),
    {
      name: "with zeros",
      inputs: [
        tensor([
          [2, 0, 3],
          [0, 0, 4],
        ])
          .double()
          .requiresGrad_(),
      ],
      attrs: { dims: [1], keepdim: false },
    },
  ],
  amax: reductions(),
  amin: reductions(),
  max: reductions(),
  min: reductions(),
  reshape: [
    { name: "[2, 3] to [3, 2]", inputs: [values([2, 3])], attrs: { shape: [3, 2] } },
    { name: "empty", inputs: [values([0, 3])], attrs: { shape: [0] } },
  ],
  permute: [
    { name: "matrix", inputs: [values([2, 3])], attrs: { dims: [1, 0] } },
    { name: "3-D", inputs: [values([2, 3, 2])], attrs: { dims: [2, 0, 1] } },
    { name: "empty", inputs: [values([0, 2])], attrs: { dims: [1, 0] } },
  ],
  expand: [
    { name: "[1, 3] to [2, 3]", inputs: [values([1, 3])], attrs: { shape: [2, 3] } },
    { name: "[] to [2, 2]", inputs: [values([])], attrs: { shape: [2, 2] } },
    { name: "to nothing", inputs: [values([1])], attrs: { shape: [0] } },
  ],
  slice: [
    { name: "step 2", inputs: [values([5, 2])], attrs: { dim: 0, start: 1, length: 2, step: 2 } },
    { name: "inner", inputs: [values([2, 4])], attrs: { dim: 1, start: 1, length: 2, step: 1 } },
    { name: "empty", inputs: [values([3])], attrs: { dim: 0, start: 1, length: 0, step: 1 } },
  ],
  unslice: [
    { name: "step 2", inputs: [values([2, 2])], attrs: { dim: 0, start: 1, length: 2, step: 2, size: 5 } },
    { name: "inner", inputs: [values([2, 2])], attrs: { dim: 1, start: 1, length: 2, step: 1, size: 4 } },
  ],
  combineMoments: [
    {
      name: "unequal parts, one of them empty",
      inputs: [fixed(tensor([3, 0, 1, 8], { dtype: "float64" })), values([4, 2]), positive([4, 2])],
    },
    { name: "one part", inputs: [fixed(tensor([5], { dtype: "float64" })), values([1, 3]), positive([1, 3])] },
  ],
  concat: [
    { name: "rows", inputs: [values([2, 3]), values([1, 3])], attrs: { dim: 0 } },
    { name: "columns, one empty", inputs: [values([2, 1]), values([2, 0]), values([2, 2])], attrs: { dim: 1 } },
  ],
  indexSelect: [
    { name: "repeated rows", inputs: [values([4, 2]), indices([3, 0, 3])], attrs: { dim: 0 } },
    { name: "columns", inputs: [values([2, 3]), indices([2, 2])], attrs: { dim: 1 } },
    { name: "none", inputs: [values([2, 3]), indices([])], attrs: { dim: 1 } },
  ],
  indexAdd: [
    { name: "repeated rows", inputs: [values([3, 2]), indices([3, 0, 3])], attrs: { dim: 0, size: 4 } },
    { name: "columns", inputs: [values([2, 2]), indices([2, 2])], attrs: { dim: 1, size: 3 } },
  ],
  cumsum: [...alongDim(), ...alongDim({ reverse: true }), { name: "scalar", inputs: [values([])], attrs: { dim: 0 } }],
  gather: [
    { name: "along 1", inputs: [values([2, 3]), indices([2, 0, 1, 1], [2, 2])], attrs: { dim: 1 } },
    { name: "along 0", inputs: [values([3, 2]), indices([2, 2], [1, 2])], attrs: { dim: 0 } },
  ],
  scatterAdd: [
    { name: "along 1", inputs: [values([2, 2]), indices([2, 0, 1, 1], [2, 2])], attrs: { dim: 1, shape: [2, 3] } },
  ],
  embedding: [
    { name: "repeated rows", inputs: [values([4, 2]), indices([3, 0, 3])], attrs: { paddingIdx: null } },
    {
      name: "a matrix of indices",
      inputs: [values([3, 1]), indices([0, 2, 2, 1], [2, 2])],
      attrs: { paddingIdx: null },
    },
    { name: "one index", inputs: [values([3, 2]), indices([1], [])], attrs: { paddingIdx: null } },
    { name: "none", inputs: [values([3, 2]), indices([])], attrs: { paddingIdx: null } },
  ],
  embeddingBackward: [
    { name: "repeated rows", inputs: [values([3, 2]), indices([3, 0, 3])], attrs: { rows: 4, paddingIdx: null } },
    {
      name: "with padding",
      inputs: [values([2, 2, 3]), indices([1, 0, 2, 1], [2, 2])],
      attrs: { rows: 3, paddingIdx: 1 },
    },
  ],
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
  matmul: matrixCases(),
  literal: null,
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
  linear: [
    { name: "[3, 2] to 4", inputs: [values([3, 2]), values([4, 2]), values([4])] },
    { name: "one", inputs: [values([1, 1]), values([1, 1]), values([1])] },
    { name: "no rows", inputs: [values([0, 2]), values([3, 2]), values([3])] },
  ],
  softmax: alongDim(),
  logSoftmax: alongDim(),
  logSoftmaxBackward: alongDim().map(({ name, inputs: [x], attrs }) => ({ name, inputs: [values(x.shape), x], attrs })),
  crossEntropy: crossEntropyCases(),
  crossEntropyBackward: crossEntropyCases().map(({ name, inputs: [x, target, weight], attrs }) => {
    const [loss, ...perRow] = crossEntropy<Tensor>(x.detach(), target, weight, attrs as CrossEntropyAttrs);
    return { name, inputs: [values(loss.shape), x, target, ...perRow] };
  }),
  batchNorm: batchNormCases(),
  batchNormBackward: batchNormCases().map(({ name, inputs: [x, weight], attrs }) => ({
    name,
    inputs: [values(x.shape), x, weight, ...statistics(x)],
    attrs,
  })),
  batchNormRelu: batchNormCases(),
  batchNormReluBackward: batchNormCases().map(({ name, inputs: [x, weight], attrs }) => ({
    name,
    inputs: [values(x.shape), fixed(values(x.shape)), x, weight, ...statistics(x)],
    attrs,
  })),
  batchNormEval: batchNormCases().map(({ name, inputs: [x, weight, bias], attrs }) => ({
    name,
    inputs: [x, fixed(values(bias.shape)), fixed(positive(bias.shape)), weight, bias],
    attrs,
  })),
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
  layerNorm: layerNormCases(),
  layerNormBackward: layerNormCases().map(({ name, inputs: [x, weight], attrs }) => ({
    name,
    inputs: [values(x.shape), x, weight, ...exampleStatistics(x, weight)],
    attrs,
  })),
  groupNorm: groupNormCases(),
  groupNormBackward: groupNormCases().map(({ name, inputs: [x, weight, bias], attrs }) => {
    const [, mean, variance] = groupNorm<Tensor>(x.detach(), weight, bias, attrs as GroupNormAttrs);
    return { name, inputs: [values(x.shape), x, weight, fixed(mean), fixed(variance)], attrs };
  }),
  rmsNorm: layerNormCases().map(({ name, inputs: [x, weight], attrs }) => ({ name, inputs: [x, weight], attrs })),
  rmsNormBackward: layerNormCases().map(({ name, inputs: [x, weight], attrs }) => {
    const [, meanSquare] = rmsNorm<Tensor>(x.detach(), weight, attrs as RmsNormAttrs);
    return { name, inputs: [values(x.shape), x, weight, fixed(meanSquare)], attrs };
  }),
  localResponseNorm: localResponseNormCases(),
  localResponseNormBackward: localResponseNormCases().map(({ name, inputs: [x], attrs }) => ({
    name,
    inputs: [values(x.shape), x],
    attrs,
  })),
  smoothL1: [
    ...binary(values, values, { beta: 1 }),
    ...binary(values, values, { beta: 0.3 }),
    ...binary(values, values, { beta: 0 }),
  ],
  huber: [...binary(values, values, { delta: 1 }), ...binary(values, values, { delta: 0.4 })],
  bce: binary(probability, probability),
  bceWithLogits: logitCases(),
  bceWithLogitsSlope: logitCases(),
  siluBackward: binary(),
  geluBackward: binary(),
  mish: unary(wide),
  mishBackward: binary(values, wide),
  geluTanh: unary(),
  geluTanhBackward: binary(),
  logsumexp: reductions(),
  vectorNorm: [...reductions({ p: 2 }), ...reductions({ p: 1 }), ...reductions({ p: 3 }), ...reductions({ p: 1.5 })],
  ...poolCases(values, indices),
  // Not differentiable, and said so in their rows
  oneHot: null,
  eq: null,
  ne: null,
  lt: null,
  le: null,
  gt: null,
  ge: null,
  logicalAnd: null,
  logicalOr: null,
  logicalXor: null,
  logicalNot: null,
  isnan: null,
  isinf: null,
  isfinite: null,
  argmax: null,
  argmin: null,
  argsort: null,
  lastWriter: null,
  any: null,
  all: null,
  detach: null,
  fill: null,
  uniform: null,
  normal: null,
  bernoulli: null,
  bernoulliOf: null,
  dropoutMask: null,
  randint: null,
  randperm: null,
  sgdStep: null,
  sgdMomentumStep: null,
  adamStep: null,
  amsgradStep: null,
  assign: null,
  updateRunningStats: null,
};

function countOf(x: Tensor, attrs: object | undefined): number {
  return (attrs as { dims: number[] }).dims.reduce((n, dim) => n * x.shape[dim], 1);
}
