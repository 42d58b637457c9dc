import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel } from "../../../../../test/kernelHarness.ts";
import type { AnyOp, NdArray } from "../../core/index.ts";
import { adamStepKernel, amsgradStepKernel, sgdMomentumStepKernel, sgdStepKernel } from "./optimizer.kernel.ts";
import { adamStep, amsgradStep, sgdMomentumStep, sgdStep } from "./optimizer.ts";

const scalars = (...values: number[]) => values.map((value) => ndArray([], [value], "float64"));

/** A possible state before a step: n elements, followed by the scalars. */
function state(
  n: number,
  tensors: number,
  numbers: readonly number[],
  dtype: "float32" | "float64" = "float32",
): NdArray[] {
  const random = noise(n + 1);
  const arrays = Array.from({ length: tensors }, (_, k) =>
    // Second moments are not negative; near 0 they would magnify the rounding of the first.
    ndArray([n], k < 3 ? random : () => 1e-4 + random() ** 2 / 1000, dtype),
  );
  return [...arrays, ...scalars(...numbers)];
}

const copy = (inputs: readonly NdArray[]) => inputs.map((x) => ({ ...x, data: x.data.slice() }));

const rows = [
  { row: sgdStep, kernel: sgdStepKernel, tensors: 2, step: [], numbers: (decay: number) => [0.03, decay] },
  {
    row: sgdMomentumStep,
    kernel: sgdMomentumStepKernel,
    tensors: 3,
    step: [0, 1],
    numbers: (decay: number) => [0.03, 0.9, 0.25, decay],
  },
  {
    row: adamStep,
    kernel: adamStepKernel,
    tensors: 4,
    step: [0, 1, 2, 998, 12345],
    numbers: (decay: number) => [1e-3, 0.9, 0.999, 1e-8, decay],
  },
  {
    row: amsgradStep,
    kernel: amsgradStepKernel,
    tensors: 5,
    step: [0, 41],
    numbers: (decay: number) => [1e-3, 0.9, 0.999, 1e-8, decay],
  },
];
const switches = [{}, { maximize: true }, { nesterov: true }, { decoupled: true }, { decoupled: true, maximize: true }];

/**
 * The largest difference in units of the last place of the larger of the value, `before` and
 * `floor`.
 */
function worst(actual: NdArray, expected: NdArray, before: NdArray, floor = 0): number {
  const place = actual.dtype === "float64" ? 2 ** -52 : 2 ** -23;
  const units = Array.from(actual.data, (value, i) => {
    const size = Math.max(Math.abs(expected.data[i]), Math.abs(before.data[i]), floor);
    return value === expected.data[i] ? 0 : Math.abs(value - expected.data[i]) / (size * place);
  });
  return Math.max(0, ...units);
}

describe.each(rows)("the kernel of $row.name", ({ row, kernel, tensors, step, numbers }) => {
  const counts = step.length === 0 ? [[]] : step.map((n) => [n]);

  it.each([0, 1, 3, 4, 5, 17, 64, 65, 1000])("agrees with the reference over %i elements", (n) => {
    for (const dtype of ["float32", "float64"] as const) {
      for (const attrs of switches) {
        for (const decay of [0, 0.01]) {
          for (const count of counts) {
            const actual = state(n, tensors, [...count, ...numbers(decay)], dtype);
            const [before, expected] = [copy(actual), copy(actual)];
            runKernel(row as AnyOp, kernel, actual, attrs);
            (row as AnyOp).reference(expected, [], attrs);
            for (const [i, array] of actual.entries()) {
              if (i >= tensors) expect(array.data).toEqual(expected[i].data);
              else expect(worst(array, expected[i], before[i], i === 0 ? 0.05 : 0)).toBeLessThanOrEqual(3);
            }
          }
        }
      }
    }
  });

  it("keeps close to a reference in double over 2000 steps", () => {
    const actual = state(8, tensors, [...counts[0], ...numbers(0)]);
    const expected = actual.map((x) => ndArray(x.shape, x.data, "float64"));
    const random = noise(7);
    for (let t = 0; t < 2000; t++) {
      for (let i = 0; i < 8; i++) {
        actual[1].data[i] = random() + i;
        expected[1].data[i] = actual[1].data[i];
      }
      runKernel(row as AnyOp, kernel, actual, {});
      (row as AnyOp).reference(expected, [], {});
    }
    for (let i = 0; i < tensors; i++) {
      expect(worst(actual[i], expected[i], expected[i], 0.1)).toBeLessThanOrEqual(16);
    }
  });

  it("leaves an infinite parameter without decay infinite, and spreads NaN", () => {
    const inputs = state(5, tensors, [...counts[0], ...numbers(0)]);
    inputs[0].data[1] = Number.NEGATIVE_INFINITY;
    inputs[1].data[3] = Number.NaN;
    runKernel(row as AnyOp, kernel, inputs, {});
    expect(inputs[0].data[1]).toBe(Number.NEGATIVE_INFINITY);
    expect(Array.from(inputs[0].data, Number.isNaN)).toEqual([false, false, false, true, false]);
  });
});
