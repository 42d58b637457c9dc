import { describe, expect, it } from "vitest";
import { tensor, zeros } from "../../tensor/index.ts";
import * as metrics from "./metrics.ts";

const output = tensor([2.5, 0, 2, 8]);
const target = tensor([3, -0.5, 2, 7]);

describe("regression metrics", () => {
  it("have the values worked out by hand", () => {
    expect(metrics.meanSquaredError(output, target)).toBe(0.375); // (0.25 + 0.25 + 0 + 1) / 4
    expect(metrics.rootMeanSquaredError(output, target)).toBe(Math.sqrt(0.375));
    expect(metrics.meanAbsoluteError(output, target)).toBe(0.5);
    // The mean is 2.875; squared deviations 0.015625 + 11.390625 + 0.765625 + 17.015625 = 29.1875.
    expect(metrics.r2Score(output, target)).toBeCloseTo(1 - 1.5 / 29.1875, 14);
  });

  it("do not depend on how the rows are cut into batches", () => {
    for (const make of [metrics.mse, metrics.rmse, metrics.mae, metrics.r2]) {
      const [whole, parts] = [make(), make()];
      whole.update(output, target);
      parts.update(output.slice(0, 0, 3), target.slice(0, 0, 3));
      parts.update(output.slice(0, 3), target.slice(0, 3));
      expect(parts.value()).toBeCloseTo(whole.value(), 14);
    }
  });

  it("accumulate in double: a million small errors after a large one all count", () => {
    const mae = metrics.mae();
    mae.update(tensor([2 ** 24]), tensor([0]));
    for (let i = 0; i < 1000; i++) mae.update(zeros([1000]), tensor(new Float32Array(1000).fill(1)));
    expect(mae.value()).toBe((2 ** 24 + 1_000_000) / 1_000_001);
  });

  it("r2 averages over columns, and keeps its digits for targets far from zero", () => {
    const t = tensor(
      [
        [1, 1e6 + 1],
        [2, 1e6 + 2],
        [3, 1e6 + 3],
      ],
      { dtype: "float64" },
    );
    const o = tensor(
      [
        [1, 1e6 + 2],
        [2, 1e6 + 2],
        [4, 1e6 + 2],
      ],
      { dtype: "float64" },
    );
    expect(metrics.r2Score(o, t)).toBeCloseTo((0.5 + 0) / 2, 12);
  });

  it("r2 is not defined where the target never varies, nor is any metric without rows", () => {
    expect(metrics.r2Score(tensor([1, 2]), tensor([3, 3]))).toBeNaN();
    for (const make of [metrics.mse, metrics.rmse, metrics.mae, metrics.r2, metrics.accuracy]) {
      expect(make().value()).toBeNaN();
    }
  });

  it("start over after reset", () => {
    for (const make of [metrics.mse, metrics.rmse, metrics.mae, metrics.r2]) {
      const metric = make();
      metric.update(
        tensor([
          [9, 9],
          [1, 2],
        ]),
        zeros([2, 2]),
      );
      metric.reset();
      expect(metric.value()).toBeNaN();
      metric.update(output, target);
      const fresh = make();
      fresh.update(output, target);
      expect(metric.value()).toBe(fresh.value());
    }
  });

  it("refuse [N, 1] against [N], which would broadcast, and stay as they were", () => {
    const mae = metrics.mae();
    mae.update(output, target);
    expect(() => mae.update(output.unsqueeze(1), target)).toThrow(
      "mae: output has shape [4, 1], target [4]; they must be equal; squeeze(1) or unsqueeze(1) one of them",
    );
    expect(mae.value()).toBe(0.5);
    expect(() => metrics.rootMeanSquaredError(output, tensor([1, 2]))).toThrow(RangeError);
    expect(() => metrics.meanSquaredError(output, [1] as never)).toThrow("expected two tensors");
  });

  it("r2 takes tensors without dimensions for a row each", () => {
    const r2 = metrics.r2();
    for (const [output, target] of [
      [1, 2],
      [4, 4],
      [5, 6],
    ])
      r2.update(tensor(output), tensor(target));
    expect(r2.value()).toBe(metrics.r2Score(tensor([1, 4, 5]), tensor([2, 4, 6])));
  });

  it("r2 refuses another number of columns, and says which way is better", () => {
    const r2 = metrics.r2();
    r2.update(output, target);
    expect(() => r2.update(zeros([2, 3]), zeros([2, 3]))).toThrow("r2: got 3 columns after batches of 1");
    expect(r2.value()).toBeCloseTo(1 - 1.5 / 29.1875, 14);
    expect(r2.higherIsBetter).toBe(true);
    expect(metrics.mae().higherIsBetter).toBeFalsy();
  });
});

describe("accuracy", () => {
  const classes = (...values: number[]) => tensor(values, { dtype: "int32" });

  it("of logits [N, C] against classes [N]: the first of the largest logits counts", () => {
    const logits = tensor([
      [0, 2, 1],
      [5, 5, 0],
      [-1, -2, -3],
      [0, 0, 1],
    ]);
    expect(metrics.accuracyScore(logits, classes(1, 0, 0, 1))).toBe(0.75);
    expect(metrics.accuracyScore(logits, classes(1, 1, 0, 1))).toBe(0.5);
  });

  it("of logits [N, C, L] against classes [N, L], as CrossEntropyLoss takes them", () => {
    const logits = tensor([
      [
        [1, 0],
        [0, 1],
      ],
      [
        [3, 2],
        [4, 1],
      ],
    ]);
    expect(
      metrics.accuracyScore(
        logits,
        tensor(
          [
            [0, 1],
            [1, 1],
          ],
          { dtype: "int32" },
        ),
      ),
    ).toBe(0.75);
  });

  it("of binary logits: above 0 is a 1", () => {
    expect(metrics.accuracyScore(tensor([[2], [-1], [0], [0.1]]), tensor([[1], [0], [1], [0]]))).toBe(0.5);
    expect(metrics.accuracyScore(tensor([2, -1]), tensor([true, false]))).toBe(1);
  });

  it("never counts NaN as right", () => {
    expect(
      metrics.accuracyScore(
        tensor([
          [Number.NaN, 1],
          [Number.NaN, Number.NaN],
        ]),
        classes(0, 1),
      ),
    ).toBe(0);
    expect(metrics.accuracyScore(tensor([Number.NaN, Number.NaN]), tensor([0, 1]))).toBe(0);
  });

  it("refuses what is no pair of logits and classes, and stays as it was", () => {
    const accuracy = metrics.accuracy();
    accuracy.update(tensor([[0, 1]]), classes(1));
    expect(() => accuracy.update(zeros([2, 3]), classes(0, 3))).toThrow(
      "target holds class 3, but the output has classes 0 to 2",
    );
    expect(() => accuracy.update(zeros([2, 3]), zeros([2]))).toThrow("target has dtype float32; classes are int32");
    expect(() => accuracy.update(zeros([2, 1]), classes(0, 1))).toThrow("output has shape [2, 1], target [2]");
    expect(() => accuracy.update(zeros([2]), tensor([1, 2]))).toThrow("targets must be 0 or 1, got 2");
    expect(() => accuracy.update(classes(1, 0), classes(1, 0))).toThrow(
      "pass the logits (float), not predicted classes",
    );
    expect(accuracy.value()).toBe(1);
  });
});
