import { describe, expect, it } from "vitest";
import { inferSchema, Preprocessing, type Split, type Table, tableFromColumns } from "../../tabular/index.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { planTable } from "./plan.ts";
import { copiesAcross, planFindings } from "./planFindings.ts";
import { trainTable } from "./trainTable.ts";

const of = <T>(n: number, value: (i: number) => T) => Array.from({ length: n }, (_, i) => value(i));
const from = (n: number, start: number) => Int32Array.from({ length: n }, (_, i) => start + i);
const noise = (i: number, seed = 0) => {
  const value = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
  return value - Math.floor(value);
};

function found(rows: number, options: Partial<TrainTableOptions>, more: Record<string, readonly unknown[]> = {}) {
  const table: Table = tableFromColumns({ x: of(rows + 20, noise), y: of(rows + 20, (i) => noise(i, 1)), ...more });
  const split: Split = { train: from(rows, 0), validation: from(10, rows), test: from(10, rows + 10) };
  const schema = inferSchema(table, { target: "y" });
  const plan = planTable(split, schema.task, { recipe: "simple", ...options });
  return planFindings(table, plan, split, Preprocessing.fit(table, schema, split.train)).map(
    ({ severity, code, message }) => `${severity} ${code}: ${message}`,
  );
}

describe("batch normalization and the plan", () => {
  it("finds nothing by default, or without batch normalization", () => {
    expect(found(400, {})).toEqual([]);
    expect(found(400, { batchSize: 57, epochs: 1, network: { norm: "layer" } })).toEqual([]);
  });

  it.each<[number, RegExp]>([
    [
      133,
      /^note batches: 400 training rows in batches of 133 leave a last batch of 1, which is joined to the batch before it; batchSize: 100 makes/,
    ],
    [
      130,
      /^note batches: 400 training rows in batches of 130 leave a last batch of 10: its statistics are noisy; batchSize: 100 makes/,
    ],
    [
      512,
      /^note batches: batchSize: 512 is more than the 400 training rows: each epoch is one step; take smaller batches/,
    ],
  ])("says how batches of %d fill", (batchSize, message) => {
    expect(found(400, { batchSize })).toEqual([expect.stringMatching(message)]);
  });

  it("advises no batch size that leaves as few rows", () => {
    // 30 batches of 31 and 29 of 32 leave fewer than a quarter; batches of 33 leave 11.
    const [message] = found(935, { batchSize: 32 });
    expect(message).toMatch(/in batches of 32 leave a last batch of 7: .* noisy; batchSize: 33 leaves one of 11$/);
  });

  it("says nothing of batches that are nearly equal", () => {
    expect(found(400, { batchSize: 150 })).toEqual([]);
    expect(found(400, { batchSize: 100 })).toEqual([]);
  });

  it("says how much of their initial values running statistics keep", () => {
    const note =
      /^note few-steps: 26 steps leave 7% of their initial values .*\(momentum 0\.1\); recomputed ones are tried/;
    expect(found(400, { epochs: 2 })).toEqual([expect.stringMatching(note)]);
    expect(found(400, { epochs: 2, statistics: "asTrained" })).toEqual([
      expect.stringMatching(/^warning few-steps: .*; train longer, or say statistics: "recomputed"/),
    ]);
    expect(found(400, { epochs: 4 })).toEqual([]);
  });

  it("names a column that does not vary in training", () => {
    const year = of(420, (i) => (i < 400 ? (i % 9 === 0 ? null : 2020) : 2021));
    const town = of(420, (i) => (i < 400 ? "Bern" : "Rome"));
    expect(found(400, { network: { norm: "none" } }, { year, town })).toEqual([
      expect.stringMatching(
        /^warning constant: column "year" has the same value in all 400 training rows that have one/,
      ),
      expect.stringMatching(/^warning constant: column "town"/),
    ]);
  });

  it("leaves what is constant in the whole table to the check of the table", () => {
    const same = of(420, () => 5);
    expect(found(400, { network: { norm: "none" } }, { same })).toEqual([]);
  });

  it("names categories that hardly any batch has, with what they become", () => {
    const town = of(420, (i) => (i % 100 === 3 ? "Rome" : i === 9 ? "Oslo" : ["Bern", "Bonn"][i % 2]));
    const [message, ...others] = found(400, { batchSize: 32 }, { town });
    expect(others).toEqual([]);
    // sqrt(31) in a batch that has it once, sqrt(399) in evaluation.
    expect(message).toMatch(
      /^note rare-category: the input "town = Oslo" is 1 in 1 of 400 training rows, in hardly any batch of 32 \(2 inputs are as rare\): .* 5\.6 standard deviations in training and 20 in evaluation/,
    );
  });
});

