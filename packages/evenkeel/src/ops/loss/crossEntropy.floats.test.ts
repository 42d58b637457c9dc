import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import { isFloat, type NdArray } from "../../core/index.ts";
import { crossEntropyBackwardFloats, crossEntropyFloats } from "./crossEntropy.floats.ts";
import { type CrossEntropyAttrs, crossEntropy, crossEntropyBackward } from "./crossEntropy.ts";

/** The relative rounding error from double to float32, plus a margin for exp and log. */
const rounding = 2 ** -24 * 1.02;
/** The precision of exp and log, in double. */
const series = 2 ** -29;

const doubled = (inputs: readonly NdArray[]) =>
  inputs.map((input) => (isFloat(input.dtype) ? ndArray(input.shape, input.data, "float64") : input));

/** The largest difference, relative to the exact value, plus a little. */
const error = (actual: NdArray, exact: NdArray, little: number) =>
  Array.from(actual.data).reduce(
    (worst, value, i) => Math.max(worst, Math.abs(value - exact.data[i]) / (Math.abs(exact.data[i]) + little)),
    0,
  );

interface Problem {
  readonly inputs: readonly NdArray[];
  readonly attrs: CrossEntropyAttrs;
}

/**
 * Forward and backward against the references in double, the latter on the kernel's own statistics.
 */
function compare({ inputs, attrs }: Problem): void {
  const [x, target] = inputs;
  const [y, ...perRow] = runKernel(crossEntropy, crossEntropyFloats, inputs, attrs);
  const [exact, ...exactPerRow] = runReference(crossEntropy, doubled(inputs), attrs);
  expect(error(y, exact, 1e-9)).toBeLessThan(rounding);
  for (const [i, found] of perRow.entries()) expect(error(found, exactPerRow[i], 1e-30)).toBeLessThan(series);

  const next = noise(9);
  const dy = ndArray(y.shape, next);
  const [dx] = runKernel(crossEntropyBackward, crossEntropyBackwardFloats, [dy, x, target, ...perRow], {});
  const [exactDx] = runReference(crossEntropyBackward, doubled([dy, x, target, ...exactPerRow]), {});
  expect(error(dx, exactDx, 1e-3)).toBeLessThan(rounding);
}

const random = (shape: readonly number[], seed: number, factor: number) => {
  const next = noise(seed);
  return ndArray(shape, () => factor * next());
};

function problem(rows: number, classes: number, attrs: CrossEntropyAttrs, weighted: boolean): Problem {
  const next = noise(5);
  const target = ndArray([rows], () => Math.floor(Math.abs(next()) * 1000) % classes, "int32");
  const weight = weighted ? ndArray([classes], (i) => 0.5 + i / classes) : ndArray([], [1]);
  return { inputs: [random([rows, classes], 3, 3), target, weight], attrs };
}

const reductions = ["mean", "sum", "none"] as const;

describe.each(reductions)("%s", (reduction) => {
  for (const rows of [1, 2, 3, 5, 17]) {
    for (const classes of [1, 2, 3, 4, 5, 8, 10, 17, 31, 100]) {
      it(`[${rows}, ${classes}]`, () => {
        compare(problem(rows, classes, { reduction, ignoreIndex: -100 }, false));
        compare(problem(rows, classes, { reduction, ignoreIndex: -100 }, true));
      });
    }
  }

  it.each([-100, 2, 2 ** 31, 0.5])("leaves out rows with the target %s", (ignoreIndex) => {
    const { inputs, attrs } = problem(7, 5, { reduction, ignoreIndex }, true);
    if (Number.isInteger(ignoreIndex) && ignoreIndex < 5) inputs[1].data.set([ignoreIndex], 3);
    // An ignored row may contain any values.
    inputs[0].data.fill(Number.NaN, 15, ignoreIndex < 0 ? 20 : 15);
    compare({ inputs, attrs });
  });
});

describe("far out", () => {
  const attrs = { reduction: "none", ignoreIndex: -100 } as const;
  const int = (...targets: number[]) => ndArray([targets.length], targets, "int32");
  const one = ndArray([], [1]);

  it("large logits neither overflow nor lose the small ones", () => {
    const x = ndArray([2, 5], [1000, 999, 1e-3, -1000, 998, -5000, -5001, -4999.5, -6000, -5000]);
    compare({ inputs: [x, int(1, 2), one], attrs });
    compare({ inputs: [x, int(3, 3), one], attrs });
  });

  it("a class that stands out keeps the digits of its loss and of its gradient", () => {
    for (const gap of [5, 10, 14]) {
      const x = ndArray([1, 6], [gap, 0, -0.5, -1, -2, 0.25]);
      const [exact, ...exactPerRow] = runReference(crossEntropy, doubled([x, int(0), one]), attrs);
      const [y, ...perRow] = runKernel(crossEntropy, crossEntropyFloats, [x, int(0), one], attrs);
      expect(Math.abs(y.data[0] / exact.data[0] - 1)).toBeLessThan(2e-7);
      const [exactDx] = runReference(crossEntropyBackward, doubled([one, x, int(0), ...exactPerRow].slice(0, 6)), {});
      const [dx] = runKernel(crossEntropyBackward, crossEntropyBackwardFloats, [one, x, int(0), ...perRow], {});
      for (const [i, value] of dx.data.entries()) expect(Math.abs(value / exactDx.data[i] - 1)).toBeLessThan(2e-7);
    }
  });

  it("NaN and infinity spoil their own row, as in the reference", () => {
    const x = ndArray([5, 5], (i) => (i % 5 === 0 ? [1, Number.NaN, Infinity, -Infinity, -Infinity][i / 5] : 0));
    x.data.fill(-Infinity, 20);
    const inputs = [x, int(1, 1, 1, 0, 0), one];
    const expected = runReference(crossEntropy, inputs, attrs);
    const found = runKernel(crossEntropy, crossEntropyFloats, inputs, attrs);
    expect(found[0].data.slice(1)).toEqual(expected[0].data.slice(1));
    expect(Array.from(found[0].data, Number.isNaN)).toEqual([false, true, true, false, true]);
    const backward = (perRow: NdArray[]) => [one, x, inputs[1], ...perRow];
    const [expectedDx] = runReference(crossEntropyBackward, backward(expected.slice(1)), {});
    const [dx] = runKernel(crossEntropyBackward, crossEntropyBackwardFloats, backward(found.slice(1)), {});
    expect(Array.from(dx.data, Number.isNaN)).toEqual(Array.from(expectedDx.data, Number.isNaN));
  });
});

it("writes nothing if a target is out of range: the reference is to throw", () => {
  for (const target of [3, -1, 2 ** 30, -(2 ** 31)]) {
    const { inputs, attrs } = problem(4, 3, { reduction: "mean", ignoreIndex: -100 }, true);
    inputs[1].data[2] = target;
    for (const { data } of runKernel(crossEntropy, crossEntropyFloats, inputs, attrs)) {
      expect(Array.from(data)).toEqual(Array.from(data, () => Number.NaN));
    }
    expect(() => runReference(crossEntropy, inputs, attrs)).toThrow(
      `crossEntropy: target ${target} at [2] is out of range for 3 classes`,
    );
  }
});

it("declines other dtypes and empty arrays", () => {
  const declines = (shape: readonly number[], dtype: "float32" | "float64" = "float32") =>
    crossEntropyFloats.declines?.([{ shape, dtype }], [], { reduction: "mean", ignoreIndex: -100 });
  expect(declines([2, 3])).toBeUndefined();
  expect(declines([2, 3], "float64")).toContain("float32");
  expect(declines([0, 3])).toContain("empty");
});
