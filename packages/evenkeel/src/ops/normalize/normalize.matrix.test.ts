import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { AnyOp, DType, NdArray } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import { batchNormMatrix, batchNormReluMatrix } from "./normalize.matrix.ts";
import { batchNorm, batchNormBackward, batchNormEval, batchNormRelu, batchNormReluBackward } from "./normalize.ts";
import { batchNormBackwardMatrix, batchNormReluBackwardMatrix } from "./normalizeBackward.matrix.ts";
import { batchNormEvalMatrix } from "./normalizeEval.matrix.ts";

const eps = 1e-5;
/** The relative rounding error from double to float32, plus a margin for rounding in double. */
const rounding = 2 ** -24 * 1.001;
const rowCounts = [1, 2, 3, 4, 5, 17, 33, 64, 65, 100, 129];
const columnCounts = [1, 2, 3, 4, 5, 8, 17, 25, 50];
const sizes = [
  ...rowCounts.flatMap((n) => columnCounts.map((c) => [n, c] as const)),
  [70, 64],
  [128, 256],
  [67, 131],
] as const;

/** Columns of different means and spreads. */
function batch(n: number, c: number): NdArray {
  const next = noise(n * 31 + c);
  return ndArray([n, c], (i) => next() * (0.5 + (i % c)) + ((i % c) % 3) * 10 - 7);
}

const channels = (c: number, seed: number) => {
  const next = noise(seed);
  return ndArray([c], () => next());
};

/**
 * The largest difference of each output from the reference in double, in units of
 * `unit(output, element)`.
 */
function errors(
  row: AnyOp,
  kernel: Kernel<{ eps: number }>,
  inputs: readonly NdArray[],
  unit: (exact: readonly NdArray[], output: number, element: number) => number,
): number[] {
  const doubles = inputs.map(({ shape, data }) => ndArray(shape, data, "float64"));
  const exact = runReference(row, doubles, { eps });
  const actual = runKernel(row, kernel, inputs, { eps });
  return actual.map(({ data }, i) => {
    let worst = 0;
    for (const [j, value] of data.entries()) {
      const error = Math.abs(value - exact[i].data[j]) / unit(exact, i, j);
      worst = Math.max(worst, error);
    }
    return worst;
  });
}

const forward = { false: [batchNorm, batchNormMatrix], true: [batchNormRelu, batchNormReluMatrix] } as const;

/** y in its own size, the mean in standard deviations, the variance in its own size. */
function forwardErrors(rectify: boolean, inputs: readonly NdArray[]): number[] {
  const [row, kernel] = forward[`${rectify}`];
  return errors(row, kernel, inputs, (exact, output, j) => {
    if (output === 0) return 1e-6 + Math.abs(exact[0].data[j]);
    const variance = exact[2].data[j] + 1e-30;
    return output === 1 ? Math.sqrt(variance) : variance;
  });
}

describe("batch norm kernels agree with the reference in double", () => {
  for (const [n, c] of sizes) {
    for (const rectify of [false, true]) {
      const name = rectify ? "batchNormRelu" : "batchNorm";
      it(`${name} [${n}, ${c}]`, () => {
        const [y, mean, variance] = forwardErrors(rectify, [batch(n, c), channels(c, 5), channels(c, 6)]);
        expect(y).toBeLessThan(rounding);
        expect(mean).toBeLessThan(1e-12);
        expect(variance).toBeLessThan(1e-12);
      });

      it(`${name} backward [${n}, ${c}]`, () => {
        const x = batch(n, c);
        const [output, mean, variance] = runReference(batchNormRelu, [x, channels(c, 5), channels(c, 6)], { eps });
        const dy = ndArray([n, c], noise(9));
        const inputs = [x, channels(c, 5), mean, variance];
        const unit = (exact: readonly NdArray[], output: number, j: number) =>
          Math.abs(exact[output].data[j]) + 1e-7 * (1 + 1 / Math.sqrt(variance.data[j % c] + eps));
        const found = rectify
          ? errors(batchNormReluBackward, batchNormReluBackwardMatrix, [dy, output, ...inputs], unit)
          : errors(batchNormBackward, batchNormBackwardMatrix, [dy, ...inputs], unit);
        for (const error of found) expect(error).toBeLessThan(rounding);
      });
    }

    it(`batchNormEval [${n}, ${c}]`, () => {
      const positive = ndArray(
        [c],
        Array.from(channels(c, 8).data, (v) => v * v + 0.1),
      );
      for (const dtype of ["float32", "float64"] as const) {
        const statistics = [channels(c, 7), positive].map(({ shape, data }) => ndArray(shape, data, dtype));
        const inputs = [batch(n, c), ...statistics, channels(c, 5), channels(c, 6)];
        const unit = (exact: readonly NdArray[], _: number, j: number) => 1e-6 + Math.abs(exact[0].data[j]);
        const [error] = errors(batchNormEval, batchNormEvalMatrix, inputs, unit);
        expect(error).toBeLessThan(rounding);
      }
    });
  }
});

