import { tensor } from "evenkeel";
import { describe, expect, test } from "vitest";
import { loadMpg } from "./mpg.ts";
import { fitStandardizer, splitTable } from "./split.ts";

const table = loadMpg();

describe("a split of the table", () => {
  test("has 314 rows to train on and 78 to test on, no car in both", () => {
    const { train, test, facts } = splitTable(table, 0);
    expect(train.x.shape).toEqual([314, 9]);
    expect(test.x.shape).toEqual([78, 9]);
    expect(train.y.shape).toEqual([314, 1]);
    expect(new Set(facts.testRows).size).toBe(78);
    const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
    expect(sum(train.y.data) + sum(test.y.data)).toBeCloseTo(sum(table.y), 1);
  });

  test("names its test cars and their true values", () => {
    const { test, facts } = splitTable(table, 1);
    expect(facts.names).toEqual(facts.testRows.map((row) => table.names[row]));
    expect(facts.truth).toEqual(facts.testRows.map((row) => table.y[row]));
    expect([...test.x.select(0, 5).data]).toEqual([...table.x.slice(facts.testRows[5] * 9, facts.testRows[5] * 9 + 9)]);
  });

  test("follows from the seed", () => {
    expect(splitTable(table, 3).facts).toEqual(splitTable(table, 3).facts);
    expect(splitTable(table, 3).facts.testRows).not.toEqual(splitTable(table, 4).facts.testRows);
  });

  test("guessing the training mean errs by some 6.5 mpg", () => {
    const { train, test, facts } = splitTable(table, 0);
    const guess = Array.from(train.y.data).reduce((a, b) => a + b, 0) / 314;
    const mae = Array.from(test.y.data).reduce((sum, y) => sum + Math.abs(y - guess), 0) / 78;
    expect(facts.baseline.mae).toBeCloseTo(mae, 4);
    expect(facts.baseline.mae).toBeGreaterThan(5);
    expect(facts.baseline.rmse).toBeGreaterThan(facts.baseline.mae);
  });
});

describe("z-scores", () => {
  test("are fitted on the training rows alone", () => {
    const train = tensor([
      [1, 10, 1],
      [3, 30, 0],
    ]);
    const standardize = fitStandardizer(train, 2);
    const half = 1 / Math.SQRT2;
    expect(standardize(train).toArray()).toEqual([
      [expect.closeTo(-half, 6), expect.closeTo(-half, 6), 1],
      [expect.closeTo(half, 6), expect.closeTo(half, 6), 0],
    ]);
    // Another row is scaled by what was fitted, however far it lies.
    expect(standardize(tensor([[102, 20, 1]])).toArray()).toEqual([[expect.closeTo(100 * half, 4), 0, 1]]);
  });

  test("make training columns mean 0 and deviation 1, test columns only nearly so", () => {
    const { train, test } = splitTable(table, 0);
    const standardize = fitStandardizer(train.x, table.measured);
    const [scaled, tested] = [standardize(train.x), standardize(test.x)];
    for (let column = 0; column < table.measured; column++) {
      expect(scaled.select(1, column).mean().item()).toBeCloseTo(0, 5);
      expect(scaled.select(1, column).std().item()).toBeCloseTo(1, 5);
      expect(Math.abs(tested.select(1, column).mean().item())).toBeGreaterThan(1e-4);
    }
  });

  test("leave one-hot columns alone", () => {
    const { train } = splitTable(table, 0);
    const scaled = fitStandardizer(train.x, table.measured)(train.x);
    expect(scaled.narrow(1, 6, 3).toArray()).toEqual(train.x.narrow(1, 6, 3).toArray());
  });
});
