import fc from "fast-check";
import { beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { defaultGenerator, Generator, manualSeed } from "../random/index.ts";
import { drawInt64 } from "../random/integers.ts";
import { type Dataset, randomSplit, type Subset } from "./index.ts";

// Splits, and the int64 drawn afterwards, are those of torch 1.13.
const range = (length: number): Dataset<number> => ({ length, get: (i) => i });

beforeEach(() => {
  manualSeed(42);
});

describe("randomSplit", () => {
  it("by numbers of items", () => {
    const [small, large] = randomSplit(range(10), [3, 7]);
    expectTypeOf(small).toEqualTypeOf<Subset<number>>();
    expect([small.indices, large.indices]).toEqual([
      [2, 6, 1],
      [8, 4, 5, 0, 9, 3, 7],
    ]);
    expect(drawInt64(defaultGenerator)).toBe(8224162778172047826n);
  });

  it("by fractions, the remainder going round from the first", () => {
    const splits = randomSplit(range(11), [0.5, 0.3, 0.2]);
    expect(splits.map(({ indices }) => indices)).toEqual([
      [6, 8, 9, 2, 1, 10],
      [0, 7, 3],
      [5, 4],
    ]);
    expect(drawInt64(defaultGenerator)).toBe(2877591057541362902n);
  });

  it("by a given generator only", () => {
    const before = defaultGenerator.getState();
    const generator = new Generator(42);
    const splits = randomSplit(range(6), [2, 4], { generator });
    expect(splits.map(({ indices }) => indices)).toEqual([
      [0, 3],
      [2, 4, 1, 5],
    ]);
    expect(drawInt64(generator)).toBe(5159388252108598972n);
    expect(defaultGenerator.getState()).toEqual(before);
  });

  it("gives every item to exactly one subset, of the size that was asked for", () => {
    const cases = fc.tuple(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }), fc.boolean());
    fc.assert(
      fc.property(cases, ([parts, asFractions]) => {
        const n = parts.reduce((a, b) => a + b, 0);
        fc.pre(n > 1);
        const splits = randomSplit(range(n), asFractions ? parts.map((part) => part / n) : parts);
        const all = splits.flatMap(({ indices }) => indices).sort((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: n }, (_, i) => i));
        // A fraction of n that is whole may be rounded down, its item then goes round from the
        // first.
        if (!asFractions) expect(splits.map(({ length }) => length)).toEqual(parts);
        else for (const [i, { length }] of splits.entries()) expect(Math.abs(length - parts[i])).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("takes fractions whose sum is 1 but for rounding", () => {
    expect(randomSplit(range(10), [0.7, 0.2, 0.1]).map(({ length }) => length)).toEqual([7, 2, 1]);
    const tenths = new Array(10).fill(0.1);
    expect(randomSplit(range(20), tenths).every(({ length }) => length === 2)).toBe(true);
  });

  it.each<[string, readonly number[], RegExp]>([
    [
      "a wrong sum",
      [3, 8],
      /Sum of input lengths does not equal the length .* \[3, 8\] sum to 11, the dataset has 10 items/,
    ],
    ["fractions beyond 1", [0.8, 0.3], /\[0.8, 0.3\] are neither numbers of items nor fractions .* sum is 1.1/],
    ["a negative length", [12, -2], /neither numbers of items nor fractions/],
    ["a negative fraction", [1.5, -0.5], /neither numbers of items nor fractions/],
    ["NaN", [Number.NaN, 10], /neither numbers of items nor fractions/],
  ])("refuses %s and draws nothing", (_, lengths, message) => {
    const before = defaultGenerator.getState();
    expect(() => randomSplit(range(10), lengths)).toThrow(message);
    expect(() => randomSplit(range(10), lengths)).toThrow(RangeError);
    expect(defaultGenerator.getState()).toEqual(before);
  });

  it("refuses what is no list of lengths", () => {
    // @ts-expect-error one fraction alone
    expect(() => randomSplit(range(10), 0.8)).toThrow(/lengths is 0.8, expected a list of lengths or fractions/);
    // @ts-expect-error misspelt
    expect(() => randomSplit(range(10), [10], { seed: 1 })).toThrow(/unknown option "seed", expected generator/);
  });
});
