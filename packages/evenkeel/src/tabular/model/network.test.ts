import { describe, expect, it } from "vitest";
import { compile } from "../../compile/index.ts";
import { crossEntropy } from "../../nn/functional/index.ts";
import { Adam } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { cat, randint, randn, tensor } from "../../tensor/index.ts";
import { countParameters, embeddingWidth, stateEntries } from "./layers.ts";
import { TabularNet } from "./network.ts";
import { resolveNetwork } from "./networkOptions.ts";
import type { NetworkOptions } from "./networkOptions.types.ts";

const size = { features: 5, embeddings: [7, 30], outputs: 3, task: "multiclass" } as const;
const shapes: [string, NetworkOptions][] = [
  ["batch norm before", { hidden: [8, 6], dropout: 0.3 }],
  ["batch norm after", { hidden: [8, 6], normPlace: "after", activation: "leakyRelu" }],
  ["layer norm", { hidden: [8, 6], norm: "layer", activation: "gelu", dropout: 0.3 }],
  ["layer norm after", { hidden: [8], norm: "layer", normPlace: "after", activation: "silu" }],
  ["no norm", { hidden: [8, 6], norm: "none", activation: "tanh" }],
  ["a bias before the norm", { hidden: [8], biasBeforeNorm: true, activation: "elu" }],
  ["linear", { hidden: [] }],
  ["members", { hidden: [8, 6], norm: "none", members: 4, dropout: 0.1, embedding: "small" }],
  ["members, batch norm", { hidden: [8, 6], members: 3 }],
  ["linear members", { hidden: [], members: 2 }],
];

function batchOf(rows: number) {
  const x = randn([rows, size.features]);
  const codes = tensor(
    Int32Array.from({ length: 2 * rows }, (_, i) => (i * 5) % size.embeddings[i % 2]),
    { shape: [rows, 2] },
  );
  return { x, codes, y: randint(0, size.outputs, [rows], { dtype: "int32" }) };
}

/** Twenty steps of training; the losses, and how the steps were run. */
function trained(options: NetworkOptions, compiled: boolean) {
  manualSeed(3);
  const { x, codes, y } = batchOf(17);
  const net = new TabularNet(size, options);
  const optimizer = new Adam(net.parameters(), { lr: 0.01 });
  const step = compile(
    () => {
      optimizer.zeroGrad();
      const output = net(x, codes);
      const loss =
        output.ndim === 2
          ? crossEntropy(output, y)
          : crossEntropy(output.flatten(0, 1), y.unsqueeze(1).expand([17, output.shape[1]]).flatten());
      loss.backward();
      optimizer.step();
      return loss;
    },
    { compile: compiled },
  );
  const losses = Array.from({ length: 20 }, () => step().item());
  return { losses, net, step };
}

describe("TabularNet", () => {
  it.each(shapes)("%s: compiled without a call of the host, and as without compiling to rounding", (_, options) => {
    const [one, other] = [trained(options, true), trained(options, false)];
    expect(one.losses[19]).toBeLessThan(one.losses[0]);
    for (const [i, loss] of one.losses.entries()) expect(Math.abs(loss - other.losses[i])).toBeLessThan(1e-5);
    const { programs } = one.step.explain();
    expect(programs).toHaveLength(1);
    expect(programs[0].tasks.filter(({ fallback }) => fallback !== undefined)).toEqual([]);
    expect(programs[0].fallbacks).toBe(0);
  });

  it.each(shapes)("%s: its parameters are counted without making it", (_, options) => {
    const counted = countParameters(size, resolveNetwork(options));
    expect(counted).toBe(
      new TabularNet(size, options).parameters().reduce((sum, parameter) => sum + parameter.numel(), 0),
    );
  });

  it.each(shapes)("%s: its state is described without making it", (_, options) => {
    const state = Object.entries(new TabularNet(size, options).stateDict());
    const described = stateEntries(size, resolveNetwork(options)).map(({ name, shape, dtype }) => [name, shape, dtype]);
    expect(described).toEqual(state.map(([name, { shape, dtype }]) => [name, shape, dtype]));
  });

  it("has PyTorch's names, in the order of the layers", () => {
    const net = new TabularNet(size, { hidden: [8], dropout: 0.1 });
    expect(Object.keys(net.stateDict())).toEqual([
      ...["embeddings.0.weight", "embeddings.1.weight", "layers.0.weight"],
      ...["weight", "bias", "running_mean", "running_var", "num_batches_tracked"].map((name) => `layers.1.${name}`),
      ...["layers.4.weight", "layers.4.bias"],
    ]);
    expect(String(new TabularNet({ features: 2, outputs: 1 }, { hidden: [3], normPlace: "after" }))).toMatch(
      /Linear.*\n.*ReLU.*\n.*BatchNorm1d/,
    );
  });

  it("puts the embedding of each column's own code beside the numbers", () => {
    manualSeed(1);
    const net = new TabularNet(size, { hidden: [] });
    const { x, codes } = batchOf(9);
    const [first, second] = [...(net.embeddings ?? [])];
    const inputs = cat([x, first(codes.select(1, 0)), second(codes.select(1, 1))], 1);
    expect(inputs.shape).toEqual([9, 5 + 5 + 11]);
    expect(net(x, codes).toArray()).toEqual(net.layers(inputs).toArray());
    expect(net(x, codes.mul(0)).toArray()).not.toEqual(net(x, codes).toArray());
  });

  it("embeds by fastai's rule", () => {
    // emb_sz_rule of fastai 2.7: min(600, round(1.6 * n ** 0.56))
    expect([2, 3, 13, 100, 1000, 100_000].map((count) => embeddingWidth(count, "fastai"))).toEqual([
      2, 3, 7, 21, 77, 600,
    ]);
  });

  it("says what codes it lacks", () => {
    const net = new TabularNet(size);
    expect(() => net(randn([2, 5]))).toThrow("the codes of its embedded columns are missing, expected int32 [N, 2]");
    expect(() => net(randn([2, 5]), tensor([[1], [2]], { dtype: "int32" }))).toThrow("have shape [2, 1]");
    expect(new TabularNet({ features: 5, outputs: 1 })(randn([2, 5])).shape).toEqual([2, 1]);
  });
});
