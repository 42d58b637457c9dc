import { createHash } from "node:crypto";
import { full, rand, randn, type Tensor } from "evenkeel";
import * as nn from "evenkeel/nn";
import { manualSeed } from "evenkeel/random";
import { describe, expect, it } from "vitest";
import { camelCase, decode, expectSame, type Golden, load, type Position, ulp } from "./goldens/golden.ts";
import { Net, VariableNet } from "./goldens/networks.ts";

/**
 * Initial weights under manualSeed, and every function of nn.init: bit for bit, the generator's
 * position too.
 */

/** A large tensor is kept as its SHA-256 and its first values. */
type Kept = Golden | { readonly shape: number[]; readonly sha256: string; readonly first: Golden };

interface NetworkCase {
  readonly name: string;
  readonly network: string;
  readonly seed: number;
  readonly state: Readonly<Record<string, Kept>>;
  readonly after: Position;
}

interface FunctionCase {
  readonly name: string;
  readonly call: string;
  readonly args: Readonly<Record<string, number | string>>;
  readonly shape: number[];
  readonly seed: number;
  readonly value: Kept;
  readonly after: Position;
}

interface GainCase {
  readonly name: string;
  readonly nonlinearity: string;
  readonly param: number | null;
  readonly gain: number;
}

const { networks, functions, gains } = load<{
  networks: NetworkCase[];
  functions: FunctionCase[];
  gains: GainCase[];
}>("init.json");

function expectKept(actual: Tensor, kept: Kept, label: string): void {
  if (!("sha256" in kept)) {
    expectSame(actual, kept, label);
    return;
  }
  expect([...actual.shape], label).toEqual(kept.shape);
  expectSame(actual.flatten().narrow(0, 0, 8).detach(), kept.first, `${label}, first values`);
  const digest = createHash("sha256").update(Float32Array.from(actual.data)).digest("hex");
  expect(digest, `${label}: digest of all values`).toBe(kept.sha256);
}

function expectPosition({ uniform, normal }: Position): void {
  expectSame(rand([1]), uniform, "the next uniform");
  expectSame(randn([1]), normal, "the next normal");
}

describe("initial weights", () => {
  const { Linear, Sequential, ReLU } = nn;
  const make: Record<string, () => nn.Module> = {
    Net: () => new Net(),
    "Net without bias": () => new VariableNet({ normalize: true, bias: false }),
    before: () => new Sequential(new Linear(9, 50), new ReLU(), new Linear(50, 25), new ReLU(), new Linear(25, 1)),
    "Linear(1, 1)": () => new Linear(1, 1),
    "Linear(3, 2)": () => new Linear(3, 2),
    "Linear(17, 5, bias=False)": () => new Linear(17, 5, { bias: false }),
    "Linear(784, 128)": () => new Linear(784, 128),
    dropout: () => new Sequential(new Linear(9, 50), new ReLU(), new nn.Dropout(0.2), new Linear(50, 1)),
    "Embedding(10, 3)": () => new nn.Embedding(10, 3),
    "Embedding(5, 2)": () => new nn.Embedding(5, 2),
    "Embedding(7, 4, padding_idx=2)": () => new nn.Embedding(7, 4, { paddingIdx: 2 }),
    normalized: () => new Sequential(new nn.Embedding(3, 5), new nn.LayerNorm(5), new Linear(5, 1)),
  };
  for (const { name, network, seed, state, after } of networks) {
    it(name, () => {
      manualSeed(seed);
      const parameters = make[network]().namedParameters();
      expect(parameters.map(([key]) => key)).toEqual(Object.keys(state));
      for (const [key, parameter] of parameters) expectKept(parameter, state[key], key);
      expectPosition(after);
    });
  }
});

describe("nn.init", () => {
  const { init } = nn;
  type Options = Record<string, number>;
  const calls: Record<string, (x: Tensor, options: Options) => Tensor> = {
    uniform_: (x, { a, b }) => init.uniform_(x, a, b),
    normal_: (x, { mean, std }) => init.normal_(x, mean, std),
    trunc_normal_: (x, options) => init.truncNormal_(x, options),
    constant_: (x, { val }) => init.constant_(x, val),
    ones_: (x) => init.ones_(x),
    zeros_: (x) => init.zeros_(x),
    eye_: (x) => init.eye_(x),
    xavier_uniform_: (x, options) => init.xavierUniform_(x, options),
    xavier_normal_: (x, options) => init.xavierNormal_(x, options),
    kaiming_uniform_: (x, options) => init.kaimingUniform_(x, options),
    kaiming_normal_: (x, options) => init.kaimingNormal_(x, options),
    orthogonal_: (x, options) => init.orthogonal_(x, options),
    sparse_: (x, { sparsity, std }) => init.sparse_(x, { sparsity, std }),
  };
  /** These go through an inverse error function or a factorisation: equal to rounding. */
  const rounded = new Set(["trunc_normal_", "orthogonal_"]);
  const words: Record<string, unknown> = { fan_in: "fanIn", fan_out: "fanOut", leaky_relu: "leakyRelu" };
  const translate = (value: unknown) => words[value as string] ?? value;

  for (const { name, call, args, shape, seed, value, after } of functions) {
    it(name, () => {
      manualSeed(seed);
      const options = Object.fromEntries(Object.entries(camelCase(args)).map(([key, v]) => [key, translate(v)]));
      const x = full(shape, 7);
      expect(calls[call](x, options as Options)).toBe(x);
      if (rounded.has(call)) {
        const [actual, golden] = "sha256" in value ? [x.flatten().narrow(0, 0, 8), value.first] : [x, value];
        expectNear(actual, golden);
      } else {
        expectKept(x, value, call);
      }
      expectPosition(after);
    });
  }

  for (const { name, nonlinearity, param, gain } of gains) {
    it(`calculateGain ${name}`, () => {
      const ours = translate(nonlinearity) as nn.init.Nonlinearity;
      expect(init.calculateGain(ours, param ?? undefined)).toBeCloseTo(gain, 14);
    });
  }
});

/** Equal within eight float32 roundings of the tensor's largest value. */
function expectNear(actual: Tensor, golden: Golden): void {
  const { data, shape } = decode(golden);
  expect([...actual.shape]).toEqual(shape);
  const largest = Math.max(...Array.from(data, Math.abs));
  const apart = Math.max(...Array.from(data, (value, i) => Math.abs(value - actual.data[i])));
  expect(apart, `${actual}`).toBeLessThanOrEqual(8 * ulp(largest));
}
