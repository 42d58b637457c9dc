import { afterAll, describe, expect, it } from "vitest";
import * as F from "../../nn/functional/index.ts";
import { BatchNorm2d, Conv2d, Linear, type Module, type Parameter } from "../../nn/index.ts";
import { adaptiveAvgPool, avgPool, maxPool } from "../../ops/index.ts";
import { Adam, SGD } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { cat, noGrad, randint, randn, type Tensor } from "../../tensor/index.ts";
import { compile } from "../compile.ts";
import { channelsLastFrom } from "./channelsLast/worth.ts";

/** ConvNets with all ops between convolutions, eager and compiled, and their tasks. */

// The networks are small, but the tests are about the programs of large ones.
const { products } = channelsLastFrom;
channelsLastFrom.products = 0;
afterAll(() => {
  channelsLastFrom.products = products;
});

/** A norm whose scales differ, some of them below 0. */
function norm(channels: number): BatchNorm2d {
  const layer = new BatchNorm2d(channels);
  noGrad(() => {
    layer.weight?.copy_(randn([channels]).mul(0.5).add(0.8));
    layer.bias?.copy_(randn([channels]).mul(0.3));
  });
  return layer;
}

const pool = (x: Tensor, size = 2) =>
  maxPool<Tensor>(x, {
    ...{ kernel: [size, size], stride: [2, 2], dilation: [1, 1], ceilMode: false },
    padding: size === 3 ? [1, 1] : [0, 0],
  })[0];

const average = (x: Tensor) =>
  avgPool<Tensor>(x, { kernel: [2, 2], stride: [2, 2], padding: [0, 0], ceilMode: false, countIncludePad: true });

const globalMean = (x: Tensor) => adaptiveAvgPool<Tensor>(x, { outputSize: [1, 1] });

type Layers = Readonly<Record<string, Module<[Tensor], Tensor>>>;

interface Case {
  readonly layers: () => Layers;
  readonly forward: (layers: Layers, x: Tensor) => Tensor;
  /** [N, C, H, W]. Default [4, 3, 8, 8]. */
  readonly shape?: readonly number[];
  /** Tasks of the program, some of which are named; and names that must not be among them. */
  readonly has?: readonly string[];
  readonly hasNot?: readonly string[];
}

const conv = (from: number, to: number, options: object = { padding: 1 }) => new Conv2d(from, to, 3, options);

