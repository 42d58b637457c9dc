import { describe, expect, it } from "vitest";
import { compile } from "../../compile/index.ts";
import { crossEntropy } from "../../nn/functional/index.ts";
import { clone, type Embedding } from "../../nn/index.ts";
import { decayedParameters } from "../../nn/utils/index.ts";
import { Adam } from "../../optim/index.ts";
import { Generator, manualSeed } from "../../random/index.ts";
import { cat, rand, randint, randn, type Tensor, tensor, zeros } from "../../tensor/index.ts";
import { combineMembers } from "./combineMembers.ts";
import { countParameters, embeddingWidth, stateEntries } from "./layers.ts";
import { TabularNet } from "./network.ts";
import { type NetworkSize, resolveNetwork } from "./networkOptions.ts";
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
function trained(options: NetworkOptions, compiled: boolean, rows: number) {
  manualSeed(3);
  const { x, codes, y } = batchOf(rows);
  const net = new TabularNet(size, options);
  const optimizer = new Adam(net.parameters(), { lr: 0.01 });
  const step = compile(
    () => {
      optimizer.zeroGrad();
      const output = net(x, codes);
      const loss =
        output.ndim === 2
          ? crossEntropy(output, y)
          : crossEntropy(output.flatten(0, 1), y.unsqueeze(1).expand([rows, output.shape[1]]).flatten());
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
  it.each([
    ...shapes.map(([name, options]) => [name, options, 17] as const),
    ["members, many rows", { hidden: [8, 6], norm: "none", members: 4, embedding: "small" }, 64] as const,
  ])("%s: compiled without a call of the host, and as without compiling to rounding", (_, options, rows) => {
    const [one, other] = [trained(options, true, rows), trained(options, false, rows)];
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

  it("embeds small on request: at most 8 wide, started near 0", () => {
    expect([1, 3, 8, 9, 5000].map((count) => embeddingWidth(count, "small"))).toEqual([1, 3, 8, 8, 8]);
    manualSeed(2);
    const wide = new TabularNet({ features: 0, embeddings: [1000], outputs: 1 }, { embedding: "small" });
    const [{ weight }] = Array.from(wide.embeddings ?? []) as Embedding[];
    expect(weight.shape).toEqual([1000, 8]);
    expect(weight.std().item()).toBeCloseTo(0.3, 2);
  });

  it("says what codes it lacks", () => {
    const net = new TabularNet(size);
    expect(() => net(randn([2, 5]))).toThrow("the codes of its embedded columns are missing, expected int32 [N, 2]");
    expect(() => net(randn([2, 5]), tensor([[1], [2]], { dtype: "int32" }))).toThrow("have shape [2, 1]");
    expect(new TabularNet({ features: 5, outputs: 1 })(randn([2, 5])).shape).toEqual([2, 1]);
  });
});

describe("a TabularNet of members", () => {
  const ensemble = { features: 6, embeddings: [4, 20], outputs: 1, task: "regression" } as const;
  const scaleOf = (net: TabularNet) => net.stateDict()["layers.1.weight"];

  it("starts with one sign for each member and source, whether or not its inputs are neighbours", () => {
    manualSeed(4);
    const sources = { features: [7, 3, 3, 7, 0, 3], embeddings: [9, 3] };
    const scale = scaleOf(new TabularNet({ ...ensemble, sources }, { members: 64, embedding: "small" }));
    const ofInputs = [7, 3, 3, 7, 0, 3, ...Array<number>(4).fill(9), ...Array<number>(8).fill(3)];
    expect(scale.shape).toEqual([64, ofInputs.length]);
    expect(new Set(scale.data)).toEqual(new Set([-1, 1]));
    for (const [a, first] of ofInputs.entries()) {
      for (const [b, second] of ofInputs.entries()) {
        const same = scale.select(1, a).eq(scale.select(1, b)).float().mean().item();
        if (first === second) expect(same).toBe(1);
        else expect(Math.abs(same - 0.5), `inputs ${a} and ${b}`).toBeLessThan(0.3);
      }
    }
  });

  it("without sources has a sign for each numeric input and one for each embedding", () => {
    manualSeed(4);
    const scale = scaleOf(new TabularNet(ensemble, { members: 64, embedding: "small" }));
    const columns = scale.unbind(1).map((column) => [...column.data].join(""));
    expect(new Set(columns).size).toBe(6 + 2);
    expect(new Set(columns.slice(6)).size).toBe(2);
  });

  it("gives each member's output in training, and their mean in eval mode", () => {
    manualSeed(1);
    for (const [task, outputs] of [["regression", 1] as const, ["binary", 1] as const, ["multiclass", 3] as const]) {
      const net = new TabularNet({ ...ensemble, outputs, task }, { members: 5, hidden: [4], norm: "none" });
      const [x, codes] = [randn([7, 6]), randint(0, 4, [7, 2], { dtype: "int32" })];
      const each = net(x, codes);
      expect(each.shape).toEqual([7, 5, outputs]);
      net.eval();
      const together = net(x, codes);
      expect(together.shape).toEqual([7, outputs]);
      expect(together.toArray()).toEqual(combineMembers(each, task).toArray());
      const probabilities = (y: Tensor) =>
        task === "multiclass" ? y.softmax(-1) : task === "binary" ? y.sigmoid() : y;
      const expected = probabilities(each).mean(1);
      expect(probabilities(together).sub(expected).abs().amax().item()).toBeLessThan(1e-6);
    }
  });

  it.each<[string, Partial<NetworkSize>, NetworkOptions]>([
    ["numbers and embeddings", {}, {}],
    ["numbers alone", { embeddings: [] }, {}],
    ["embeddings alone", { features: 0 }, {}],
    ["batch norm", {}, { norm: "batch" }],
    ["one member's width of layers", {}, { hidden: [1] }],
  ])("scales the weights instead of the inputs in training, with the same gradients: %s", (_, part, options) => {
    manualSeed(4);
    const of = { ...ensemble, ...part };
    const net = new TabularNet(of, { members: 3, hidden: [4, 5], norm: "none", ...options });
    const x = randn([70, of.features]);
    const codes = of.embeddings?.length ? [randint(0, 4, [70, 2], { dtype: "int32" })] : [];
    const gradients = (output: Tensor) => {
      net.zeroGrad();
      output
        .mul(randn(output.shape, { generator: new Generator(5) }))
        .sum()
        .backward();
      return net.parameters().map(({ grad }) => grad as Tensor);
    };
    const embedded = Array.from(net.embeddings ?? [], (embedding, i) =>
      (embedding as Embedding)(codes[0].select(1, i)),
    );
    const expected = gradients(net.layers(cat([x, ...embedded], 1)));
    for (const [i, gradient] of gradients(net(x, ...codes)).entries()) {
      const scale = 1 + expected[i].abs().amax().item();
      expect(gradient.sub(expected[i]).abs().amax().item() / scale).toBeLessThan(2e-6);
    }
  });

  it("is no other network with one member: the same state, the same draws", () => {
    const drawn = (options: NetworkOptions) => {
      manualSeed(6);
      const net = new TabularNet(size, { hidden: [8], ...options });
      return [JSON.stringify(net.stateDict()), net.toString(), rand([1]).item()];
    };
    expect(drawn({ members: 1, embedding: "fastai" })).toEqual(drawn({}));
  });

  it("is copied whole, for an average of its weights", () => {
    const net = new TabularNet(ensemble, { members: 2, hidden: [4] }).eval();
    const [x, codes] = [randn([3, 6]), zeros([3, 2], { dtype: "int32" })];
    expect(clone(net)(x, codes).toArray()).toEqual(net(x, codes).toArray());
  });

  it("prints its layers", () => {
    const net = new TabularNet({ features: 2, outputs: 1, task: "binary" }, { hidden: [3], norm: "none", members: 2 });
    expect(net.layers.toString()).toBe(`Sequential(
  (0): EnsembleView(k=2)
  (1): ElementwiseAffine((2, 2), bias=False)
  (2): Flatten(start_dim=0, end_dim=1)
  (3): Linear(in_features=2, out_features=3, bias=True)
  (4): ReLU()
  (5): Unflatten(dim=0, unflattened_size=(-1, 2))
  (6): LinearEnsemble(in_features=3, out_features=1, k=2, bias=True)
)`);
  });

  it("decays the weights and embeddings, not the scales and biases", () => {
    const net = new TabularNet(ensemble, { members: 2, hidden: [4] });
    const decayed = new Set(decayedParameters(net));
    const names = net.namedParameters().flatMap(([name, parameter]) => (decayed.has(parameter) ? [name] : []));
    expect(names).toEqual([...["embeddings.0.weight", "embeddings.1.weight", "layers.3.weight", "layers.7.weight"]]);
  });

  it("takes no rows, and one", () => {
    const net = new TabularNet({ features: 2, outputs: 1, task: "regression" }, { members: 3, norm: "none" });
    expect(net(zeros([1, 2])).shape).toEqual([1, 3, 1]);
    expect(net(zeros([0, 2])).shape).toEqual([0, 3, 1]);
    net.eval();
    expect(net(zeros([0, 2])).shape).toEqual([0, 1]);
  });

  it("says what it lacks", () => {
    const make = (change: object) => () => new TabularNet({ ...ensemble, ...change } as never, { members: 2 });
    expect(make({ task: undefined })).toThrow(/TabularNet: size.task is undefined, expected "regression" or .*members/);
    expect(make({ task: "constructor" })).toThrow('size.task is "constructor"');
    expect(make({ sources: { features: [1], embeddings: [1, 2] } })).toThrow(
      "the length of size.sources.features is 1, expected 6",
    );
    expect(() => new TabularNet(ensemble, { members: 65 })).toThrow(
      "members is 65, expected a whole number from 1 to 64",
    );
    expect(() => combineMembers(zeros([2, 3]), "regression")).toThrow("expected [N, members, outputs]");
  });
});
