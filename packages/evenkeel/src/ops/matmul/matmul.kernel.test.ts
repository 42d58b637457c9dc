import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { AnyOp, NdArray } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import { linearKernel, matmulKernel } from "./matmul.kernel.ts";
import { linear, matmul } from "./matmul.ts";

/** Rounding of one float32 operation, relative. */
const unit = 2 ** -24;

const transposes = [
  { transposeA: false, transposeB: false },
  { transposeA: true, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: true },
];

const widen = ({ shape, data }: NdArray): NdArray => ({ shape, dtype: "float64", data: Float64Array.from(data) });
const absolute = ({ shape, data }: NdArray): NdArray => ({
  shape,
  dtype: "float64",
  data: Float64Array.from(data, Math.abs),
});

/**
 * Against float64: every element within (k + 3) roundings of the sum of its terms' sizes (N. J.
 * Higham, "Accuracy and Stability of Numerical Algorithms", section 3.1).
 */
function check<A>(row: AnyOp, kernel: Kernel<A>, inputs: readonly NdArray[], attrs: A, k: number, what: string) {
  const [y] = runKernel(row, kernel, inputs, attrs);
  const [exact] = runReference(row, inputs.map(widen), attrs);
  const [sizes] = runReference(row, inputs.map(absolute), attrs);
  expect(y.shape, what).toEqual(exact.shape);
  for (let i = 0; i < exact.data.length; i++) {
    const error = Math.abs(y.data[i] - exact.data[i]);
    if (!(error <= (k + 3) * unit * sizes.data[i])) {
      expect.fail(`${what}: element ${i} is ${y.data[i]}, expected ${exact.data[i]}`);
    }
  }
}

const random = (seed: number, ...shape: number[]) => ndArray(shape, noise(seed));

const doubles = (seed: number, ...shape: number[]) => ndArray(shape, noise(seed), "float64");

function checkMatmul(m: number, n: number, k: number, attrs: (typeof transposes)[number], batch: number[] = []) {
  const a = random(1, ...batch, ...(attrs.transposeA ? [k, m] : [m, k]));
  const b = random(2, ...batch, ...(attrs.transposeB ? [n, k] : [k, n]));
  check(matmul, matmulKernel, [a, b], attrs, k, `[${batch}] ${m} x ${k} x ${n} ${JSON.stringify(attrs)}`);
}

function checkLinear(m: number, n: number, k: number) {
  check(linear, linearKernel, [random(3, m, k), random(4, n, k), random(5, n)], {}, k, `linear ${m} x ${k} x ${n}`);
}

const sizes = [0, 1, 2, 3, 4, 5, 17];