const cases: Readonly<Record<string, Case>> = {
  "blocks of conv, norm, relu and pooling": {
    layers: () => ({
      ...{ a: conv(3, 8), n: norm(8), b: new Conv2d(8, 12, 5, { padding: 2, bias: false }), m: norm(12) },
      head: new Linear(12 * 2 * 2, 5),
    }),
    forward: ({ a, n, b, m, head }, x) => head(pool(m(b(pool(n(a(x)).relu()))).relu()).flatten(1)),
    has: ["batchNormReluMaxPoolLast", "batchNormReluMaxPoolBackwardLast", "convolutionLast"],
    hasNot: ["batchNormRelu", "maxPool", "convolution"],
  },
  "a mean over pixels": {
    layers: () => ({ a: conv(3, 8), n: norm(8), head: new Linear(8, 5) }),
    forward: ({ a, n, head }, x) => head(n(a(x)).relu().mean([2, 3])),
    has: ["batchNormReluMeanLast", "batchNormReluMeanBackwardLast"],
    hasNot: ["mean", "expand"],
  },
  "adaptive pooling to one": {
    layers: () => ({ a: conv(3, 6), n: norm(6), head: new Linear(6, 5) }),
    forward: ({ a, n, head }, x) => head(globalMean(n(a(x)).relu()).flatten(1)),
    has: ["batchNormReluMeanLast", "batchNormReluMeanBackwardLast"],
  },
  "two convolutions behind one another": {
    layers: () => ({ a: conv(3, 8), n: norm(8), b: conv(8, 8), m: norm(8), head: new Linear(8, 5) }),
    forward: ({ a, n, b, m, head }, x) =>
      head(
        m(b(n(a(x)).relu()))
          .relu()
          .mean([2, 3]),
      ),
    has: ["batchNormReluLast", "batchNormReluBackwardLast"],
  },
  "stride 2, no norm": {
    layers: () => ({ a: conv(3, 7, { stride: 2, padding: 1 }), b: conv(7, 5, { stride: 2 }), head: new Linear(20, 5) }),
    forward: ({ a, b, head }, x) => head(b(a(x).relu()).relu().flatten(1)),
    shape: [3, 3, 9, 10],
  },
  "depthwise, dilated, groups": {
    layers: () => ({
      ...{
        a: conv(4, 4, { padding: 1, groups: 4 }),
        n: norm(4),
        b: conv(4, 6, { padding: 2, dilation: 2, groups: 2 }),
      },
      head: new Linear(6, 5),
    }),
    forward: ({ a, n, b, head }, x) =>
      head(
        b(n(a(x)).relu())
          .relu()
          .mean([2, 3]),
      ),
    shape: [3, 4, 7, 6],
  },
  "residual blocks": {
    layers: () => ({
      ...{ a: conv(3, 8), n: norm(8), b: conv(8, 8, { padding: 1, bias: false }), m: norm(8) },
      ...{ c: conv(8, 8), k: norm(8), head: new Linear(8, 5) },
    }),
    forward: ({ a, n, b, m, c, k, head }, x) => {
      const first = n(a(x)).relu();
      const second = m(b(first)).add(first).relu();
      return head(k(c(second)).add(second).relu().mean([2, 3]));
    },
    has: ["batchNormLast", "batchNormBackwardLast"],
  },
  "branches side by side": {
    layers: () => ({
      ...{ a: conv(3, 4), b: new Conv2d(3, 6, 1), n: norm(10), c: conv(10, 4), head: new Linear(4, 5) },
    }),
    forward: ({ a, b, n, c, head }, x) => head(c(n(cat([a(x).relu(), b(x)], 1)).relu()).mean([2, 3])),
    has: ["concat"],
  },
  "a norm without a relu, tanh, sigmoid": {
    layers: () => ({ a: conv(3, 6), n: norm(6), b: conv(6, 4), c: conv(4, 4), head: new Linear(4, 5) }),
    forward: ({ a, n, b, c, head }, x) => head(c(b(n(a(x)).tanh()).sigmoid()).mean([2, 3])),
  },
  "average pooling, pooling by windows that overlap": {
    layers: () => ({ a: conv(3, 6), n: norm(6), b: conv(6, 4), head: new Linear(4 * 2 * 2, 5) }),
    forward: ({ a, n, b, head }, x) => head(average(b(pool(n(a(x)).relu(), 3))).flatten(1)),
    has: ["maxPoolLast", "maxPoolBackwardLast"],
  },
  "max pooling without a norm": {
    layers: () => ({ a: conv(3, 6), b: conv(6, 5), head: new Linear(5, 5) }),
    forward: ({ a, b, head }, x) => head(pool(b(pool(a(x).relu())), 3).mean([2, 3])),
    has: ["maxPoolLast", "maxPoolBackwardLast"],
    hasNot: ["maxPool", "maxPoolBackward"],
  },
  "values that are read twice, in another shape, and returned": {
    layers: () => ({ a: conv(3, 6), n: norm(6), b: conv(6, 6), head: new Linear(6 * 64, 5) }),
    forward: ({ a, n, b, head }, x) => {
      const y = n(a(x)).relu();
      const scale = y.flatten(2).mean(2).sigmoid();
      return head(
        b(y)
          .mul(scale.unsqueeze(2).unsqueeze(3))
          .add(y.reshape(4, 6, 8, 8))
          .flatten(1),
      ).add(y.sum());
    },
  },
  "views in another order, a part of the channels": {
    layers: () => ({ a: conv(3, 6), n: norm(6), b: conv(4, 6), head: new Linear(6, 5) }),
    forward: ({ a, n, b, head }, x) => {
      const y = n(a(x));
      return head(
        b(y.slice(1, 1, 5).relu())
          .transpose(2, 3)
          .mean([2, 3])
          .add(y.mean([2, 3])),
      );
    },
  },
  "one channel, pictures of one pixel": {
    layers: () => ({ a: conv(1, 1), n: norm(1), b: new Conv2d(1, 3, 1), m: norm(3), head: new Linear(3, 5) }),
    forward: ({ a, n, b, m, head }, x) =>
      head(
        m(b(n(a(x)).relu()))
          .relu()
          .flatten(1),
      ),
    shape: [6, 1, 1, 1],
  },
  "a second derivative": {
    layers: () => ({ a: conv(3, 4), n: norm(4), head: new Linear(4, 5) }),
    forward: ({ a, n, head }, x) => head(n(a(x).square()).mul(a(x)).relu().mean([2, 3])),
  },
};

