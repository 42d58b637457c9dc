import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { defaultGenerator, Generator, manualSeed } from "../random/index.ts";
import { drawInt64 } from "../random/integers.ts";
import { tensor } from "../tensor/index.ts";
import { BatchSampler, RandomSampler, SequentialSampler, SubsetRandomSampler, WeightedRandomSampler } from "./index.ts";

// Orders, and the int64 drawn afterwards, are those of torch 1.13.
const sized = (length: number) => ({ length });
const position = (generator: Generator = defaultGenerator) => drawInt64(generator);
const weights = [0.1, 0.9, 0.4, 0.7, 3, 0.6];

beforeEach(() => {
  manualSeed(0);
});

/** Runs `attempt` and checks that it threw without drawing. */
function refused(attempt: () => unknown, message: RegExp, kind: ErrorConstructor): void {
  expect(attempt).toThrow(message);
  expect(attempt).toThrow(kind);
  expect(position()).toBe(900450186894289455n);
}

describe("SequentialSampler", () => {
  it("counts", () => {
    const sampler = new SequentialSampler(sized(3));
    expect([...sampler, ...sampler]).toEqual([0, 1, 2, 0, 1, 2]);
    expect(sampler.length).toBe(3);
  });
});

describe("RandomSampler", () => {
  it("permutes by a private generator that the default one seeds", () => {
    manualSeed(1);
    const sampler = new RandomSampler(sized(4), { numSamples: 10 });
    expect([...sampler]).toEqual([2, 1, 0, 3, 0, 1, 2, 3, 0, 1]);
    expect(sampler.length).toBe(10);
    expect(position()).toBe(4064269471072392264n);
  });

  it("draws an unused permutation from a given generator at the end", () => {
    const generator = new Generator(3);
    const sampler = new RandomSampler(sized(5), { generator });
    expect([...sampler]).toEqual([1, 0, 3, 4, 2]);
    expect([...sampler]).toEqual([1, 4, 3, 0, 2]);
    expect(position(generator)).toBe(949402413808418214n);
    expect(position()).toBe(900450186894289455n);
  });

  it("draws with replacement", () => {
    manualSeed(1);
    const sampler = new RandomSampler(sized(9), { replacement: true, numSamples: 40 });
    expect([...sampler]).toEqual([
      6, 6, 5, 6, 6, 0, 4, 3, 8, 0, 7, 4, 2, 1, 6, 1, 7, 2, 8, 2, 0, 2, 7, 3, 0, 4, 7, 6, 0, 6, 7, 7, 2, 6, 0, 7, 8, 1,
      3, 7,
    ]);
    expect(position()).toBe(4064269471072392264n);
  });

  it("draws 32 at a time with replacement, also when left early", () => {
    const generator = new Generator(7);
    const twin = new Generator(7);
    for (const _ of new RandomSampler(sized(9), { replacement: true, numSamples: 40, generator })) break;
    for (let i = 0; i < 32; i++) twin.random32();
    expect(position(generator)).toBe(position(twin));
  });

  it("follows a source that grows", () => {
    const source = { length: 3 };
    const sampler = new RandomSampler(source);
    source.length = 6;
    expect([...sampler].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    source.length = 0;
    expect(() => [...sampler]).toThrow(/the source is empty/);
  });

  it("visits everything equally often, for any size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 4 }), fc.integer(), (n, rounds, seed) => {
        const sampler = new RandomSampler(sized(n), { numSamples: n * rounds, generator: new Generator(seed) });
        const counts = new Array(n).fill(0);
        for (const i of sampler) counts[i]++;
        expect(counts).toEqual(new Array(n).fill(rounds));
      }),
    );
  });

  it.each<[string, () => unknown, RegExp, ErrorConstructor]>([
    ["an empty source", () => new RandomSampler(sized(0)), /source is empty, so there is nothing to draw/, RangeError],
    ["an empty source to sample", () => new RandomSampler(sized(0), { numSamples: 2 }), /source is empty/, RangeError],
    [
      "no samples",
      () => new RandomSampler(sized(3), { numSamples: 0 }),
      /numSamples is 0, expected a whole number of at least 1/,
      RangeError,
    ],
    ["half a sample", () => new RandomSampler(sized(3), { numSamples: 1.5 }), /numSamples is 1.5/, RangeError],
    [
      "replacement by name",
      () => new RandomSampler(sized(3), { replacement: "yes" as never }),
      /replacement is "yes", expected true or false/,
      TypeError,
    ],
    [
      "a seed",
      () => new RandomSampler(sized(3), { generator: 3 as never }),
      /generator is 3, expected a Generator/,
      TypeError,
    ],
    [
      "a misspelt option",
      () => new RandomSampler(sized(3), { num_samples: 3 } as never),
      /unknown option "num_samples", expected replacement/,
      TypeError,
    ],
    ["a number", () => new RandomSampler(3 as never), /source is 3, expected an object with a length/, TypeError],
  ])("refuses %s", (_, attempt, message, kind) => refused(attempt, message, kind));
});

