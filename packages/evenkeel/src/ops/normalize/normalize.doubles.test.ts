import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { AnyOp, NdArray } from "../../core/index.ts";
import { doubleKernels } from "./normalize.doubles.ts";
import { batchNorm, batchNormBackward, batchNormEval, batchNormRelu, batchNormReluBackward } from "./normalize.ts";

const attrs = { eps: 1e-5 };
const sizes = [1, 2, 3, 4, 5, 17];
const shapes = sizes.flatMap((n) =>
  sizes.flatMap((c) => [
    [n, c],
    [n, c, 1],
    [n, c, 3],
    [n, c, 2, 2],
  ]),
);

const doubles = (shape: readonly number[], seed: number, scale = 1, offset = 0): NdArray => {
  const next = noise(seed);
  return ndArray(shape, () => scale * next() + offset, "float64");
};

function check(row: AnyOp, inputs: readonly NdArray[]) {
  const actual = runKernel(row, doubleKernels[row.name as keyof typeof doubleKernels], inputs, attrs);
  expect(actual, `${row.name} of [${inputs[0].shape}]`).toEqual(runReference(row, inputs, attrs));
}

describe("batch norm of float64 gives the bits of the reference", () => {
  it.each([batchNorm, batchNormRelu])("$name", (row) => {
    for (const shape of shapes) {
      check(row, [doubles(shape, 1, 3, 100), doubles([shape[1]], 2), doubles([shape[1]], 3)]);
    }
  });

  it("batchNormEval", () => {
    for (const shape of shapes) {
      const channels = [shape[1]];
      const variance = ndArray(channels, (i) => 0.1 + i, "float64");
      check(batchNormEval, [
        doubles(shape, 1),
        doubles(channels, 4),
        variance,
        doubles(channels, 2),
        doubles(channels, 3),
      ]);
    }
  });

  it("both gradients", () => {
    for (const shape of shapes) {
      const [x, weight, bias] = [doubles(shape, 1, 3, 100), doubles([shape[1]], 2), doubles([shape[1]], 3)];
      const [output, mean, variance] = runReference(batchNormRelu, [x, weight, bias], attrs);
      const dy = doubles(shape, 5);
      check(batchNormBackward, [dy, x, weight, mean, variance]);
      check(batchNormReluBackward, [dy, output, x, weight, mean, variance]);
    }
  });

  it("NaN and infinity too", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const x = doubles([4, 3], 1);
      x.data[4] = value;
      check(batchNormRelu, [x, doubles([3], 2), doubles([3], 3)]);
    }
  });

  it("declines what is mixed or empty", () => {
    const spec = (dtype: "float32" | "float64", ...shape: number[]) => ({ shape, dtype });
    const { declines } = doubleKernels.batchNormEval;
    const parameters = [1, 2, 3].map(() => spec("float64", 3));
    expect(declines?.([spec("float64", 2, 3), spec("float32", 3), ...parameters], [], attrs)).toMatch(
      "float32 is mixed",
    );
    expect(declines?.([spec("float64", 0, 3), spec("float64", 3), ...parameters], [], attrs)).toMatch("empty");
  });
});
