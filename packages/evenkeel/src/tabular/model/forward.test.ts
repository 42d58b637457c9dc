import { describe, expect, it } from "vitest";
import { compile } from "../../compile/index.ts";
import { Generator, manualSeed } from "../../random/index.ts";
import { noGrad, randn, type Tensor, tensor, zeros } from "../../tensor/index.ts";
import type { EncodedRows } from "../encoding/fittedPreprocessing.ts";
import { FrozenNetwork } from "./frozenNetwork.ts";
import { TabularNet } from "./network.ts";
import { activations, type NetworkSize, norms } from "./networkOptions.ts";
import type { NetworkOptions } from "./networkOptions.types.ts";

/**
 * What a loaded model computes against the network that it came from: compiled against the compiled
 * network and eager against the eager one, bit for bit. Between the two lies the order of float32
 * sums.
 */

/**
 * What models have been computed by from the beginning: other blocks might give other bits. Each
 * member of a row is a line of a block.
 */
const blockLines = 256;

interface Drawn {
  readonly size: NetworkSize;
  readonly options: NetworkOptions;
}

const generator = new Generator(11);
const below = (n: number) => Math.floor((generator.random32() * n) / 2 ** 32);
const pick = <T>(of: readonly T[]): T => of[below(of.length)];

function draw(i: number): Drawn {
  const embeddings = Array.from({ length: pick([0, 0, 1, 3]) }, () => 2 + below(40));
  const features = embeddings.length > 0 ? below(20) : 1 + below(20);
  const task = pick(["regression", "binary", "multiclass"] as const);
  return {
    size: { features, embeddings, outputs: task === "multiclass" ? 2 + below(4) : 1, task },
    options: {
      hidden: Array.from({ length: pick([0, 1, 2, 3]) }, () => 1 + below(i % 10 === 0 ? 300 : 40)),
      // Every pair of norm and activation comes up.
      norm: norms[i % norms.length],
      activation: activations[Math.floor(i / norms.length) % activations.length],
      normPlace: pick(["before", "after"]),
      dropout: pick([0, 0.3]),
      biasBeforeNorm: pick([false, true]),
      members: pick([1, 1, 2, 3, 8, 64]),
      embedding: pick(["fastai", "small"]),
    },
  };
}

/** A network in eval mode whose weights and statistics are none that it began with. */
function networkOf({ size, options }: Drawn, seed: number): TabularNet {
  manualSeed(seed);
  const net = new TabularNet(size, options);
  noGrad(() => {
    for (const [name, value] of Object.entries(net.stateDict())) {
      if (value.ndim === 0) continue;
      const noise = randn(value.shape);
      value.copy_(name.endsWith("running_var") ? noise.abs().add(0.1) : value.add(noise.mul(0.3)));
    }
  });
  net.eval();
  return net;
}

function rowsFor({ features, embeddings = [] }: NetworkSize, count: number) {
  const x = randn([count, features]).mul(2);
  if (embeddings.length === 0) return { x };
  const codes = Int32Array.from({ length: count * embeddings.length }, (_, i) =>
    below(embeddings[i % embeddings.length]),
  );
  return { x, codes: tensor(codes, { shape: [count, embeddings.length] }) };
}
type Rows = ReturnType<typeof rowsFor>;

const called = (net: TabularNet) => (x: Tensor, codes?: Tensor) => (codes === undefined ? net(x) : net(x, codes));

/** The compiled network over blocks of rows, as many as a model computes at a time. */
function compiledOutput(net: TabularNet, { x, codes }: Rows, outputs: number): Float32Array {
  const forward = compile(called(net), { check: "never" });
  const count = x.shape[0];
  const blockRows = Math.floor(blockLines / net.options.members);
  const result = new Float32Array(count * outputs);
  const block = (from: Tensor, start: number) => {
    const filled = zeros([blockRows, from.shape[1]], { dtype: from.dtype });
    filled.data.set(from.data.subarray(start * from.shape[1], (start + blockRows) * from.shape[1]));
    return filled;
  };
  noGrad(() => {
    for (let start = 0; start < count; start += blockRows) {
      const y = forward(block(x, start), codes && block(codes, start));
      result.set(y.data.subarray(0, Math.min(blockRows, count - start) * outputs), start * outputs);
    }
  });
  return result;
}

const arraysOf = ({ x, codes }: Rows) => ({
  x: x.data as Float32Array,
  ...(codes && { codes: codes.data as Int32Array }),
});
const bits = (values: ArrayLike<number>) => [...new Int32Array(Float32Array.from(values).buffer)];
const frozen = (net: TabularNet, compiled: boolean) =>
  new FrozenNetwork(net.size, net.options, net.stateDict(), compiled);

describe("a frozen network", () => {
  const drawn = Array.from({ length: 72 }, (_, i) => [i, draw(i)] as const);
  const titled = drawn.map(([i, each]) => [`${i}: ${JSON.stringify(each)}`, each, i] as const);

  it.each(titled)("%s", (_, each, i) => {
    const net = networkOf(each, i);
    const rows = rowsFor(each.size, pick([1, 2, 31, 257]));
    const [count, { outputs }] = [rows.x.shape[0], each.size];
    const compiled = frozen(net, true).output(arraysOf(rows), count);
    const eager = frozen(net, false).output(arraysOf(rows), count);
    const expected = noGrad(() => called(net)(rows.x, rows.codes));
    expect(bits(compiled)).toEqual(bits(compiledOutput(net, rows, outputs)));
    expect(bits(eager)).toEqual(bits(expected.data));
    const largest = Math.max(1, ...eager.map(Math.abs));
    for (const [k, value] of compiled.entries()) expect(Math.abs(value - eager[k])).toBeLessThan(1e-5 * largest);
  });

  it.each([
    ["compiled", true, 1],
    ["eager", false, 1],
    ["compiled, of members", true, 8],
    ["eager, of members", false, 3],
  ])("%s: rows get the same bits alone and in any block; 0 rows are none", (_, compiled, members) => {
    const size = { features: 7, embeddings: [5, 9], outputs: 3, task: "multiclass" } as const;
    const each = { size, options: { hidden: [33, 6], members } };
    const net = networkOf(each, 1);
    const rows = rowsFor(each.size, 4097);
    const { x, codes } = arraysOf(rows) as Required<EncodedRows>;
    const network = frozen(net, compiled);
    const all = network.output({ x, codes }, 4097);
    expect(network.output({ x: new Float32Array(), codes: new Int32Array() }, 0)).toEqual(new Float32Array());
    for (const row of [0, 1, 255, 256, 2000, 4095, 4096]) {
      const one = { x: x.subarray(7 * row, 7 * row + 7), codes: codes.subarray(2 * row, 2 * row + 2) };
      expect(bits(network.output(one, 1)), `row ${row}`).toEqual(bits(all.subarray(3 * row, 3 * row + 3)));
    }
    const two = { x: x.subarray(7 * 255, 7 * 257), codes: codes.subarray(2 * 255, 2 * 257) };
    expect(bits(network.output(two, 2))).toEqual(bits(all.subarray(3 * 255, 3 * 257)));
  });
});