describe("SubsetRandomSampler", () => {
  it("permutes the given positions", () => {
    manualSeed(2);
    const sampler = new SubsetRandomSampler([10, 20, 30, 40, 50]);
    expect([...sampler]).toEqual([40, 50, 20, 10, 30]);
    expect(sampler.length).toBe(5);
    expect(position()).toBe(916110987799460139n);
  });
});

describe("WeightedRandomSampler", () => {
  it("draws with replacement", () => {
    manualSeed(3);
    expect([...new WeightedRandomSampler(weights, 8)]).toEqual([1, 3, 4, 1, 4, 4, 2, 4]);
    expect(position()).toBe(949402413808418214n);
  });

  it("draws without replacement", () => {
    manualSeed(3);
    expect([...new WeightedRandomSampler(weights, 5, { replacement: false })]).toEqual([3, 0, 1, 4, 5]);
    expect(position()).toBe(2316640183508190889n);
  });

  it("gives each position its share, and none to a weight of 0", () => {
    const generator = new Generator(0);
    const counts = [0, 0, 0];
    for (const i of new WeightedRandomSampler([1, 0, 3], 4000, { generator })) counts[i]++;
    expect(counts[1]).toBe(0);
    expect(Math.abs(counts[2] - 3000)).toBeLessThan(120);
    expect([...new WeightedRandomSampler([1, 0, 3], 2, { replacement: false, generator })].sort()).toEqual([0, 2]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["a negative weight", () => new WeightedRandomSampler([1, -1], 1), /weight 1 is -1, expected finite/],
    ["NaN", () => new WeightedRandomSampler([Number.NaN], 1), /weight 0 is NaN/],
    ["weights of 0", () => new WeightedRandomSampler([0, 0], 1), /at least one weight above 0/],
    ["no samples", () => new WeightedRandomSampler([1], 0), /numSamples is 0/],
    [
      "more than there are",
      () => new WeightedRandomSampler([1, 0, 1], 3, { replacement: false }),
      /cannot draw 3 samples without replacement from 2/,
    ],
  ])("refuses %s", (_, attempt, message) => refused(attempt, message, RangeError as unknown as ErrorConstructor));
});

it("samplers take tensors, to the same draws", () => {
  const given = tensor(weights, { dtype: "float64" });
  manualSeed(3);
  expect([...new WeightedRandomSampler(given, 8)]).toEqual([1, 3, 4, 1, 4, 4, 2, 4]);
  given.zero_(); // a copy was taken
  manualSeed(2);
  const indices = tensor([10, 20, 30, 40, 50], { dtype: "int32" });
  expect([...new SubsetRandomSampler(indices)]).toEqual([40, 50, 20, 10, 30]);
});

describe("BatchSampler", () => {
  it("cuts an order into batches", () => {
    const order = new SequentialSampler(sized(5));
    expect([...new BatchSampler(order, 2)]).toEqual([[0, 1], [2, 3], [4]]);
    expect([...new BatchSampler(order, 2, true)]).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect([new BatchSampler(order, 2).length, new BatchSampler(order, 2, true).length]).toEqual([3, 2]);
    expect([...new BatchSampler([7, 8], 2)]).toEqual([[7, 8]]);
  });

  it("refuses what gives no batches", () => {
    expect(() => new BatchSampler([], 0)).toThrow(/batchSize is 0, expected a whole number of at least 1/);
    // @ts-expect-error no iterable
    expect(() => new BatchSampler({ length: 3 }, 1)).toThrow(
      /sampler is a plain object, expected a Sampler or an iterable/,
    );
    expect(() => new BatchSampler(new Set([1]), 1).length).toThrow(/its sampler has no length/);
  });
});
