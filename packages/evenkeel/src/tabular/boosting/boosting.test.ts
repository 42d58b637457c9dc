import { describe, expect, it } from "vitest";
import { boostTrees } from "./boosting.ts";
import type { TreeFeatures } from "./growth/binning.ts";
import { findThresholds } from "./growth/binning.ts";

/** From 0 to 1, the same for the same i. */
const noise = (i: number) => ((i * 7919 + 13) % 10007) / 10007;
const of = (f: (i: number) => number, n: number) => Float64Array.from({ length: n }, (_, i) => f(i));
const numbers = (...columns: Float64Array[]): TreeFeatures => ({
  rows: columns[0]?.length ?? 0,
  columns,
  categories: columns.map(() => 0),
});
const regression = (truth: Float64Array) => ({ task: "regression", truth }) as const;

describe("boosted trees", () => {
  it("say the same of a row alone and among others, and the same every time", () => {
    const features = numbers(
      of(noise, 400),
      of((i) => (i % 5 ? noise(i * 3) : Number.NaN), 400),
    );
    const target = regression(of((i) => noise(i) * noise(i * 3), 400));
    const [{ trees }, again] = [boostTrees(features, target), boostTrees(features, target)];
    const all = trees.output(features);
    expect(again.trees.output(features)).toEqual(all);
    for (const row of [0, 7, 399]) {
      const alone = numbers(...features.columns.map((column) => column.slice(row, row + 1)));
      expect(trees.output(alone)[0]).toBe(all[row]);
    }
  });

  it.each([
    ["numbers", { task: "regression" }, {}],
    ["numbers, with rows held back", { task: "regression" }, { earlyStopping: true }],
    ["three classes, with rows held back", { task: "multiclass", classes: 3 }, { earlyStopping: true, maxIter: 5 }],
  ] as const)("know what they say of the rows that they were given: %s", (_, task, options) => {
    const n = 3000; // more than are predicted at a time
    const columns = [of(noise, n), of((i) => (i % 5 ? noise(i * 3) : Number.NaN), n), of((i) => (i * 31) % 7, n)];
    const features = { rows: n, columns, categories: [0, 0, 7] };
    const truth = of((i) => Math.floor(3 * noise(i) ** 2), n);
    const { trees, fitted } = boostTrees(features, { ...task, truth }, options);
    expect(fitted).toEqual(trees.output(features));
    for (const row of [0, 1023, 1024, 2999]) {
      const alone = { ...features, rows: 1, columns: columns.map((column) => column.slice(row, row + 1)) };
      const { outputs } = trees.size;
      expect(trees.output(alone)).toEqual(fitted.slice(row * outputs, (row + 1) * outputs));
    }
  });

  it.each([
    ["one row", numbers(of(noise, 1)), of(() => 3, 1), 3],
    ["a constant target", numbers(of(noise, 60)), of(() => -2, 60), -2],
    ["a constant feature", numbers(of(() => 1, 60)), of((i) => i % 2, 60), 0.5],
    ["no value at all", numbers(of(() => Number.NaN, 60)), of((i) => i % 2, 60), 0.5],
    ["no feature", { rows: 60, columns: [], categories: [] }, of((i) => i % 2, 60), 0.5],
  ])("say the mean where there is nothing to ask: %s", (_, features, truth, mean) => {
    const { trees } = boostTrees(features, regression(truth));
    expect(trees.output(features)).toEqual(of(() => mean, features.rows));
    expect(trees.nodes).toBe(100); // leaves alone
  });

  it("learn on which side missing values are, and send them to the larger one where training had none", () => {
    const x = of((i) => (i % 3 === 0 ? Number.NaN : noise(i)), 300);
    const high = boostTrees(numbers(x), regression(x.map((v) => (Number.isNaN(v) || v > 0.5 ? 1 : 0)))).trees;
    const [missing, low] = high.output(numbers(Float64Array.of(Number.NaN, 0.2)));
    expect([missing > 0.99, low < 0.01]).toEqual([true, true]);
    const full = of(noise, 300);
    const mostlyLow = boostTrees(numbers(full), regression(full.map((v) => (v > 0.8 ? 1 : 0))), {
      maxIter: 1,
      maxLeafNodes: 2,
    });
    const [unseen, below] = mostlyLow.trees.output(numbers(Float64Array.of(Number.NaN, 0.1)));
    expect(unseen).toBe(below);
  });

  it("group categories by one question, whatever their order", () => {
    const codes = of((i) => i % 6, 300);
    const features = { rows: 300, columns: [codes], categories: [6] };
    const target = regression(codes.map((code) => (code === 0 || code === 3 || code === 4 ? 1 : 0)));
    const { trees } = boostTrees(features, target, { maxLeafNodes: 2 });
    const raw = trees.output(features);
    expect(Math.max(...raw.map((value, i) => Math.abs(value - target.truth[i])))).toBeLessThan(1e-4);
  });

  it("respect the limits of a tree", () => {
    const features = numbers(of(noise, 500));
    const target = regression(of((i) => Math.sin(20 * noise(i)), 500));
    const nodes = (options: object) => boostTrees(features, target, { maxIter: 1, ...options }).trees.nodes;
    expect([nodes({ maxLeafNodes: 5 }), nodes({ maxDepth: 1 }), nodes({ minSamplesLeaf: 251 })]).toEqual([9, 3, 1]);
  });
});