const optimizers = {
  sgd: (layers: Layers) => new SGD(parametersOf(layers), { lr: 0.05, momentum: 0.9 }),
  // Adam makes steps of full size of gradients that are rounding alone: those of a bias before a
  // norm.
  adam: (layers: Layers) =>
    new Adam(
      parametersOf(layers, ({ shape }) => shape.length > 1),
      { lr: 1e-3 },
    ),
};

const parametersOf = (layers: Layers, isWanted: (parameter: Parameter) => boolean = () => true) =>
  Object.values(layers).flatMap((layer) => layer.parameters().filter(isWanted));

/** What a few steps give: losses, parameters, running statistics. */
function train(each: Case, name: keyof typeof optimizers, enabled: boolean) {
  manualSeed(1);
  const layers = each.layers();
  const optimizer = optimizers[name](layers);
  const shape = each.shape ?? [4, 3, 8, 8];
  const step = compile(
    (x: Tensor, target: Tensor) => {
      optimizer.zeroGrad();
      const loss = F.crossEntropy(each.forward(layers, x), target);
      loss.backward();
      optimizer.step();
      return loss;
    },
    { compile: enabled },
  );
  const losses = [];
  for (let i = 0; i < 4; i++) {
    const x = randn(shape);
    losses.push(step(x, randint(0, 5, [shape[0]])).item());
  }
  const state = Object.entries(layers).flatMap(([layer, module]) =>
    Object.entries(module.stateDict()).map(([key, value]) => [`${layer}.${key}`, Array.from(value.data)] as const),
  );
  return { losses, state, step };
}

describe.each(Object.entries(cases))("%s", (_, each) => {
  it.each(["sgd", "adam"] as const)("trains as it does eagerly, with %s", (optimizer) => {
    const eager = train(each, optimizer, false);
    const compiled = train(each, optimizer, true);
    for (const [i, loss] of eager.losses.entries()) expect(compiled.losses[i]).toBeCloseTo(loss, 4);
    for (const [i, [key, values]] of eager.state.entries()) {
      for (const [j, value] of values.entries()) {
        expect(Math.abs(compiled.state[i][1][j] - value), key).toBeLessThan(2e-4 * (1 + Math.abs(value)));
      }
    }
  });

  it("becomes what it should", () => {
    const { step } = train(each, "sgd", true);
    const tasks = step.explain().programs[0].tasks.map(({ name }) => name);
    const names = tasks.flatMap((task) => task.split(/ \+ | x \d+/));
    expect(names).toContain("convolutionLast");
    for (const name of each.has ?? []) expect(names, names.join(" ")).toContain(name);
    for (const name of each.hasNot ?? []) expect(names, names.join(" ")).not.toContain(name);
  });
});
