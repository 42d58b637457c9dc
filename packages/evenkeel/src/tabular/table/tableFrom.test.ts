import { describe, expect, it } from "vitest";
import { columnOf, takeRows } from "../schema/columns.ts";
import { tableFromColumns, tableFromRows } from "./tableFrom.ts";

const nan = Number.NaN;

describe("tableFromRows", () => {
  it("finds what each column holds, over rows that lack some", () => {
    const table = tableFromRows([
      { n: 1, b: true, t: "x", d: new Date(1582934400000), m: 1, big: 5n },
      { n: null, b: undefined, t: "", d: new Date(1582974000570), m: "one" },
      { n: -0, b: false, t: "x", d: new Date(0), m: null, late: 3 },
    ]);
    expect(table.rows).toBe(3);
    expect(table.columns).toEqual([
      { name: "n", type: "number", values: new Float64Array([1, nan, -0]) },
      { name: "b", type: "boolean", values: new Uint8Array([1, 255, 0]) },
      { name: "t", type: "text", codes: new Int32Array([0, -1, 0]), dictionary: ["x"] },
      { name: "d", type: "date", values: new Float64Array([1582934400000, 1582974000570, 0]) },
      { name: "m", type: "text", codes: new Int32Array([0, 1, -1]), dictionary: ["1", "one"] },
      { name: "big", type: "number", values: new Float64Array([5, nan, nan]) },
      { name: "late", type: "number", values: new Float64Array([nan, nan, 3]) },
    ]);
  });

  it("leaves texts texts, whatever they look like, and writes a date as a file has it", () => {
    const day = new Date("2020-02-29");
    const table = tableFromRows([
      { d: "2020-01-01", m: day, n: "1" },
      { d: "2020-01-02", m: "NA", n: "2" },
    ]);
    expect(table.columns).toMatchObject([
      { type: "text", dictionary: ["2020-01-01", "2020-01-02"] },
      { type: "text", dictionary: ["2020-02-29", "NA"] },
      { type: "text", dictionary: ["1", "2"] },
    ]);
  });

  it("keeps the digits of whole numbers that no double holds", () => {
    const big = 1234567890123456701n;
    const texts = { type: "text", dictionary: ["1234567890123456701", "5"] };
    expect(tableFromRows([{ id: big }, { id: 5n }]).columns).toMatchObject([texts]);
    expect(tableFromColumns({ id: [big, 5n], typed: new BigInt64Array([big, 5n]) }).columns).toMatchObject([
      texts,
      texts,
    ]);
    const exact = { type: "number", values: new Float64Array([5, 2 ** 53 - 1]) };
    expect(tableFromColumns({ id: new BigUint64Array([5n, 2n ** 53n - 1n]) }).columns).toMatchObject([exact]);
  });

  it("takes names that every object inherits for columns like others", () => {
    const rows = JSON.parse('[{"__proto__": 1, "constructor": "a"}, {"toString": 2}]');
    const table = tableFromRows(rows);
    expect(table.columns).toEqual([
      { name: "__proto__", type: "number", values: new Float64Array([1, nan]) },
      { name: "constructor", type: "text", codes: new Int32Array([0, -1]), dictionary: ["a"] },
      { name: "toString", type: "number", values: new Float64Array([nan, 2]) },
    ]);
  });

  it("says what it cannot read, and where", () => {
    expect(() => tableFromRows([{ a: 1 }, { a: [2] }])).toThrow(/column "a" holds \[2\] in row 1/);
    expect(() => tableFromRows([{ a: 1 }, null as never])).toThrow(/row 1 is null, expected an object/);
    expect(() => tableFromRows({ a: [1] } as never)).toThrow(/rows is a plain object, expected a list/);
    expect(tableFromRows([])).toEqual({ rows: 0, columns: [] });
  });
});

describe("tableFromColumns", () => {
  it("keeps floats without a copy, and reads other arrays", () => {
    const floats = new Float32Array([1, 2]);
    const table = tableFromColumns({
      floats,
      ints: new Uint16Array([3, 4]),
      big: new BigInt64Array([5n, 6n]),
      text: ["a", null],
    });
    expect(columnOf(table, "floats")).toMatchObject({ values: floats });
    expect((columnOf(table, "floats") as { values: unknown }).values).toBe(floats);
    expect(columnOf(table, "ints")).toMatchObject({ type: "number", values: new Float64Array([3, 4]) });
    expect(columnOf(table, "big")).toMatchObject({ type: "number", values: new Float64Array([5, 6]) });
    expect(columnOf(table, "text")).toMatchObject({ codes: new Int32Array([0, -1]), dictionary: ["a"] });
  });

  it("refuses columns that differ in length, and what is no array", () => {
    expect(() => tableFromColumns({ a: [1, 2], b: [1] })).toThrow(/column "b" has 1 values, "a" has 2/);
    expect(() => tableFromColumns({ a: "text" })).toThrow(/column "a" is "text", expected a list/);
  });
});

it("takeRows makes the dictionary anew, and refuses rows that are not there", () => {
  const table = tableFromColumns({ t: ["a", "b", null, "c"], n: [1, 2, 3, 4], b: [true, false, null, true] });
  expect(takeRows(table, new Int32Array([3, 2, 1, 3]))).toEqual({
    rows: 4,
    columns: [
      { name: "t", type: "text", codes: new Int32Array([0, -1, 1, 0]), dictionary: ["c", "b"] },
      { name: "n", type: "number", values: new Float64Array([4, 3, 2, 4]) },
      { name: "b", type: "boolean", values: new Uint8Array([1, 255, 0, 1]) },
    ],
  });
  expect(() => takeRows(table, new Int32Array([4]))).toThrow(/there is no row 4, the table has 4 rows/);
  expect(() => takeRows(table, [0] as never)).toThrow(/rows is \[0\], expected an Int32Array/);
});

it("columnOf lists the columns, and the nearest name", () => {
  const table = tableFromColumns({ Weight: [1], Origin: ["a"] });
  expect(() => columnOf(table, "weigth")).toThrow(
    'the table has no column "weigth" (did you mean "Weight"?); it has "Weight", "Origin"',
  );
});