describe("early stopping", () => {
  const features = numbers(
    of(noise, 2000),
    of((i) => noise(i * 5 + 1), 2000),
  );
  const random = regression(of((i) => noise(i * i * 31 + 17), 2000));

  it("ends once 10 iterations were no better than the one before them, and keeps all of them", () => {
    const learnable = regression(random.truth.map((value, i) => value + features.columns[0][i]));
    const { trees, heldBackLoss } = boostTrees(features, learnable, { earlyStopping: true });
    expect(trees.iterations).toBeGreaterThan(11);
    expect(trees.iterations).toBeLessThan(100);
    expect(heldBackLoss).toHaveLength(trees.iterations + 1);
    const [before, ...last] = heldBackLoss.slice(-11);
    expect(Math.min(...last)).toBeGreaterThanOrEqual(before - 1e-7);
    // And not one iteration too late.
    const [earlier, ...those] = heldBackLoss.slice(-12, -1);
    expect(Math.min(...those)).toBeLessThan(earlier - 1e-7);
  });

  it("is on above 10,000 rows alone, and depends on the seed then", () => {
    const rows = 10_001;
    const many = numbers(of(noise, rows));
    const target = regression(of((i) => noise(i * i * 31 + 17), rows));
    const boosted = (n: number, seed: number) =>
      boostTrees(
        numbers(many.columns[0].subarray(0, n)),
        regression(target.truth.subarray(0, n)),
        { maxIter: 3 },
        seed,
      );
    expect(boosted(10_000, 0).heldBackLoss).toEqual([]);
    expect(boosted(rows, 0).heldBackLoss).toHaveLength(4);
    expect(boosted(rows, 1).heldBackLoss).not.toEqual(boosted(rows, 0).heldBackLoss);
  });

  it("holds back as large a share of each class", () => {
    // One row in 20 is of the second class: of 100 rows held back 5 are, whose log loss at the start is known.
    const truth = of((i) => (i % 20 === 0 ? 1 : 0), 1000);
    const target = { task: "binary", classes: 2, truth } as const;
    for (const seed of [0, 1, 2]) {
      const { heldBackLoss } = boostTrees(numbers(of(noise, 1000)), target, { earlyStopping: true, maxIter: 1 }, seed);
      expect(heldBackLoss[0]).toBeCloseTo(-0.05 * Math.log(0.05) - 0.95 * Math.log(0.95), 12);
    }
  });
});

it("finds no more thresholds than there are middles, and quantiles beyond the bins", () => {
  expect([...findThresholds(Float64Array.of(3, 1, Number.NaN, 1, 2), 255)]).toEqual([1.5, 2.5]);
  // numpy: np.percentile(np.arange(10.0), [25, 50, 75], method="midpoint")
  expect([
    ...findThresholds(
      of((i) => i, 10),
      4,
    ),
  ]).toEqual([2.5, 4.5, 6.5]);
  expect([...findThresholds(Float64Array.of(Number.POSITIVE_INFINITY, 1), 255)]).toEqual([1e300]);
});
