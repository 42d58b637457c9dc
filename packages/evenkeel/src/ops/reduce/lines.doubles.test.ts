import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { AnyOp, NdArray } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import { layerNormDoubles } from "../layerNorm/layerNorm.doubles.ts";
import { layerNorm, layerNormBackward } from "../layerNorm/layerNorm.ts";
import { crossEntropyDoubles } from "../loss/crossEntropy.doubles.ts";
import { crossEntropy, crossEntropyBackward } from "../loss/crossEntropy.ts";
import { softmaxDoubles } from "../softmax/softmax.doubles.ts";
import { logSoftmax, logSoftmaxBackward, softmax } from "../softmax/softmax.ts";

/**
 * Kernels of float64 that go line by line, against the references, which do the same in the same
 * order.
 */

const sizes = [1, 3, 4, 5, 17];

const doubles = (shape: readonly number[], seed: number, scale = 1): NdArray => {
  const next = noise(seed);
  return ndArray(shape, () => scale * next(), "float64");
};

/**
 * Largest difference in 2^-52 of the larger of the value and `size`, which is what it was computed
 * from.
 */
function expectClose<A>(row: AnyOp, kernel: Kernel<A>, inputs: readonly NdArray[], attrs: A, limit: number, size = 0) {
  const expected = runReference(row, inputs, attrs);
  for (const [k, { data }] of runKernel(row, kernel, inputs, attrs).entries()) {
    data.forEach((value, i) => {
      const wanted = expected[k].data[i];
      if (Object.is(value, wanted)) return;
      const error = Math.abs(value - wanted) / (2 ** -52 * Math.max(Math.abs(wanted), size));
      if (!(error <= limit)) expect.fail(`${row.name} output ${k}, ${i}: ${value}, expected ${wanted} (${error})`);
    });
  }
}

describe("layer norm of float64", () => {
  it("gives the bits of the reference, forward and backward", () => {
    for (const n of sizes) {
      for (const shape of sizes.flatMap((m) => [[m], [m, 2]])) {
        const [x, weight, bias] = [doubles([n, ...shape], 1, 30), doubles(shape, 2), doubles(shape, 3)];
        const attrs = { eps: 1e-5 };
        expectClose(layerNorm, layerNormDoubles.layerNorm, [x, weight, bias], attrs, 0);
        const [, mean, variance] = runReference(layerNorm, [x, weight, bias], attrs);
        const inputs = [doubles([n, ...shape], 4), x, weight, mean, variance];
        expectClose(layerNormBackward, layerNormDoubles.layerNormBackward, inputs, attrs, 0);
      }
    }
  });
});

describe("softmax of float64", () => {
  it.each([softmax, logSoftmax])("$name, along any dimension", (row) => {
    const kernel = softmaxDoubles[row.name as "softmax"];
    for (const n of sizes) {
      for (const [shape, dim] of [
        [[n], 0],
        [[3, n], 1],
        [[n, 3], 0],
        [[2, n, 3], 1],
      ] as const) {
        expectClose(row, kernel, [doubles(shape, n, 10)], { dim }, 8, row === logSoftmax ? 1 : 0);
      }
    }
    expectClose(row, kernel, [ndArray([], [3], "float64")], { dim: 0 }, 0);
    const x = ndArray([4, 2], [NaN, 1, Infinity, 1, -Infinity, 1, -Infinity, -Infinity], "float64");
    expectClose(row, kernel, [x], { dim: 1 }, 4);
  });

  it("logSoftmaxBackward", () => {
    for (const n of sizes) {
      for (const dim of [0, 1, 2]) {
        const [dy, x] = [doubles([3, n, 2], 1), doubles([3, n, 2], 2, 10)];
        expectClose(logSoftmaxBackward, softmaxDoubles.logSoftmaxBackward, [dy, x], { dim }, 8 + n, 1);
      }
    }
  });

  it("declines what is mixed or empty", () => {
    const spec = (dtype: "float32" | "float64", ...shape: number[]) => ({ shape, dtype });
    const declines = softmaxDoubles.logSoftmaxBackward.declines;
    expect(declines?.([spec("float64", 2), spec("float32", 2)], [], { dim: 0 })).toMatch("mixed");
    expect(declines?.([spec("float64", 0), spec("float64", 0)], [], { dim: 0 })).toMatch("empty");
  });
});

describe("cross entropy of float64", () => {
  it.each(["mean", "sum", "none"] as const)("and its gradient, reduced by %s", (reduction) => {
    const attrs = { ignoreIndex: -100, reduction };
    for (const n of sizes) {
      for (const c of sizes) {
        const x = doubles([n, c], n + c, 4);
        const target = ndArray([n], (i) => (n > 1 && i % 4 === 1 ? -100 : (i * 7) % c), "int32");
        for (const weight of [ndArray([], [1], "float64"), ndArray([c], (i) => 0.5 + i, "float64")]) {
          expectClose(crossEntropy, crossEntropyDoubles.crossEntropy, [x, target, weight], attrs, 16 + n, 1);
          const [, ...saved] = runReference(crossEntropy, [x, target, weight], attrs);
          const dy = reduction === "none" ? doubles([n], 9) : ndArray([], [0.5], "float64");
          const inputs = [dy, x, target, ...saved];
          expectClose(crossEntropyBackward, crossEntropyDoubles.crossEntropyBackward, inputs, {}, 8, c);
        }
      }
    }
  });
});
