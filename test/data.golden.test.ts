import { arange, rand, randn, type Tensor } from "evenkeel";
import {
  DataLoader,
  RandomSampler,
  randomSplit,
  SequentialSampler,
  SubsetRandomSampler,
  TensorDataset,
  WeightedRandomSampler,
} from "evenkeel/data";
import { Generator, manualSeed } from "evenkeel/random";
import { describe, expect, it } from "vitest";
import { camelCase, expectSame, type Golden, load, type Position } from "./goldens/golden.ts";

/** Orders of loaders, samplers and splits, and where the generators stand afterwards. */

interface SamplerOptions {
  readonly kind: "random" | "sequential" | "subset" | "weighted" | "list";
  readonly indices?: number[];
  readonly replacement?: boolean;
  readonly num_samples?: number;
  readonly weights?: number[];
}

interface Ends {
  readonly name: string;
  readonly seed: number;
  readonly rows: number;
  readonly after: Position;
  readonly afterOwn: Golden | null;
}

interface LoaderCase extends Ends {
  readonly options: Readonly<Record<string, unknown>> & {
    readonly generator?: number;
    readonly sampler?: SamplerOptions;
  };
  readonly epochs: number;
  readonly take: number | null;
  readonly length: number;
  readonly batches: readonly (readonly number[][])[];
}

interface SamplerCase extends Ends {
  readonly generator: number | null;
  readonly sampler: SamplerOptions;
  readonly epochs: number;
  readonly length: number;
  readonly orders: readonly number[][];
}

interface SplitCase extends Ends {
  readonly lengths: number[];
  readonly generator: number | null;
  readonly parts: readonly number[][];
}

const { loaders, samplers, splits } = load<{ loaders: LoaderCase[]; samplers: SamplerCase[]; splits: SplitCase[] }>(
  "data.json",
);

const dataset = (rows: number) => new TensorDataset(arange(rows));
const own = (seed: number | null | undefined) => (seed == null ? undefined : new Generator().manualSeed(seed));

function makeSampler(rows: number, { kind, indices = [], ...rest }: SamplerOptions, generator?: Generator) {
  if (kind === "random") return new RandomSampler(dataset(rows), { ...camelCase(rest), generator });
  if (kind === "sequential") return new SequentialSampler(dataset(rows));
  if (kind === "weighted") {
    return new WeightedRandomSampler(rest.weights!, rest.num_samples!, { replacement: rest.replacement, generator });
  }
  return kind === "subset" ? new SubsetRandomSampler(indices, { generator }) : indices;
}

function expectEnds({ after, afterOwn }: Ends, generator?: Generator): void {
  expectSame(rand([1]), after.uniform, "the global generator's next uniform");
  expectSame(randn([1]), after.normal, "the global generator's next normal");
  if (afterOwn !== null) expectSame(rand([1], { generator }), afterOwn, "the explicit generator's next uniform");
}

describe("DataLoader", () => {
  for (const one of loaders) {
    it(one.name, () => {
      const { seed, rows, options, epochs, take, length, batches } = one;
      manualSeed(seed);
      const generator = own(options.generator);
      const sampler = options.sampler && makeSampler(rows, options.sampler, generator);
      const loader = new DataLoader(dataset(rows), { ...camelCase(options), generator, sampler });
      expect(loader.length).toBe(length);
      const got = Array.from({ length: epochs }, () => firstBatches(loader, take));
      expect(got).toEqual(batches);
      expectEnds(one, generator);
    });
  }
});

/**
 * The rows of an epoch's batches; `take` pulls only that many, and then leaves the iterator as it
 * is.
 */
function firstBatches(loader: Iterable<readonly Tensor[]>, take: number | null): number[][] {
  const iterator = loader[Symbol.iterator]();
  const batches: number[][] = [];
  while (take === null || batches.length < take) {
    const { done, value } = iterator.next();
    if (done) break;
    batches.push(Array.from(value[0].data));
  }
  return batches;
}

describe("samplers", () => {
  for (const one of samplers) {
    it(one.name, () => {
      const { seed, rows, generator: ownSeed, sampler: options, epochs, length, orders } = one;
      manualSeed(seed);
      const generator = own(ownSeed);
      const sampler = makeSampler(rows, options, generator);
      expect(sampler.length).toBe(length);
      expect(Array.from({ length: epochs }, () => [...sampler])).toEqual(orders);
      expectEnds(one, generator);
    });
  }
});

describe("randomSplit", () => {
  for (const one of splits) {
    it(one.name, () => {
      manualSeed(one.seed);
      const generator = own(one.generator);
      const parts = randomSplit(dataset(one.rows), one.lengths, { generator });
      expect(parts.map(({ indices }) => [...indices])).toEqual(one.parts);
      expectEnds(one, generator);
    });
  }
});