describe("matmul kernel", () => {
  for (const attrs of transposes) {
    const name = JSON.stringify(attrs);
    it(`multiplies small matrices of all sizes: ${name}`, () => {
      for (const m of sizes) for (const n of sizes) for (const k of sizes) checkMatmul(m, n, k, attrs);
    });

    it(`multiplies around the edges of tiles: ${name}`, () => {
      for (const m of [7, 8, 9, 13, 33]) {
        for (const n of [6, 7, 8, 9, 10, 15, 16, 26, 33, 63])
          for (const k of [7, 8, 9, 32]) checkMatmul(m, n, k, attrs);
      }
    });

    it(`multiplies in panels, around the edges of blocks: ${name}`, () => {
      for (const [m, n, k] of [
        [64, 264, 127],
        [65, 263, 128],
        [67, 265, 129],
        [96, 136, 255],
        [95, 137, 256],
        [97, 135, 257],
        [193, 97, 390],
        [101, 1033, 33],
        [17, 16, 2100],
      ]) {
        checkMatmul(m, n, k, attrs);
      }
    });

    it(`multiplies batches: ${name}`, () => {
      for (const batch of [[3], [2, 3], [0], [1, 1]]) {
        checkMatmul(5, 6, 7, attrs, batch);
        checkMatmul(1, 1, 3, attrs, batch);
        checkMatmul(4, 2, 9, attrs, batch);
      }
      checkMatmul(37, 260, 130, attrs, [2]);
    });
  }

  it("multiplies a batch with one matrix", () => {
    check(matmul, matmulKernel, [random(1, 3, 5, 6), random(2, 6, 7)], {}, 6, "[3, 5, 6] x [6, 7]");
    check(
      matmul,
      matmulKernel,
      [random(1, 2, 3, 4, 6), random(2, 5, 6)],
      { transposeB: true },
      6,
      "[2, 3, 4, 6] x [5, 6]^T",
    );
  });

  it("multiplies batches that broadcast", () => {
    const batches: [a: number[], b: number[]][] = [
      [[], [3]],
      [[1], [4]],
      [[3], [1]],
      [[3], [2, 3]],
      [
        [2, 1],
        [1, 3],
      ],
      [
        [2, 1],
        [4, 1, 3],
      ],
      [
        [2, 3, 1],
        [1, 2],
      ],
      [
        [2, 1, 4],
        [3, 1],
      ],
      [
        [3, 1, 1],
        [1, 2, 2],
      ],
      [[0], [1]],
      [[], [2, 0]],
      [[1, 1], [1]],
    ];
    for (const [batchA, batchB] of batches) {
      for (const attrs of transposes) {
        for (const [m, n, k] of [
          [1, 1, 1],
          [5, 6, 7],
          [1, 17, 4],
          [4, 1, 5],
          [3, 5, 0],
        ]) {
          const a = random(1, ...batchA, ...(attrs.transposeA ? [k, m] : [m, k]));
          const b = random(2, ...batchB, ...(attrs.transposeB ? [n, k] : [k, n]));
          const what = `[${batchA}] x [${batchB}], ${m} x ${k} x ${n} ${JSON.stringify(attrs)}`;
          check(matmul, matmulKernel, [a, b], attrs, k, what);
        }
      }
    }
    check(matmul, matmulKernel, [random(1, 37, 130), random(2, 2, 130, 260)], {}, 130, "in panels");
  });

  it("multiplies float64 to the bits of the reference, batches too", () => {
    for (const attrs of transposes) {
      for (const batch of [[], [3], [2, 0]]) {
        for (const m of [0, 1, 2, 3, 5]) {
          for (const n of [0, 1, 2, 3, 8, 9, 17]) {
            for (const k of [0, 1, 4, 17]) {
              const a = doubles(1, ...batch, ...(attrs.transposeA ? [k, m] : [m, k]));
              const b = doubles(2, ...(attrs.transposeB ? [n, k] : [k, n]));
              const what = `[${batch}] ${m} x ${k} x ${n} ${JSON.stringify(attrs)}`;
              expect(runKernel(matmul, matmulKernel, [a, b], attrs), what).toEqual(runReference(matmul, [a, b], attrs));
            }
          }
        }
      }
    }
  });

  it("declines integers", () => {
    const int32 = { shape: [2, 2], dtype: "int32" } as const;
    expect(matmulKernel.declines?.([int32, int32], [], {})).toMatch("int32");
  });

  it("keeps infinities and NaN where they belong", () => {
    for (const [m, n, k] of [
      [5, 9, 9],
      [3, 5, 7],
      [33, 1, 25],
      [30, 260, 130],
    ]) {
      const a = random(1, m, k);
      const b = random(2, k, n);
      a.data[0] = Number.POSITIVE_INFINITY;
      b.data[k * n - 1] = Number.NaN;
      const [y] = runKernel(matmul, matmulKernel, [a, b], {});
      const [expected] = runReference(matmul, [a, b], {});
      y.data.forEach((value, i) => {
        expect(Number.isNaN(value)).toBe(Number.isNaN(expected.data[i]));
        if (!Number.isFinite(expected.data[i])) expect(value).toBe(expected.data[i]);
      });
    }
  });
});

describe("linear kernel", () => {
  it("multiplies small matrices of all sizes", () => {
    for (const m of sizes) for (const n of sizes) for (const k of sizes) checkLinear(m, n, k);
  });

  it("multiplies the tutorial's layers", () => {
    for (const m of [1, 12, 13, 32, 64]) {
      for (const [k, n] of [
        [9, 50],
        [50, 25],
        [25, 1],
      ]) {
        checkLinear(m, n, k);
      }
    }
  });

  it("multiplies float64 to the bits of the reference", () => {
    for (const m of [0, 1, 2, 5]) {
      for (const n of [0, 1, 3, 8, 17]) {
        for (const k of [0, 1, 9]) {
          const inputs = [doubles(3, m, k), doubles(4, n, k), doubles(5, n)];
          expect(runKernel(linear, linearKernel, inputs, {})).toEqual(runReference(linear, inputs, {}));
        }
      }
    }
  });

  it("multiplies in panels", () => {
    checkLinear(130, 255, 785);
    checkLinear(128, 256, 256);
  });
});
