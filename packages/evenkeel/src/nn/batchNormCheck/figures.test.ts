import { describe, expect, it } from "vitest";
import { manualSeed } from "../../random/index.ts";
import { randn } from "../../tensor/index.ts";
import { batchesAveraged, batchInflation, dropoutShift, squaredMeanOfRelu, stepsToForget } from "./figures.ts";

/** The numbers of the literature, each by its formula. */

it.each([
  [0.1, 1.16],
  [0.3, 1.63],
  [0.5, 2.47],
])("dropout %f of a rectified normal value makes its variance %f times as large", (p, expected) => {
  expect(dropoutShift(p, squaredMeanOfRelu)).toBeCloseTo(expected, 2);
});

it("dropoutShift is what dropout does", () => {
  manualSeed(0);
  const x = randn([200_000]).relu();
  const dropped = x.mul(randn([200_000]).gt(0.2533471)).mul(1 / 0.4); // keeps 40%
  expect(dropped.var().item() / x.var().item() / dropoutShift(0.6, squaredMeanOfRelu)).toBeCloseTo(1, 1.7);
});

it("momenta of 0.1 and 0.01 forget 99% in 44 and 459 steps", () => {
  expect([0.1, 0.01, 1].map(stepsToForget)).toEqual([44, 459, 1]);
  expect(batchesAveraged(0.1)).toBeCloseTo(19, 9);
  expect(batchesAveraged(0.99)).toBeCloseTo(1.02, 3);
});

describe("batchInflation", () => {
  it.each([
    // Means of 1 / sqrt(variance + eps) over millions of batches of normal values, by torch 1.13.
    [2, 6.9456],
    [3, 2.1615],
    [4, 1.597],
    [8, 1.20338],
    [15, 1.09523],
    [16, 1.08803],
    [32, 1.04133],
  ])("of %i values is %f", (values, measured) => {
    expect(batchInflation(values, 1e-5) / measured).toBeCloseTo(1, 2);
  });

  it("goes to 1, without a step where the series takes over", () => {
    expect(batchInflation(2002, 1e-5) / batchInflation(2003, 1e-5)).toBeCloseTo(1, 6);
    expect(batchInflation(1e6, 1e-5)).toBeCloseTo(1, 5);
    expect(batchInflation(1, 1e-5)).toBe(Number.POSITIVE_INFINITY);
  });
});