describe("columns with a large mean keep their digits", () => {
  // The errors of torch 1.13, in standard deviations at 32 and at 4096 rows:
  // 4000 +- 800: 1.4e-6 and 1.2e-5; 4000 +- 8: 7e-5 and 8e-4; 1e6 +- 1: 0.24 and 5.
  for (const [mean, std] of [
    [4000, 800],
    [4000, 8],
    [1e6, 1],
  ]) {
    for (const n of [32, 64, 4096]) {
      it(`${mean} +- ${std}, ${n} rows`, () => {
        const next = noise(n);
        const x = ndArray([n, 5], () => mean + std * next());
        const ones = ndArray([5], () => 1);
        const [y, centre, variance] = forwardErrors(false, [x, ones, ndArray([5], () => 0)]);
        expect(y).toBeLessThan(2 * rounding);
        expect(centre).toBeLessThan(1e-8);
        expect(variance).toBeLessThan(1e-8);
      });
    }
  }

  it("a constant column has variance 0, whatever the constant", () => {
    const x = ndArray([48, 4], (i) => [0.1, 123456.789, -1e6 / 3, 3e-20][i % 4]);
    const [y, mean, variance] = runKernel(batchNorm, batchNormMatrix, [x, channels(4, 1), channels(4, 2)], { eps });
    for (const c of [0, 1, 2, 3]) {
      expect(mean.data[c]).toBeCloseTo(x.data[c], 9);
      expect(variance.data[c]).toBeLessThan(1e-20);
      expect(y.data[c]).toBeCloseTo(channels(4, 2).data[c], 6);
    }
  });

  it("a first row far from all others does no harm", () => {
    const next = noise(4);
    const x = ndArray([100, 4], (i) => (i < 4 ? 1e4 : next()));
    const [y, mean, variance] = forwardErrors(false, [x, ndArray([4], () => 1), ndArray([4], () => 0)]);
    expect(y).toBeLessThan(rounding);
    expect(mean).toBeLessThan(1e-12);
    expect(variance).toBeLessThan(1e-12);
  });
});

describe("what is not a number", () => {
  const odd = (n: number, value: number) => ndArray([n, 6], (i) => (i === 8 ? value : (i * 7) % 5));

  for (const n of [5, 100]) {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      it(`${value} among ${n} rows spoils its own column only`, () => {
        const inputs = [odd(n, value), channels(6, 1), channels(6, 2)];
        const expected = runReference(batchNormRelu, inputs, { eps });
        const actual = runKernel(batchNormRelu, batchNormReluMatrix, inputs, { eps });
        for (const [i, { data }] of actual.entries()) {
          expect(Array.from(data, Number.isNaN)).toEqual(Array.from(expected[i].data, Number.isNaN));
        }
        expect(actual[1].data[2]).toBe(expected[1].data[2]);
      });
    }

    it(`where the output is NaN, dy passes the mask (${n} rows)`, () => {
      const [x, weight] = [batch(n, 6), channels(6, 1)];
      const output = ndArray([n, 6], (i) => [Number.NaN, 0, 1, -1][i % 4]);
      const [, mean, variance] = runReference(batchNorm, [x, weight, weight], { eps });
      const inputs = [batch(n, 6), output, x, weight, mean, variance];
      const unit = (exact: readonly NdArray[], output: number, j: number) => 1e-3 + Math.abs(exact[output].data[j]);
      for (const error of errors(batchNormReluBackward, batchNormReluBackwardMatrix, inputs, unit)) {
        expect(error).toBeLessThan(rounding);
      }
    });
  }
});

describe("batch norm declines", () => {
  const declines = (shape: readonly number[], dtype: DType) => {
    const x = { shape, dtype };
    const parameter = { shape: [shape[1]], dtype };
    return batchNormMatrix.declines?.([x, parameter, parameter], [], { eps });
  };

  it("float64, more dimensions and empty batches", () => {
    expect(declines([4, 3], "float32")).toBeUndefined();
    expect(declines([4, 3], "float64")).toContain("float32");
    expect(declines([4, 3, 2], "float32")).toContain("[N, C]");
    expect(declines([0, 3], "float32")).toContain("empty");
    expect(declines([4, 0], "float32")).toContain("empty");
  });
});
