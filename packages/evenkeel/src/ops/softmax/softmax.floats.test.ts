import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { AnyOp, NdArray } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import { logSoftmaxBackwardFloats, logSoftmaxFloats, softmaxFloats } from "./softmax.floats.ts";
import { logSoftmax, logSoftmaxBackward, type SoftmaxAttrs, softmax } from "./softmax.ts";

/** The relative rounding error from double to float32, plus a margin for exp and log. */
const rounding = 2 ** -24 * 1.02;

/** The largest difference from the reference in double, relative to `scale(reference)`. */
function error(
  row: AnyOp,
  kernel: Kernel<SoftmaxAttrs>,
  inputs: readonly NdArray[],
  scale: (value: number) => number,
): number {
  const attrs = { dim: Math.max(0, inputs[0].shape.length - 1) };
  const doubles = inputs.map(({ shape, data }) => ndArray(shape, data, "float64"));
  const [exact] = runReference(row, doubles, attrs);
  const [actual] = runKernel(row, kernel, inputs, attrs);
  return Array.from(actual.data).reduce((worst, value, i) => {
    return Math.max(worst, Math.abs(value - exact.data[i]) / scale(Math.abs(exact.data[i])));
  }, 0);
}

const values = (shape: readonly number[], seed: number, factor = 3) => {
  const next = noise(seed);
  return ndArray(shape, () => factor * next());
};

const shapes = [
  [],
  [1],
  [5],
  ...[1, 2, 3, 5, 17, 33].flatMap((lines) => [1, 2, 3, 4, 5, 8, 10, 17, 31, 100].map((n) => [lines, n])),
  [2, 3, 7],
];

for (const shape of shapes) {
  const x = values(shape, 3);
  const dy = values(shape, 4, 1);
  it(`softmax [${shape}]`, () => expect(error(softmax, softmaxFloats, [x], (y) => y + 1e-30)).toBeLessThan(rounding));

  it(`logSoftmax [${shape}]`, () =>
    expect(error(logSoftmax, logSoftmaxFloats, [x], (y) => y + 1e-9)).toBeLessThan(rounding));

  it(`logSoftmaxBackward [${shape}]`, () => {
    expect(error(logSoftmaxBackward, logSoftmaxBackwardFloats, [dy, x], (d) => d + 1e-2)).toBeLessThan(rounding);
  });
}

describe("far out", () => {
  const dim = 1;

  it("large logits neither overflow nor lose the small ones", () => {
    const x = ndArray([2, 5], [1000, 999, 1e-3, -1000, 998, -5000, -5001, -4999.5, -6000, -5000]);
    const [expected] = runReference(logSoftmax, [x], { dim });
    const [y] = runKernel(logSoftmax, logSoftmaxFloats, [x], { dim });
    for (const [i, value] of y.data.entries()) expect(value).toBeCloseTo(expected.data[i], 3);
    expect(error(softmax, softmaxFloats, [x], (p) => p + 1e-30)).toBeLessThan(2e-7);
  });

  it("the loss of a class that stands out keeps its digits", () => {
    for (const gap of [5, 10, 14]) {
      const x = ndArray([1, 6], [gap, 0, -0.5, -1, -2, 0.25]);
      const [exact] = runReference(logSoftmax, [ndArray([1, 6], x.data, "float64")], { dim });
      const [y] = runKernel(logSoftmax, logSoftmaxFloats, [x], { dim });
      expect(Math.abs(y.data[0] / exact.data[0] - 1)).toBeLessThan(2e-7);
    }
  });

  it("NaN and infinity spoil their own line, as in the reference", () => {
    const x = ndArray([4, 5], (i) => [1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][(i / 5) | 0]);
    for (let i = 0; i < 20; i += 5) if (i !== 15) x.data[i] = 0;
    for (const [row, kernel] of [
      [softmax, softmaxFloats],
      [logSoftmax, logSoftmaxFloats],
    ] as const) {
      const [expected] = runReference(row, [x], { dim });
      const [y] = runKernel(row, kernel, [x], { dim });
      expect(Array.from(y.data, Number.isNaN)).toEqual(Array.from(expected.data, Number.isNaN));
    }
  });
});

it("declines other dimensions, dtypes and empty arrays", () => {
  const declines = (shape: readonly number[], dim: number, dtype: "float32" | "float64" = "float32") =>
    softmaxFloats.declines?.([{ shape, dtype }], [], { dim });
  expect(declines([2, 3], 1)).toBeUndefined();
  expect(declines([2, 3], 0)).toContain("last dimension");
  expect(declines([2, 3], 1, "float64")).toContain("float32");
  expect(declines([0, 3], 1)).toContain("empty");
});
