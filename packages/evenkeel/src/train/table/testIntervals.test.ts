import { describe, expect, it } from "vitest";
import { scoresOf, tableFromRows } from "../../tabular/index.ts";
import { trainTable } from "./trainTable.ts";

const noise = (i: number, k: number) => {
  const many = 43758.5453 * Math.sin(12.9898 * i + 78.233 * k);
  return many - Math.floor(many);
};
const visits = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const x = noise(i, 1);
    return { x, a: noise(i, 4), b: noise(i, 5), person: `p${i % 40}`, y: 3 * x + 0.5 * noise(i, 2) + noise(i % 40, 3) };
  });
const options = { target: "y", epochs: 2, network: { hidden: [4] }, ignore: ["person"] } as const;

describe("intervals of the test scores", () => {
  it("lie around the scores and the differences to baselines, which predict as they are scored", async () => {
    const { intervals, scores, baselines, split, table, model } = await trainTable(tableFromRows(visits(200)), options);
    expect(intervals).toMatchObject({ level: 0.95, draws: 2000, rows: 40, blocks: 40 });
    const truth = model.preprocessing.truth(table, split.test);
    for (const { name, scores: their, predict } of baselines) {
      // After the refit it is the refit that predicts.
      expect(scoresOf("regression", predict(split.test), truth)).toEqual(their.test);
      const { value, low, high } = intervals!.differences[name].mae;
      expect(value).toBe(scores.test!.mae - their.test!.mae);
      expect([low < value, value < high]).toEqual([true, true]);
    }
    const { low, high } = intervals!.scores.mae;
    expect([low < scores.test!.mae, scores.test!.mae < high]).toEqual([true, true]);
  });

  it("count a group, and a row with its copies, once", async () => {
    const grouped = await trainTable(tableFromRows(visits(200)), { ...options, split: { group: "person" } });
    expect(grouped.intervals).toMatchObject({ rows: 40, blocks: 8 });
    const twice = await trainTable(tableFromRows([...visits(100), ...visits(100)]), options);
    expect(twice.intervals).toMatchObject({ rows: 40, blocks: 20 });
  });

  it("are not there without test rows", async () => {
    expect(await trainTable(tableFromRows(visits(60)), { ...options, split: { test: 0 } })).not.toHaveProperty(
      "intervals",
    );
  });
});
