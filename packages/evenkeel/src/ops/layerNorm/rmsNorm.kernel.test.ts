import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { NdArray } from "../../core/index.ts";
import { rmsNormBackwardKernel, rmsNormKernel } from "./rmsNorm.kernel.ts";
import { rmsNorm, rmsNormBackward } from "./rmsNorm.ts";

const eps = 2 ** -23;
/** The relative rounding error from double to float32, plus a margin for rounding in double. */
const rounding = 2 ** -24 * 1.001;

const random = (shape: readonly number[], seed: number, scale = 1, shift = 0) => {
  const next = noise(seed);
  return ndArray(shape, () => next() * scale + shift);
};

const doubles = (inputs: readonly NdArray[]) => inputs.map(({ shape, data }) => ndArray(shape, data, "float64"));

/** The largest difference from the exact values, relative to their size plus `floor`. */
function worst(actual: NdArray, exact: NdArray, floor: number): number {
  return Array.from(actual.data).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - exact.data[i]) / (floor + Math.abs(exact.data[i]))),
    0,
  );
}

function check(shape: readonly number[], over: number): void {
  const inputs = [random(shape, 3, 2, 1), random(shape.slice(shape.length - over), 4, 1, 0.5)];
  const exact = runReference(rmsNorm, doubles(inputs), { eps });
  const [y, meanSquare] = runKernel(rmsNorm, rmsNormKernel, inputs, { eps });
  expect(worst(y, exact[0], 1e-9)).toBeLessThan(rounding);
  expect(worst(meanSquare, exact[1], 0)).toBeLessThan(1e-14);

  const dy = random(shape, 9);
  const backward = runReference(rmsNormBackward, doubles([dy, ...inputs, exact[1]]), { eps });
  const given = [dy, ...inputs, exact[1]];
  const [dx, dweight] = runKernel(rmsNormBackward, rmsNormBackwardKernel, given, { eps });
  expect(worst(dx, backward[0], 1e-6)).toBeLessThan(rounding);
  expect(worst(dweight, backward[1], 1e-6)).toBeLessThan(rounding);
}

describe("RMS norm kernels agree with the reference in double", () => {
  for (const lines of [1, 2, 3, 5]) {
    for (const length of [1, 2, 3, 4, 5, 7, 8, 17, 50]) it(`[${lines}, ${length}]`, () => check([lines, length], 1));
  }
  it.each([
    { shape: [9], over: 1 },
    { shape: [2, 3, 5], over: 2 },
    { shape: [2, 3, 5], over: 3 },
  ])("$shape over the last $over", ({ shape, over }) => check(shape, over));
});

it.each([Number.NaN, Number.POSITIVE_INFINITY])("%f spoils its own example alone", (bad) => {
  for (const place of [0, 2, 6]) {
    const inputs = [random([3, 7], 3), random([7], 4)];
    inputs[0].data[7 + place] = bad;
    const [expected] = runReference(rmsNorm, inputs, { eps });
    const [y] = runKernel(rmsNorm, rmsNormKernel, inputs, { eps });
    expect(Array.from(y.data)).toEqual(Array.from(expected.data));
  }
});

it("declines other dtypes and empty batches", () => {
  const spec = (shape: readonly number[], dtype: "float32" | "float64" = "float32") => ({ shape, dtype });
  const declines = (x: ReturnType<typeof spec>, parameter: ReturnType<typeof spec>) =>
    rmsNormKernel.declines?.([x, parameter], [], { eps });
  expect(declines(spec([2, 3]), spec([3]))).toBeUndefined();
  expect(declines(spec([2, 3], "float64"), spec([3], "float64"))).toContain("float32");
  expect(declines(spec([0, 3]), spec([3]))).toContain("empty");
});
