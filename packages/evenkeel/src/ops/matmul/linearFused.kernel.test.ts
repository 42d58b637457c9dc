import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { NdArray } from "../../core/index.ts";
import { hasRelaxedMadd } from "../../wasm/index.ts";
import { relu } from "../elementwise/activation.ts";
import { batchNormEvalKernel } from "../normalize/normalize.kernel.ts";
import { batchNormEval } from "../normalize/normalize.ts";
import { linearBatchNormEvalKernel, linearReluKernel, matmulBatchNormEvalKernel } from "./linearFused.kernel.ts";
import { linearBatchNormEval, linearRelu, matmulBatchNormEval } from "./linearFused.ts";
import { linearKernel, matmulKernel } from "./matmul.kernel.ts";
import { linear, matmul } from "./matmul.ts";

/** The fused kernels against the kernels of the ops alone, one after the other: bit for bit. */

const random = (seed: number, ...shape: number[]) => ndArray(shape, noise(seed));

/** Statistics and parameters for n columns; some columns have a large mean. */
function normOf(n: number, statistic: "float32" | "float64" = "float32"): NdArray[] {
  const [mean, variance, weight, bias] = [11, 12, 13, 14].map((seed) => random(seed, n));
  for (let c = 0; c < n; c++) {
    mean.data[c] = mean.data[c] * 3 + (c % 5 === 2 ? 4000 : 0);
    variance.data[c] = Math.abs(variance.data[c]) + 0.01;
  }
  const like = (x: NdArray): NdArray =>
    statistic === "float32" ? x : { ...x, dtype: "float64", data: Float64Array.from(x.data, (v) => v + 1e-9) };
  return [like(mean), like(variance), weight, bias];
}

const rectified = ([y]: NdArray[]) => runReference(relu, [y], {});
const eps = 1e-5;

interface Size {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

function checkLinear({ m, n, k }: Size, fast = false) {
  const what = `${m} x ${k} x ${n}`;
  const operands = [random(3, m, k), random(4, n, k), random(5, n)];
  const norm = normOf(n);
  const product = runKernel(linear, linearKernel, operands, {}, { fast });
  expect(runKernel(linearRelu, linearReluKernel, operands, {}, { fast }), `relu ${what}`).toEqual(rectified(product));
  const normalized = runKernel(batchNormEval, batchNormEvalKernel, [...product, ...norm], { eps });
  for (const rectify of [false, true]) {
    const attrs = { eps, relu: rectify };
    const fused = runKernel(linearBatchNormEval, linearBatchNormEvalKernel, [...operands, ...norm], attrs, { fast });
    expect(fused, `norm ${rectify} ${what}`).toEqual(rectify ? rectified(normalized) : normalized);
  }
}

function checkMatmul({ m, n, k }: Size, transposeA: boolean, transposeB: boolean) {
  const product = { transposeA, transposeB };
  const a = random(1, ...(transposeA ? [k, m] : [m, k]));
  const b = random(2, ...(transposeB ? [n, k] : [k, n]));
  const norm = normOf(n, "float64");
  const alone = [...runKernel(matmul, matmulKernel, [a, b], product), ...norm];
  const expected = rectified(runKernel(batchNormEval, batchNormEvalKernel, alone, { eps }));
  const attrs = { ...product, eps, relu: true };
  const fused = runKernel(matmulBatchNormEval, matmulBatchNormEvalKernel, [a, b, ...norm], attrs);
  expect(fused, `${m} x ${k} x ${n} ${JSON.stringify(product)}`).toEqual(expected);
}

const small = [1, 2, 3, 4, 5, 17];
const panels = [
  [64, 264, 127],
  [67, 265, 129],
  [95, 137, 256],
  [97, 135, 257],
  [193, 97, 390],
  [17, 1033, 33],
];

describe("a product with an epilogue has the bits of the ops one after the other", () => {
  it("small sizes", () => {
    for (const m of small) for (const n of small) for (const k of [0, ...small]) checkLinear({ m, n, k });
  });

  it("around the edges of tiles", () => {
    for (const m of [7, 8, 13, 33]) {
      for (const n of [6, 7, 8, 9, 10, 15, 16, 26, 33, 50, 63, 70]) {
        for (const k of [7, 9, 32, 64, 129, 300]) checkLinear({ m, n, k });
      }
    }
  });

  it("in panels, around the edges of blocks", () => {
    for (const [m, n, k] of panels) checkLinear({ m, n, k });
  });

  it.runIf(hasRelaxedMadd())("with relaxed_madd", () => {
    for (const [m, n, k] of [[13, 26, 9], [3, 2, 50], ...panels.slice(0, 2)]) checkLinear({ m, n, k }, true);
  });

  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      it(`without a bias: ${JSON.stringify({ transposeA, transposeB })}`, () => {
        for (const m of [1, 3, 4, 9, 33]) {
          for (const n of [1, 2, 3, 4, 9, 26])
            for (const k of [1, 5, 9, 40]) checkMatmul({ m, n, k }, transposeA, transposeB);
        }
        for (const [m, n, k] of panels) checkMatmul({ m, n, k }, transposeA, transposeB);
      });
    }
  }

  it("passes NaN and infinities on, and has no negative zeros behind a ReLU", () => {
    for (const [m, n, k] of [
      [5, 9, 9],
      [33, 1, 25],
      [70, 260, 130],
    ]) {
      const operands = [random(3, m, k), random(4, n, k), random(5, n)];
      operands[0].data[0] = Number.NaN;
      operands[0].data[(m - 1) * k] = Number.POSITIVE_INFINITY;
      const norm = normOf(n);
      // A column that is -0 everywhere but for NaN and infinities.
      norm[2].data[n - 1] = 0;
      norm[3].data[n - 1] = -0;
      const product = runKernel(linear, linearKernel, operands, {});
      const normalized = runKernel(batchNormEval, batchNormEvalKernel, [...product, ...norm], { eps });
      const attrs = { eps, relu: true };
      const fused = runKernel(linearBatchNormEval, linearBatchNormEvalKernel, [...operands, ...norm], attrs);
      expect(fused).toEqual(rectified(normalized));
      expect(fused[0].data.some(Number.isNaN)).toBe(true);
      expect(fused[0].data.some((value) => Object.is(value, -0))).toBe(false);
    }
  });

  it("declines float64, integers and empty batches", () => {
    const of = (dtype: "float32" | "float64", ...shape: number[]) => ({ shape, dtype });
    const norm = [of("float32", 4), of("float32", 4), of("float32", 4), of("float32", 4)];
    const declines = (dtype: "float32" | "float64", rows: number) =>
      linearBatchNormEvalKernel.declines?.(
        [of(dtype, rows, 3), of(dtype, 4, 3), of(dtype, 4), ...norm],
        [of(dtype, rows, 4)],
        { eps, relu: false },
      );
    expect(declines("float64", 2)).toMatch("float32 only");
    expect(declines("float32", 0)).toMatch("empty");
    expect(declines("float32", 2)).toBeUndefined();
  });
});
