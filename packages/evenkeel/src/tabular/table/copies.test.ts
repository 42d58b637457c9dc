import { describe, expect, it } from "vitest";
import { inferSchema } from "../schema/inferSchema.ts";
import { copiesIn } from "./copies.ts";
import { splitRows } from "./split.ts";
import type { Table } from "./table.ts";
import { tableFromColumns } from "./tableFrom.ts";

/** Noise that repeats nowhere, a stream for each seed. */
const noise = (i: number, seed: number) => {
  const value = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
  return value - Math.floor(value);
};
const of = <T>(n: number, value: (i: number) => T) => Array.from({ length: n }, (_, i) => value(i));
const allRows = ({ rows }: Table) => Int32Array.from({ length: rows }, (_, i) => i);

function noiseTable(rows: number, times: number, classes = false): Table {
  const column = (seed: number) => of(rows * times, (i) => noise(i % rows, seed));
  const y = classes ? of(rows * times, (i) => "ab"[(i % rows) % 2]) : column(3);
  return tableFromColumns({ a: column(1), b: column(2), y });
}

function copiesOf(table: Table) {
  return copiesIn(table, inferSchema(table, { target: "y" }), allRows(table));
}

describe("copies", () => {
  it("are counted", () => {
    expect(copiesOf(noiseTable(250, 3))).toMatchObject({ repeated: 500, originals: 250 });
    expect(copiesOf(noiseTable(250, 1))).toBeUndefined();
  });

  it.each([false, true])("are all on one side of every split (classes: %s)", (classes) => {
    const table = noiseTable(250, 3, classes);
    const schema = inferSchema(table, { target: "y" });
    for (const seed of of(5, (i) => i)) {
      const split = splitRows(table, schema, { seed });
      const sides = new Map<number, number>();
      for (const [side, rows] of [split.train, split.validation, split.test].entries()) {
        for (const row of rows) {
          expect(sides.get(row % 250) ?? side).toBe(side);
          sides.set(row % 250, side);
        }
      }
      const sizes = [split.train, split.validation, split.test].map(({ length }) => length);
      expect(sizes.map((size, k) => Math.abs(size - [480, 120, 150][k]) <= 3)).toEqual([true, true, true]);
    }
  });

  it("may have missing values, two zeros and texts", () => {
    const b = ["x", "", null, "y"];
    const columns = {
      a: of(80, (i) => (i % 40 === 0 ? null : i % 40 === 1 ? [0, -0][Math.floor(i / 40)] : noise(i % 40, 1))),
      b: of(80, (i) => b[i % 4]),
      y: of(80, (i) => noise(i % 40, 2)),
    };
    expect(copiesOf(tableFromColumns(columns))).toMatchObject({ repeated: 40, originals: 40 });
  });

  it("are not the equal rows of a table with few possible ones", () => {
    const table = tableFromColumns({
      colour: of(600, (i) => "rgb"[Math.floor(noise(i, 1) * 3)]),
      size: of(600, (i) => Math.floor(noise(i, 2) * 4)),
      y: of(600, (i) => (noise(i, 3) < 0.9 ? "yes" : "no")),
    });
    expect(copiesOf(table)).toBeUndefined();
  });

  it("are not rows of equal features that differ in the target", () => {
    const column = (seed: number) => of(300, (i) => noise(i % 100, seed));
    expect(copiesOf(tableFromColumns({ a: column(1), b: column(2), y: of(300, (i) => noise(i, 3)) }))).toBeUndefined();
    const partly = of(300, (i) => (i % 100 < 60 ? noise(i % 100, 3) : noise(i, 3)));
    expect(copiesOf(tableFromColumns({ a: column(1), b: column(2), y: partly }))).toBeUndefined();
  });

  it("are not the rows of one frequent value", () => {
    const usual = (i: number) => i % 2 === 0;
    const column = (seed: number) => of(400, (i) => (usual(i) ? 0 : noise(i, seed)));
    const [a, b, c, d, e, f, y] = of(7, column);
    expect(copiesOf(tableFromColumns({ a, b, c, d, e, f, y }))).toBeUndefined();
  });

  it("of too few different rows are refused, not put on two sides", () => {
    const table = tableFromColumns({
      a: of(20, (i) => [0.123, 0.456][i % 2]),
      b: of(20, (i) => [0.321, 0.654][i % 2]),
      c: of(20, (i) => [0.5, 0.25][i % 2]),
      d: of(20, (i) => [0.75, 0.15][i % 2]),
      y: of(20, (i) => [1.5, 2.5][i % 2]),
    });
    // Two rows ten times each: they are taken for values, not for copies.
    expect(splitRows(table, inferSchema(table, { target: "y" })).test).toHaveLength(4);
  });
});
