import { describe, expect, it } from "vitest";
import { Preprocessing, type Table, tableFromColumns, takeRows } from "../../tabular/index.ts";
import { type ShardedRows, type TrainShardsOptions, trainShards } from "../index.ts";
import type { RowStore } from "./rowStore.ts";

/** A store in memory. */
function memory(): RowStore {
  const bytes: number[] = [];
  return {
    append: (more) => {
      for (const byte of more) bytes.push(byte);
    },
    read: (into, position) => into.set(bytes.slice(position, position + into.length)),
  };
}

const towns = ["Aachen", "Bonn", "Cuxhaven", "Dresden"];
const count = 2500;
/** Every kind of column, gaps in most, and a target that follows from them. */
const all: Table = tableFromColumns({
  size: Float64Array.from({ length: count }, (_, i) => (i % 17 === 3 ? Number.NaN : 1e6 + ((i * 7919) % 1000) / 7)),
  town: Array.from({ length: count }, (_, i) => (i === 2402 ? "Eisenach" : i % 13 === 5 ? null : towns[(i * 31) % 4])),
  open: Array.from({ length: count }, (_, i) => (i % 19 === 2 ? null : i % 3 === 0)),
  day: Array.from({ length: count }, (_, i) => new Date(Date.UTC(2019, 0, 1 + (i % 900)))),
  price: Float64Array.from({ length: count }, (_, i) => (((i * 7919) % 1000) / 7) * 2 + ((i * 31) % 4)),
});

const rowsWhere = (is: (row: number) => boolean) => Int32Array.from({ length: count }, (_, i) => i).filter(is);
const [validation, test] = [rowsWhere((row) => row % 10 === 0), rowsWhere((row) => row % 10 === 1)];
const training = rowsWhere((row) => row % 10 > 1);

/** Shards of this table, in blocks of so many rows. */
function shardsOf(table: Table, { sampled = training, block = 100, window = 4096 } = {}): ShardedRows {
  const held = Int32Array.from([...sampled, ...validation, ...test]).sort();
  const place = new Map([...held].map((row, i) => [row, i]));
  const places = (rows: Int32Array) => rows.map((row) => place.get(row)!);
  return {
    table: takeRows(table, held),
    split: { train: places(sampled), validation: places(validation), test: places(test) },
    read: async (_, take) => {
      for (let from = 0, number = 0; from < training.length; from += block, number++) {
        take(takeRows(table, training.slice(from, from + block)), number);
      }
    },
    store: memory,
    window,
  };
}

const options: TrainShardsOptions = {
  target: "price",
  recipe: "simple",
  epochs: 3,
  network: { hidden: [8] },
  preprocessing: { scale: "zscore" },
};

