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
});
