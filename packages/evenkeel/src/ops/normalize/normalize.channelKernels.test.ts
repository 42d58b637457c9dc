import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { AnyOp, DType, NdArray } from "../../core/index.ts";
import { sizeOf } from "../../core/index.ts";
import { channelKernels } from "./normalize.channelKernels.ts";
import { batchNorm, batchNormBackward, batchNormEval, batchNormRelu, batchNormReluBackward } from "./normalize.ts";

const eps = 1e-5;
/** The relative rounding error from double to float32, plus a margin for rounding in double. */
const rounding = 2 ** -24 * 1.001;
const shapes = [1, 2, 5].flatMap((n) =>
  [1, 3, 8].flatMap((c) => [[1], [2], [3], [4], [5], [7], [17], [3, 5], [2, 3, 4]].map((inner) => [n, c, ...inner])),
);
const large = [
  [2, 3, 64, 65],
  [17, 5, 33],
  [4, 2, 128],
];

/** Channels of different means and spreads. */
function batch(shape: readonly number[], seed = 1): NdArray {
  const next = noise(sizeOf(shape) + seed);
  const inner = sizeOf(shape.slice(2));
  const channel = (i: number) => Math.floor(i / inner) % shape[1];
  return ndArray(shape, (i) => next() * (0.5 + channel(i)) + (channel(i) % 3) * 10 - 7);
}

const channels = (c: number, seed: number) => {
  const next = noise(seed);
  return ndArray([c], () => next());
};

type Unit = (exact: readonly NdArray[], output: number, element: number) => number;

/**
 * The largest difference of each output from the reference in double, in units of
 * `unit(output, element)`.
 */
function errors(row: AnyOp, inputs: readonly NdArray[], unit: Unit): number[] {
  const doubles = inputs.map(({ shape, data }) => ndArray(shape, data, "float64"));
  const exact = runReference(row, doubles, { eps });
  const actual = runKernel(row, channelKernels[row.name as keyof typeof channelKernels], inputs, { eps });
  return actual.map(({ data }, i) =>
    Math.max(...Array.from(data, (value, j) => Math.abs(value - exact[i].data[j]) / unit(exact, i, j))),
  );
}

const forwardUnit: Unit = (exact, output, j) => {
  if (output === 0) return 1e-6 + Math.abs(exact[0].data[j]);
  const variance = exact[2].data[j] + 1e-30;
  return output === 1 ? Math.sqrt(variance) : variance;
};

describe.each([...shapes, ...large].map((shape) => [`[${shape}]`, shape] as const))("over %s", (_, shape) => {
  const c = shape[1];
  const x = batch(shape);

  it.each([batchNorm, batchNormRelu])("$name agrees with the reference in double", (row) => {
    const [y, mean, variance] = errors(row, [x, channels(c, 5), channels(c, 6)], forwardUnit);
    expect(y).toBeLessThan(rounding);
    // A channel of one value has variance 0, so that no relative error exists.
    if (x.data.length === c) return;
    expect(mean).toBeLessThan(1e-12);
    expect(variance).toBeLessThan(1e-12);
  });

  it("so do both gradients", () => {
    const [output, mean, variance] = runReference(batchNormRelu, [x, channels(c, 5), channels(c, 6)], { eps });
    const dy = ndArray(shape, noise(9));
    const inputs = [x, channels(c, 5), mean, variance];
    const inner = sizeOf(shape.slice(2));
    const unit: Unit = (exact, i, j) => {
      const channel = i === 0 ? Math.floor(j / inner) % c : j;
      return Math.abs(exact[i].data[j]) + 1e-7 * (1 + 1 / Math.sqrt(variance.data[channel] + eps));
    };
    for (const error of errors(batchNormBackward, [dy, ...inputs], unit)) expect(error).toBeLessThan(rounding);
    for (const error of errors(batchNormReluBackward, [dy, output, ...inputs], unit)) {
      expect(error).toBeLessThan(rounding);
    }
  });

  it.each(["float32", "float64"] as const)("so does batchNormEval with statistics in %s", (dtype) => {
    const statistics = [channels(c, 7).data, channels(c, 8).data.map((v) => v * v + 0.1)];
    const inputs = [x, ...statistics.map((data) => ndArray([c], data, dtype)), channels(c, 5), channels(c, 6)];
    const [error] = errors(batchNormEval, inputs, (exact, _, j) => 1e-6 + Math.abs(exact[0].data[j]));
    expect(error).toBeLessThan(rounding);
  });
});

describe("what is odd", () => {
  it("channels with a large mean keep their digits", () => {
    const next = noise(3);
    const x = ndArray([8, 3, 50], () => 1e6 + next());
    const inputs = [x, ndArray([3], () => 1), ndArray([3], () => 0)];
    const [y, mean, variance] = errors(batchNorm, inputs, forwardUnit);
    expect(y).toBeLessThan(2 * rounding);
    expect(mean).toBeLessThan(1e-8);
    expect(variance).toBeLessThan(1e-8);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("%s spoils its own channel only, first or not", (value) => {
    for (const at of [10, 13]) {
      const x = ndArray([2, 4, 5], (i) => (i === at ? value : (i * 7) % 5));
      const inputs = [x, channels(4, 1), channels(4, 2)];
      const expected = runReference(batchNormRelu, inputs, { eps });
      const actual = runKernel(batchNormRelu, channelKernels.batchNormRelu, inputs, { eps });
      for (const [i, { data }] of actual.entries()) {
        expect(Array.from(data, Number.isNaN)).toEqual(Array.from(expected[i].data, Number.isNaN));
      }
    }
  });

  it("declines float64 and empty batches", () => {
    const declines = (shape: readonly number[], dtype: DType) => {
      const parameter = { shape: [shape[1]], dtype };
      return channelKernels.batchNorm.declines?.([{ shape, dtype }, parameter, parameter], [], { eps });
    };
    expect(declines([4, 3, 2], "float32")).toBeUndefined();
    expect(declines([4, 3, 2], "float64")).toContain("float32");
    expect(declines([4, 3, 0], "float32")).toContain("empty");
  });
});
