import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { NdArray } from "../../core/index.ts";
import { ensembleMatmulKernel, ensembleMatmulWeightKernel } from "./ensembleMatmul.kernel.ts";
import { ensembleMatmul, ensembleMatmulWeight } from "./ensembleMatmul.ts";
import { ensembleMeanKernel } from "./ensembleMean.kernel.ts";
import { ensembleMean } from "./ensembleMean.ts";

const random = (shape: readonly number[], seed: number, dtype: "float32" | "float64" = "float32", scale = 1) => {
  const next = noise(seed);
  return ndArray(shape, () => next() * scale, dtype);
};
const doubled = ({ shape, data }: NdArray) => ndArray(shape, data, "float64");

/** Sums of float32 in any order, against those in double. */
function expectSums(actual: NdArray, exact: NdArray, terms: number): void {
  expect(actual.shape).toEqual(exact.shape);
  for (const [i, value] of exact.data.entries()) {
    expect(Math.abs(actual.data[i] - value)).toBeLessThan(2 ** -24 * terms * 4 + 2 ** -24 * Math.abs(value));
  }
}

const sizes = [
  [1, 1, 1, 1],
  [2, 3, 4, 1],
  [5, 2, 3, 2],
  [9, 4, 17, 3],
  [4, 8, 128, 1],
  [33, 3, 5, 26],
  [20, 2, 40, 65],
  [70, 2, 300, 140],
] as const;

describe("products of members", () => {
  it.each(sizes)("%i rows of %i, %i to %i", (rows, k, inputs, outputs) => {
    const x = random([rows, k, inputs], 1);
    for (const transposeB of [false, true]) {
      const weight = random(transposeB ? [k, outputs, inputs] : [k, inputs, outputs], 2);
      const [y] = runKernel(ensembleMatmul, ensembleMatmulKernel, [x, weight], { transposeB });
      const wide = [x, weight].map(doubled);
      const [exact] = runReference(ensembleMatmul, wide, { transposeB });
      expectSums(y, exact, inputs);
      expect(runKernel(ensembleMatmul, ensembleMatmulKernel, wide, { transposeB })[0].data).toEqual(exact.data);
    }
    const given = [x, random([rows, k, outputs], 3)];
    const wide = given.map(doubled);
    const [exact] = runReference(ensembleMatmulWeight, wide, {});
    expectSums(runKernel(ensembleMatmulWeight, ensembleMatmulWeightKernel, given, {})[0], exact, rows);
    expect(runKernel(ensembleMatmulWeight, ensembleMatmulWeightKernel, wide, {})[0].data).toEqual(exact.data);
  });

  it("a NaN stays with its member and row", () => {
    const [x, weight] = [random([3, 2, 6], 1), random([2, 6, 5], 2)];
    x.data[(1 * 2 + 1) * 6 + 4] = Number.NaN;
    const [y] = runKernel(ensembleMatmul, ensembleMatmulKernel, [x, weight], {});
    const nan = Array.from(y.data, (value, i) => (Number.isNaN(value) ? Math.floor(i / 5) : -1)).filter((i) => i >= 0);
    expect(nan).toEqual([3, 3, 3, 3, 3]);
  });

  it("declines empty arrays", () => {
    const spec = (...shape: number[]) => ({ shape, dtype: "float32" }) as const;
    expect(ensembleMatmulKernel.declines?.([spec(0, 2, 3), spec(2, 3, 1)], [], {})).toContain("empty");
    expect(ensembleMatmulWeightKernel.declines?.([spec(0, 2, 3), spec(0, 2, 1)], [], {})).toContain("empty");
  });
});

describe("the mean of members", () => {
  const means = ["values", "sigmoid", "softmax"] as const;
  const shapes = [[1, 1, 1], [3, 2, 1], [2, 5, 3], [7, 8, 26], [1, 64, 2]]; // biome-ignore format: a list
  it.each(means.flatMap((of) => shapes.map((shape) => [of, shape] as const)))("%s of %j", (of, shape) => {
    for (const scale of [1, 30]) {
      const x = random(shape, 4, "float32", scale);
      const [exact] = runReference(ensembleMean, [doubled(x)], { of });
      const [y] = runKernel(ensembleMean, ensembleMeanKernel, [x], { of });
      for (const [i, value] of exact.data.entries()) expect(y.data[i]).toBeCloseTo(value, 5 - Math.log10(scale));
      const [wide] = runKernel(ensembleMean, ensembleMeanKernel, [doubled(x)], { of });
      for (const [i, value] of exact.data.entries()) expect(Math.abs(wide.data[i] - value)).toBeLessThan(1e-13 * scale);
    }
  });

  it("is of probabilities, however far the logits lie", () => {
    const meanOf = (of: (typeof means)[number], logits: number[][]) =>
      [
        runKernel,
        (row: typeof ensembleMean, _: unknown, ...rest: [NdArray[], object]) => runReference(row, ...rest),
      ].map((run) => {
        const x = ndArray([1, logits.length, logits[0].length], logits.flat());
        return Array.from(run(ensembleMean, ensembleMeanKernel, [x], { of } as never)[0].data);
      });
    for (const [both] of meanOf("sigmoid", [[800], [800]])) expect(both).toBe(800);
    for (const [both] of meanOf("sigmoid", [[-3e38], [-3e38]])) expect(both).toBeCloseTo(-3e38, -33);
    // Half of them are certain: an even chance, whatever the logits add up to.
    for (const [half] of meanOf("sigmoid", [[-5000], [100]])) expect(half).toBeCloseTo(0, 6);
    for (const [first, second] of meanOf("softmax", [
      [1000, 0],
      [0, 10],
    ])) {
      expect(first).toBeCloseTo(Math.log(0.5), 4);
      expect(second).toBeCloseTo(Math.log(0.5), 4);
    }
    for (const [gone] of meanOf("softmax", [
      [-900, 0],
      [-901, 0],
    ])) {
      expect(gone).toBeCloseTo(-900 + Math.log1p(Math.exp(-1)) - Math.log(2), 3);
    }
    for (const of of means) for (const [value] of meanOf(of, [[1], [Number.NaN]])) expect(value).toBeNaN();
  });
});