describe("trainShards", () => {
  it("fits the preprocessing by all training rows, though it has a sample of them", async () => {
    const sampled = training.filter((row) => row % 4 === 0 && row !== 2402);
    const { model, schema, plan } = await trainShards(shardsOf(all, { sampled }), options);
    const exact = Preprocessing.fit(all, schema, training, plan.preprocessing).toJSON();
    const fitted = model.preprocessing.toJSON();
    for (const [i, encoding] of fitted.inputs.entries()) {
      const expected = exact.inputs[i];
      if (encoding.kind !== "numeric" && encoding.kind !== "date") expect(encoding).toEqual(expected);
      else {
        const { median: _, center, scale, ...same } = encoding;
        const { median: __, ...of } = expected as typeof encoding;
        expect({ ...same, center, scale }).toEqual({
          ...of,
          center: expect.closeTo(of.center, 5),
          scale: expect.closeTo(of.scale, 9),
        });
        expect(Math.abs(center / of.center - 1)).toBeLessThan(1e-12);
        expect(Math.abs(scale / of.scale - 1)).toBeLessThan(1e-12);
      }
    }
    expect(fitted.inputs.find(({ column }) => column === "town")).toMatchObject({ categories: [...towns, "Eisenach"] });
    const [mean, wanted] = [fitted.target, exact.target].map((one) => (one as { mean: number }).mean);
    expect(Math.abs(mean / wanted - 1)).toBeLessThan(1e-12);
  });

  it("trains: better than the mean, the same bytes from the same seed, and its record counts all rows", async () => {
    const [first, second] = [await trainShards(shardsOf(all), options), await trainShards(shardsOf(all), options)];
    expect(Buffer.from(first.model.save()).equals(second.model.save())).toBe(true);
    const mean = first.baselines.find(({ name }) => name === "mean")!;
    expect(first.scores.test!.mae).toBeLessThan(mean.scores.test!.mae / 2);
    expect(first.model.record).toMatchObject({ rows: 2500, sizes: { train: 2000, validation: 250, test: 250 } });
  });

  const sampled = training.filter((row) => row % 4 === 0);
  const isSeen = new Uint8Array(count);
  for (const row of [...sampled, ...validation, ...test]) isSeen[row] = 1;
  /** Values that are only in rows of which the sample has none. */
  const unseen = (of: (row: number) => number, seen = Number.NaN) =>
    Float64Array.from({ length: count }, (_, row) => (isSeen[row] === 1 ? seen : of(row)));
  const withColumns = (columns: Record<string, Float64Array | string[]>) => {
    const names = Object.keys(columns);
    return {
      rows: count,
      columns: [...all.columns.filter(({ name }) => !names.includes(name)), ...tableFromColumns(columns).columns],
    };
  };
  const once = { ...options, epochs: 1 };

  it("uses a feature that is named, though the sample has no value of it, or one", async () => {
    const one = unseen((row) => row);
    one[sampled[7]] = 50;
    const late = unseen((row) => row, 7);
    const table = withColumns({ none: unseen((row) => row), one, late, never: unseen(() => Number.NaN) });
    const features = ["size", "none", "one", "late", "never"];
    const { model, schema, findings } = await trainShards(shardsOf(table, { sampled }), { ...once, features });
    const { inputs } = model.preprocessing.toJSON();
    const values = [...one].filter((value) => !Number.isNaN(value) && value !== 50);
    const extremes = { least: Math.min(...values), most: Math.max(...values), coding: "scaled" };
    expect(inputs.map(({ column }) => column)).toEqual(["size", "none", "one", "late"]);
    expect(inputs.slice(1)).toEqual([
      expect.objectContaining({ ...extremes, indicator: true }),
      expect.objectContaining({ ...extremes, indicator: true }),
      expect.objectContaining({ most: extremes.most, coding: "scaled", indicator: false }),
    ]);
    expect(schema.columns.find(({ name }) => name === "never")).toMatchObject({
      use: "ignored",
      why: "it has no values",
    });
    const said = findings.filter(({ code }) => code === "all-missing" || code === "constant");
    expect(said.map(({ column }) => column)).toEqual(["never"]);
  });

  it("takes a target whose rare class is not in the sample, and refuses one that is the same in all rows", async () => {
    const rare = unseen((row) => (row % 500 === 3 ? 1 : 0), 0);
    const words = Array.from(rare, (value) => (value === 1 ? "yes" : "no"));
    const trained = await trainShards(shardsOf(withColumns({ price: words }), { sampled }), once);
    expect(trained.schema).toMatchObject({ task: "binary", classes: ["no", "yes"] });
    const numbers = shardsOf(withColumns({ price: rare }), { sampled });
    expect((await trainShards(numbers, { ...once, task: "binary" })).schema.classes).toEqual(["0", "1"]);
    await expect(trainShards(numbers, once)).rejects.toThrow(
      /"price" is 0 or 1 in all rows, and not both in the sample/,
    );
    for (const price of [rare.map(() => 3), words.map(() => "no")]) {
      const same = shardsOf(withColumns({ price }), { sampled });
      await expect(trainShards(same, once)).rejects.toThrow(/"price" has the same value in every training row/);
    }
  });

  it("refuses to train on no rows", async () => {
    const shards = { ...shardsOf(all), read: () => Promise.resolve() };
    await expect(trainShards(shards, once)).rejects.toThrow(
      "trainShards: there are no training rows that have a target",
    );
  });

  it("counts all rows, also those without a target, of which it says how many there are", async () => {
    const price = Float64Array.from({ length: count }, (_, row) => (row % 50 < 3 ? Number.NaN : row % 97));
    let said: number | undefined;
    const onStart = ({ allRows }: { allRows?: number }) => {
      said = allRows;
    };
    const shards = shardsOf(withColumns({ price }), { sampled });
    const { model, findings, streamedRows } = await trainShards(shards, { ...once, onStart });
    // Of 50 rows the first validates, the second tests, and the third is trained on.
    expect(model.record).toMatchObject({ rows: 2500, sizes: { train: 1950, validation: 200, test: 200 } });
    expect([said, streamedRows]).toEqual([2500, 1950]);
    const { message } = findings.find(({ code }) => code === "without-target")!;
    expect(message).toBe('the target "price" has no value in 150 of 2500 rows, which are left out');
  });

  it("finds what is doubtful about the plan, by all rows", async () => {
    const shards = shardsOf(all, { sampled });
    // 2000 training rows, of which one is from Eisenach.
    const normalized = { ...once, network: { hidden: [8], norm: "batch" }, batchSize: 64 } as const;
    const { findings } = await trainShards(shards, normalized);
    const ofPlan = findings.filter(({ code }) => ["few-steps", "rare-category", "batches"].includes(code));
    expect(ofPlan.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^32 steps leave 4% of their initial values/),
      expect.stringMatching(/^the input "town = Eisenach" is 1 in 1 of 2000 training rows, in hardly any batch of 64/),
    ]);
    const large = await trainShards(shards, { ...normalized, batchSize: 4000 });
    expect(large.findings.map(({ message }) => message)).toContain(
      "batchSize: 4000 is more than the 2000 training rows: each epoch is one step; take smaller batches",
    );
  });
});
