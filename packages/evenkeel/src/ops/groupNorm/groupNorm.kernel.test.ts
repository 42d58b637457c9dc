import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import { type NdArray, sizeOf } from "../../core/index.ts";
import { groupNormBackwardKernel, groupNormKernel } from "./groupNorm.kernel.ts";
import { groupNorm, groupNormBackward } from "./groupNorm.ts";

const eps = 1e-5;
/** The relative rounding error from double to float32, plus a margin for rounding in double. */
const rounding = 2 ** -24 * 1.001;

const random = (shape: readonly number[], seed: number, scale = 1, shift = 0) => {
  const next = noise(seed);
  return ndArray(shape, () => next() * scale + shift);
};

const problem = (shape: readonly number[], scale = 2, shift = 1): NdArray[] => [
  random(shape, 3, scale, shift),
  random([shape[1]], 4, 1, 0.5),
  random([shape[1]], 5),
];

const doubles = (inputs: readonly NdArray[]) => inputs.map(({ shape, data }) => ndArray(shape, data, "float64"));

/** The largest difference from the exact values, relative to their size plus `floor`. */
function worst(actual: NdArray, exact: NdArray, floor: number): number {
  return Array.from(actual.data).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - exact.data[i]) / (floor + Math.abs(exact.data[i]))),
    0,
  );
}

function check(shape: readonly number[], numGroups: number): void {
  const attrs = { numGroups, eps };
  const inputs = problem(shape);
  const exact = runReference(groupNorm, doubles(inputs), attrs);
  const [y, mean, variance] = runKernel(groupNorm, groupNormKernel, inputs, attrs);
  // A group of one value has variance 0, so that no relative error exists.
  if (sizeOf(shape) > shape[0] * numGroups) {
    expect(worst(y, exact[0], 1e-6)).toBeLessThan(rounding);
    expect(worst(variance, exact[2], 1)).toBeLessThan(1e-13);
  }
  expect(worst(mean, exact[1], 1)).toBeLessThan(1e-14);

  const [x, weight] = inputs;
  const dy = random(shape, 9);
  const backward = runReference(groupNormBackward, doubles([dy, x, weight, ...exact.slice(1)]), attrs);
  const given = [dy, x, weight, exact[1], exact[2]];
  const [dx, dweight, dbias] = runKernel(groupNormBackward, groupNormBackwardKernel, given, attrs);
  expect(worst(dx, backward[0], 1e-5)).toBeLessThan(rounding);
  expect(worst(dweight, backward[1], 1e-5)).toBeLessThan(rounding);
  expect(worst(dbias, backward[2], 1e-5)).toBeLessThan(rounding);
}

describe("group norm kernels agree with the reference in double", () => {
  for (const samples of [1, 2, 3]) {
    for (const [channels, groups] of [
      [2, 1],
      [2, 2],
      [6, 2],
      [6, 3],
      [5, 1],
    ]) {
      for (const places of [[], [1], [2], [3], [4], [5], [3, 3], [17]]) {
        const shape = [samples, channels, ...places];
        it(`[${shape}] in ${groups}`, () => check(shape, groups));
      }
    }
  }
});

describe("far out", () => {
  const attrs = { numGroups: 2, eps };

  it("keeps the digits of values with a large mean", () => {
    const inputs = problem([2, 4, 33], 1, 1e6);
    const [exact] = runReference(groupNorm, doubles(inputs), attrs);
    const [y] = runKernel(groupNorm, groupNormKernel, inputs, attrs);
    expect(worst(y, exact, 1e-4)).toBeLessThan(rounding);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("%f spoils its own group alone, wherever it stands", (bad) => {
    for (const place of [0, 2, 6, 13]) {
      const inputs = problem([2, 4, 7]);
      inputs[0].data[14 + place] = bad;
      const [expected] = runReference(groupNorm, inputs, attrs);
      const [y] = runKernel(groupNorm, groupNormKernel, inputs, attrs);
      expect(Array.from(y.data, Number.isNaN)).toEqual(Array.from(expected.data, Number.isNaN));
      expect(Array.from(y.data.slice(14, 28), Number.isNaN)).toEqual(Array(14).fill(true));
    }
  });
});

it("declines other dtypes and empty batches", () => {
  const spec = (shape: readonly number[], dtype: "float32" | "float64" = "float32") => ({ shape, dtype });
  const declines = (x: ReturnType<typeof spec>, parameter: ReturnType<typeof spec>) =>
    groupNormKernel.declines?.([x, parameter, parameter], [], { numGroups: 1, eps });
  expect(declines(spec([2, 3]), spec([3]))).toBeUndefined();
  expect(declines(spec([2, 3], "float64"), spec([3], "float64"))).toContain("float32");
  expect(declines(spec([0, 3]), spec([3]))).toContain("empty");
});
