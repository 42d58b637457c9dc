import { describe, expect, it } from "vitest";
import type { AnyOp, NdArray } from "../../core/index.ts";
import { adamStep, amsgradStep, sgdMomentumStep, sgdStep } from "./optimizer.ts";

const scalar = (value: number): NdArray => ({ shape: [], dtype: "float64", data: Float64Array.of(value) });
const vector = (...values: number[]): NdArray => ({
  shape: [values.length],
  dtype: "float64",
  data: Float64Array.from(values),
});

/** Runs a row as eager execution does, and returns the indices of the inputs that changed. */
function run(row: AnyOp, inputs: readonly NdArray[], attrs: object = {}): number[] {
  const before = inputs.map(({ data }) => Array.from(data).join());
  row.reference(inputs, row.shape(inputs, attrs) as readonly NdArray[], attrs);
  return inputs.flatMap(({ data }, i) => (Array.from(data).join() === before[i] ? [] : [i]));
}

describe("optimizer rows", () => {
  it("write what they declare and nothing else", () => {
    const state = () => [vector(1, 2), vector(3, -4), vector(0, 0)];
    const scalars = [0.5, 0.9, 0.95, 0.1, 0.2].map(scalar);
    for (const [row, inputs] of [
      [sgdStep, [...state().slice(0, 2), ...scalars.slice(0, 2)]],
      [sgdMomentumStep, [...state(), scalar(0), ...scalars.slice(0, 4)]],
      [adamStep, [...state(), vector(0, 0), scalar(0), ...scalars]],
      [amsgradStep, [...state(), vector(0, 0), vector(0, 0), scalar(0), ...scalars]],
    ] as const) {
      expect(row.inputs.length).toBe(inputs.length);
      expect(run(row, inputs)).toEqual(row.writes);
    }
  });

  it("momentum takes the first gradient whole, whatever the dampening", () => {
    const [param, buffer, step] = [vector(0), vector(0), scalar(0)];
    const scalars = [1, 0.5, 0.75, 0].map(scalar); // lr, momentum, dampening, weightDecay
    const path = [4, 4].map((g) => {
      run(sgdMomentumStep, [param, vector(g), buffer, step, ...scalars]);
      return buffer.data[0];
    });
    expect(path).toEqual([4, 0.5 * 4 + 0.25 * 4]);
    expect([param.data[0], step.data[0]]).toEqual([-7, 2]);
  });

  it("Adam advances the count, on which its corrections depend", () => {
    const [param, mean, square, step] = [vector(1), vector(0), vector(0), scalar(0)];
    const scalars = [0.1, 0.9, 0.999, 0, 0].map(scalar);
    // With a constant gradient both corrections are exact: each step is lr.
    for (let t = 1; t <= 1000; t++) {
      run(adamStep, [param, vector(3), mean, square, step, ...scalars]);
      expect(step.data[0]).toBe(t);
      expect(param.data[0]).toBeCloseTo(1 - 0.1 * t, 10);
    }
  });

  it("amsgrad never forgets the largest second moment", () => {
    const [param, mean, square, largest, step] = [vector(0), vector(0), vector(0), vector(0), scalar(0)];
    const scalars = [0.1, 0.9, 0.5, 0, 0].map(scalar);
    for (const g of [4, 0, 0]) run(amsgradStep, [param, vector(g), mean, square, largest, step, ...scalars]);
    expect([square.data[0], largest.data[0]]).toEqual([2, 8]);
  });

  it("an infinite parameter without decay stays infinite", () => {
    const param = vector(Number.POSITIVE_INFINITY, 1);
    run(sgdStep, [param, vector(1, 1), scalar(0.5), scalar(0)]);
    expect(Array.from(param.data)).toEqual([Number.POSITIVE_INFINITY, 0.5]);
  });

  const single: NdArray = { shape: [], dtype: "float32", data: Float32Array.of(1) };
  const pair: NdArray = { shape: [2], dtype: "float32", data: Float32Array.of(1, 1) };
  const whole: NdArray = { shape: [2], dtype: "int32", data: Int32Array.of(1, 1) };
  it.each<[string, NdArray[], RegExp, ErrorConstructor]>([
    [
      "another shape",
      [vector(1, 2), vector(1), scalar(1)],
      /sgdStep: grad has shape \[1\], expected \[2\]/,
      RangeError,
    ],
    ["another dtype", [vector(1, 2), pair, scalar(1)], /grad is float32 but param is float64/, TypeError],
    ["integers", [whole, whole, scalar(1)], /param has dtype int32, expected float32 or float64/, TypeError],
    ["a rate per element", [vector(1, 2), vector(1, 1), vector(1, 1)], /lr has shape \[2\], expected \[\]/, RangeError],
    ["a rate of few digits", [vector(1, 2), vector(1, 1), single], /lr has dtype float32, .* hostScalar/, TypeError],
  ])("refuse %s", (_, inputs, message, kind) => {
    const attempt = () => sgdStep.shape([...inputs, scalar(0)], {});
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(kind);
  });
});
