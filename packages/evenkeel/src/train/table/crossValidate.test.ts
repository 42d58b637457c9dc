import { describe, expect, it } from "vitest";
import { type NumberPredictions, tableFromRows } from "../../tabular/index.ts";
import { type CrossValidateOptions, crossValidate } from "./crossValidate.ts";
import { trainTable } from "./trainTable.ts";

const noise = (i: number, k: number) => {
  const many = 43758.5453 * Math.sin(12.9898 * i + 78.233 * k);
  return many - Math.floor(many);
};
const rows = Array.from({ length: 90 }, (_, i) => {
  const [a, b] = [noise(i, 1), noise(i, 2)];
  return { a, b, person: `p${i % 18}`, y: i % 30 === 7 ? null : 3 * a + b + noise(i, 3), big: a > 0.6 ? "yes" : "no" };
});
const table = tableFromRows(rows);
const options = { folds: 4, epochs: 2, network: { hidden: [4] }, features: ["a", "b"] };
const run = (target: string, more: Partial<CrossValidateOptions> = {}) =>
  crossValidate(table, { target, ...options, ...more });

describe("crossValidate", () => {
  it("predicts every row once, by a training that has not seen it", async () => {
    const done: number[] = [];
    const result = await run("y", { onFold: ({ fold }) => done.push(fold) });
    expect(done).toEqual([1, 2, 3, 4]);
    expect([...result.rows]).toEqual(rows.flatMap(({ y }, i) => (y === null ? [] : [i])));
    const sizes = [0, 1, 2, 3].map((k) => result.foldOf.filter((fold) => fold === k).length);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(87);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    expect([...result.truth]).toEqual(rows.flatMap(({ y }) => (y === null ? [] : [y])));

    // The second fold again, by itself.
    const test = result.rows.filter((_, i) => result.foldOf[i] === 1);
    const { folds: _, ...own } = options;
    const again = await trainTable(table, { target: "y", ...own, split: { test, seed: 0 } });
    expect([...again.split.train, ...again.split.validation].some((row) => test.includes(row))).toBe(false);
    const { values } = result.predictions as NumberPredictions;
    expect(values.filter((_, i) => result.foldOf[i] === 1)).toEqual(again.model.predict(table, test).values);
    expect(result.folds.mae.values[1]).toBe(again.scores.test!.mae);

    // Over all rows the mean error is that of the folds, weighed by their rows.
    const weighed = result.folds.mae.values.map((mae, k) => mae * sizes[k]).reduce((sum, value) => sum + value);
    expect(result.scores.mae).toBeCloseTo(weighed / 87, 12);
    expect(Object.keys(result.baselines)).toEqual(["mean", "median", "ridge", "trees"]);
    expect(result.intervals).toMatchObject({
      rows: 87,
      differences: { ridge: { mae: { value: result.scores.mae - result.baselines.ridge.mae } } },
    });
  });

  it("keeps groups together and shares classes out alike", async () => {
    const grouped = await run("y", { folds: 3, epochs: 1, split: { group: "person" } });
    const foldsOfPerson = new Map<string, Set<number>>();
    for (const [i, row] of grouped.rows.entries()) {
      const { person } = rows[row];
      foldsOfPerson.set(person, (foldsOfPerson.get(person) ?? new Set()).add(grouped.foldOf[i]));
    }
    expect([...foldsOfPerson.values()].every(({ size }) => size === 1)).toBe(true);
    expect(grouped.intervals.blocks).toBe(18);
    const classes = await run("big", { epochs: 1 });
    const yes = [0, 1, 2, 3].map(
      (k) => [...classes.rows].filter((row, i) => classes.foldOf[i] === k && rows[row].big === "yes").length,
    );
    expect(Math.max(...yes) - Math.min(...yes)).toBeLessThanOrEqual(1);
    expect(classes.predictions.probabilities).toHaveLength(180);
  });

  it("scores classes by the thresholds that the trainings chose", async () => {
    // Whoever is missed costs much, so that all are of the second class, likely or not.
    const { scores, folds, predictions } = await run("big", { epochs: 1, threshold: "cost:1,1000" });
    expect(new Set(predictions.classes)).toEqual(new Set(["yes"]));
    expect(scores.accuracy).toBeCloseTo(rows.filter(({ big }) => big === "yes").length / 90, 12);
    expect(folds.accuracy.mean).toBeCloseTo(scores.accuracy, 2);
  });

  it("takes rare classes that are merged, numbers among them, and refuses more folds than groups", async () => {
    const numbers = tableFromRows(rows.map(({ a, person }, i) => ({ a, person, k: i < 3 ? 7 : i < 6 ? 8 : i % 2 })));
    const how = { folds: 3, epochs: 1, network: { hidden: [4] }, task: "multiclass", target: "k" } as const;
    const merged = await crossValidate(numbers, { ...how, features: ["a"], rareClasses: "merge" });
    expect(merged.schema.classes).toEqual(["0", "1", "other"]);
    expect(merged.truth.filter((k) => k === 2)).toHaveLength(6);
    expect(merged.predictions.probabilities).toHaveLength(270);
    await expect(run("y", { folds: 19, split: { group: "person" } })).rejects.toThrow(
      /18 groups do not fill folds: 19; take fewer folds/,
    );
  });

  it("refuses what does not fit, and ends at a signal", async () => {
    await expect(run("y", { folds: 1 })).rejects.toThrow(/folds is 1, expected a whole number from 2 to 100/);
    await expect(run("y", { split: { test: 0.2 } })).rejects.toThrow(/split.test says other rows/);
    await expect(run("y", { split: { time: "a" } })).rejects.toThrow(/split.time/);
    const stop = new AbortController();
    await expect(run("y", { signal: stop.signal, onFold: () => stop.abort() })).rejects.toThrow(/abort/i);
  });
});
