import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { NdArray } from "../../core/index.ts";
import { layerNormBackwardFloats, layerNormFloats } from "./layerNorm.floats.ts";
import { layerNorm, layerNormBackward } from "./layerNorm.ts";

const eps = 1e-5;
/** The relative rounding error from double to float32, plus a margin for rounding in double. */
const rounding = 2 ** -24 * 1.001;

const random = (shape: readonly number[], seed: number, scale = 1, shift = 0) => {
  const next = noise(seed);
  return ndArray(shape, () => next() * scale + shift);
};

/** Input, and weight and bias over its last dimensions. */
function problem(shape: readonly number[], over: number, scale = 2, shift = 1): NdArray[] {
  const trailing = shape.slice(shape.length - over);
  return [random(shape, 3, scale, shift), random(trailing, 4, 1, 0.5), random(trailing, 5)];
}

const doubles = (inputs: readonly NdArray[]) => inputs.map(({ shape, data }) => ndArray(shape, data, "float64"));

/** The largest difference from the exact values, relative to their size plus `floor`. */
function worst(actual: NdArray, exact: NdArray, floor: number): number {
  return Array.from(actual.data).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - exact.data[i]) / (floor + Math.abs(exact.data[i]))),
    0,
  );
}

function check(shape: readonly number[], over: number): void {
  const inputs = problem(shape, over);
  const exact = runReference(layerNorm, doubles(inputs), { eps });
  const [y, mean, variance] = runKernel(layerNorm, layerNormFloats, inputs, { eps });
  expect(worst(y, exact[0], 1e-6)).toBeLessThan(rounding);
  expect(worst(mean, exact[1], 1)).toBeLessThan(1e-14);
  expect(worst(variance, exact[2], 1)).toBeLessThan(1e-13);

  const [x, weight] = inputs;
  const dy = random(shape, 9);
  const backward = runReference(layerNormBackward, doubles([dy, x, weight, ...exact.slice(1)]), { eps });
  const [dx, dweight, dbias] = runKernel(layerNormBackward, layerNormBackwardFloats, [dy, x, weight, mean, variance], {
    eps,
  });
  expect(worst(dx, backward[0], 1e-6)).toBeLessThan(rounding);
  expect(worst(dweight, backward[1], 1e-6)).toBeLessThan(rounding);
  expect(worst(dbias, backward[2], 1e-6)).toBeLessThan(rounding);
}

describe("layer norm kernels agree with the reference in double", () => {
  for (const lines of [1, 2, 3, 5, 17]) {
    for (const length of [1, 2, 3, 4, 5, 7, 8, 17, 50, 131]) {
      it(`[${lines}, ${length}]`, () => check([lines, length], 1));
    }
  }
  it.each([
    { shape: [9], over: 1 },
    { shape: [2, 3, 5], over: 1 },
    { shape: [2, 3, 5], over: 2 },
    { shape: [2, 3, 5], over: 3 },
  ])("$shape over the last $over", ({ shape, over }) => check(shape, over));
});

describe("far out", () => {
  it("keeps the digits of values with a large mean", () => {
    const inputs = problem([4, 33], 1, 1, 1e6);
    const [exact] = runReference(layerNorm, doubles(inputs), { eps });
    const [y] = runKernel(layerNorm, layerNormFloats, inputs, { eps });
    expect(worst(y, exact, 1e-6)).toBeLessThan(rounding);
  });

  it("a constant example gives the bias", () => {
    const [x, weight, bias] = problem([2, 5], 1);
    x.data.fill(7, 0, 5);
    const [y, , variance] = runKernel(layerNorm, layerNormFloats, [x, weight, bias], { eps });
    expect(Array.from(y.data.slice(0, 5))).toEqual(Array.from(bias.data));
    expect(variance.data[0]).toBe(0);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("%f spoils its own example alone, wherever it stands", (bad) => {
    for (const place of [0, 2, 6]) {
      const inputs = problem([3, 7], 1);
      inputs[0].data[7 + place] = bad;
      const [expected] = runReference(layerNorm, inputs, { eps });
      const [y] = runKernel(layerNorm, layerNormFloats, inputs, { eps });
      expect(Array.from(y.data, Number.isNaN)).toEqual(Array.from(expected.data, Number.isNaN));
    }
  });
});

it("declines other dtypes and empty batches", () => {
  const spec = (shape: readonly number[], dtype: "float32" | "float64" = "float32") => ({ shape, dtype });
  const declines = (x: ReturnType<typeof spec>, parameter: ReturnType<typeof spec>) =>
    layerNormFloats.declines([x, parameter, parameter]);
  expect(declines(spec([2, 3]), spec([3]))).toBeUndefined();
  expect(declines(spec([2, 3], "float64"), spec([3], "float64"))).toContain("float32");
  expect(declines(spec([0, 3]), spec([3]))).toContain("empty");
});