describe("copies across parts that were given", () => {
  const column = (seed: number) => of(60, (i) => noise(i % 40, seed));
  const table = tableFromColumns({ a: column(1), b: column(2), y: column(3) });
  const schema = inferSchema(table, { target: "y" });

  it("are counted", () => {
    const split = { train: from(40, 0), validation: new Int32Array(0), test: from(20, 40) };
    expect(copiesAcross(table, schema, split).map(({ message, row }) => `${row} ${message}`)).toEqual([
      expect.stringMatching(/^40 20 of 20 validation and test rows are copies of training rows, first row 40/),
    ]);
  });

  it("are none within a part", () => {
    const train = Int32Array.from([...from(30, 0), ...from(20, 40)]);
    expect(copiesAcross(table, schema, { train, validation: new Int32Array(0), test: from(10, 30) })).toEqual([]);
  });
});

describe("trainTable", () => {
  const rows = 200;
  const person = of(rows, (i) => `P${i % 40}`);
  const table = tableFromColumns({
    person,
    a: of(rows, (i) => noise(i % 40, 1) + 0.01 * noise(i, 7)),
    y: of(rows, (i) => noise(i % 40, 2)),
  });
  const quick = { recipe: "simple", target: "y", epochs: 1, network: { hidden: [4] }, compile: false } as const;

  it("splits by a group, which is then no feature unless it is asked for", async () => {
    const { split, schema, model } = await trainTable(table, { ...quick, split: { group: "person" } });
    const sides = [split.train, split.validation, split.test].map((part) => new Set([...part].map((i) => person[i])));
    expect(sides.reduce((sum, { size }) => sum + size, 0)).toBe(40);
    expect(schema.columns[0]).toMatchObject({ use: "ignored", why: "the rows are split by it" });
    expect(model.record.split).toEqual({ validation: 0.16, test: 0.2, group: "person" });
    const asked = await trainTable(table, { ...quick, features: ["person", "a"], split: { group: "person" } });
    expect(asked.schema.columns[0].use).toBe("feature");
    await expect(trainTable(table, { ...quick, split: { group: "y" } })).rejects.toThrow(/group: "y" is the target/);
  });

  it("takes rows of one's own, and says which are copies", async () => {
    const doubled = tableFromColumns({
      a: of(120, (i) => noise(i % 100, 1)),
      b: of(120, (i) => noise(i % 100, 2)),
      y: of(120, (i) => noise(i % 100, 3)),
    });
    const { split, findings, model } = await trainTable(doubled, { ...quick, split: { test: from(20, 100) } });
    expect([...split.test]).toEqual([...from(20, 100)]);
    expect(model.record.split).toBeUndefined();
    expect(
      findings.filter(({ code, message }) => code === "copies" && /copies of training rows/.test(message)),
    ).toHaveLength(1);
  });

  it("says which classes no training row has", async () => {
    const y = of(rows, (i) => (i > 170 ? "late" : "ab"[i % 2]));
    const timed = tableFromColumns({ t: of(rows, (i) => i), a: of(rows, noise), y });
    const { findings } = await trainTable(timed, { ...quick, split: { time: "t" } });
    expect(findings.map(({ message }) => message)).toContain(
      'no training row has the class "late": the network cannot predict it; split the rows in another way, or leave such rows out',
    );
  });

  it("drops a class of one row, and records it", async () => {
    const classes = of(rows, (i) => (i === 5 ? "B" : "AC"[i % 2]));
    const withClasses = tableFromColumns({ a: of(rows, noise), y: classes });
    const { schema, findings, split, model, table: used } = await trainTable(withClasses, quick);
    expect(schema.classes).toEqual(["A", "C"]);
    expect(findings.map(({ code }) => code)).not.toContain("without-target");
    expect([...split.train, ...split.validation, ...split.test]).toHaveLength(rows - 1);
    expect(model.record.rareClasses).toEqual({ dropped: ["B"], merged: [] });
    expect(used.columns[1]).not.toBe(withClasses.columns[1]);
    const kept = await trainTable(withClasses, { ...quick, rareClasses: "keep" });
    expect(kept.schema.classes).toEqual(["A", "B", "C"]);
  });
});
