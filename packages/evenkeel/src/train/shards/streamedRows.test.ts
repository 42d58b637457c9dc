import { describe, expect, it } from "vitest";
import { Generator } from "../../random/index.ts";
import { inferSchema, Preprocessing, type Table, tableFromColumns } from "../../tabular/index.ts";
import { RowReader } from "./rowReader.ts";
import type { RowStore } from "./rowStore.ts";
import { StreamedRows } from "./streamedRows.ts";

function memory(): RowStore {
  const parts: Uint8Array[] = [];
  let all: Buffer | undefined;
  return {
    append: (bytes) => parts.push(bytes.slice()),
    read: (into, position) => {
      all ??= Buffer.concat(parts);
      into.set(all.subarray(position, position + into.length));
    },
  };
}

/** Rows from one number on, the number being their target. */
function numbered(from: number, to: number): Table {
  const y = Float64Array.from({ length: to - from }, (_, i) => from + i);
  return tableFromColumns({ x: y.map((value) => value % 5), y });
}

const sample = numbered(0, 100);
const schema = inferSchema(sample, { target: "y" });
const preprocessing = Preprocessing.fit(
  sample,
  schema,
  Int32Array.from(sample.columns[0].name, (_, i) => i),
  {
    target: "none",
  },
);

/** The stream of each rank, whose rows are those between two borders. */
function streams(borders: readonly number[], window: number): StreamedRows[] {
  const rowsOfRanks = borders.slice(1).map((to, rank) => to - borders[rank]);
  return rowsOfRanks.map((_, rank) => {
    const reader = new RowReader({ schema, log: false, isTold: true, store: memory() });
    for (let from = borders[rank]; from < borders[rank + 1]; from += 700) {
      reader.take(numbered(from, Math.min(from + 700, borders[rank + 1])), 0);
    }
    reader.stored.finish();
    return new StreamedRows({ stored: reader.stored, preprocessing, rowsOfRanks, rank, window });
  });
}

const numbersOf = (batch: readonly { readonly data: ArrayLike<number> }[]) => Array.from(batch.at(-1)!.data);

describe("StreamedRows", () => {
  it.each([
    [[0, 5000], 1024],
    [[0, 5000], 100_000],
    [[0, 3000], 1],
    [[0, 1700, 5000], 2048],
    [[0, 1, 2600, 2700], 1024],
    [[0, 0, 3, 2000, 2000], 1024],
  ])("each row comes once in an epoch, in another order each time: %j, window %i", (borders, window) => {
    const total = borders.at(-1)!;
    const loaders = streams(borders, window).map((stream) => stream.batches(64, new Generator(7)));
    const epochs = [1, 2].map(() => {
      const seen: number[] = [];
      const batches = loaders.map((loader) => [...loader].map(numbersOf));
      expect(batches.map(({ length }) => length)).toEqual(loaders.map(({ length }) => length));
      for (let at = 0; at < loaders[0].length; at++) {
        expect(batches.map((own) => own[at].length)).toEqual(loaders[0].sharesOf(at));
        seen.push(...batches.flatMap((own) => own[at]));
      }
      expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i));
      return seen;
    });
    expect(epochs[1]).not.toEqual(epochs[0]);
    const first = () => [...streams(borders, window)[0].batches(64, new Generator(7))].map(numbersOf);
    expect(first()).toEqual(first());
  });

  it("shuffles all rows where the window holds them, and chunks where it does not", () => {
    const far = (window: number) => {
      const [first] = [...streams([0, 20_000], window)[0].batches(1000, new Generator(1))].map(numbersOf);
      return new Set(first.map((row) => Math.floor(row / 1024))).size;
    };
    expect(far(20_480)).toBeGreaterThan(15);
    expect(far(2048)).toBe(2);
  });

  it("makes batches of the size asked for, however few rows a rank has", () => {
    for (const [borders, size] of [
      [[0, 3, 1000], 10],
      [[0, 0, 1000, 1000], 7],
      [[0, 1, 2, 3], 1],
      [[0, 5, 6, 13, 17, 40], 2],
    ] as const) {
      const total = borders.at(-1)!;
      const own = streams(borders, 1024)[0].batches(size, new Generator(0));
      expect(own.length).toBe(Math.ceil(total / size));
      const shares = Array.from({ length: own.length }, (_, batch) => own.sharesOf(batch));
      for (const share of shares) {
        expect(Math.min(...share)).toBeGreaterThanOrEqual(0);
        expect(share.reduce((a, b) => a + b, 0)).toBeOneOf([Math.floor(total / own.length), size]);
      }
      for (const [rank, from] of borders.slice(0, -1).entries()) {
        expect(shares.reduce((sum, share) => sum + share[rank], 0)).toBe(borders[rank + 1] - from);
      }
    }
  });
});
