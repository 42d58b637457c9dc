import { tableFromColumns } from "evenkeel/tabular";
import { expect, test } from "vitest";
import { type GivenTable, givenTableBytes, givenTableFrom } from "./givenTable.ts";

const joined = (pieces: readonly Uint8Array[]) => {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes.buffer;
};
const sent = (given: GivenTable) => givenTableFrom(joined(givenTableBytes(given)));

test("a table arrives with all its bits, whatever its columns are called", () => {
  const table = tableFromColumns({
    constructor: [1.5, Number.NaN, -0, Number.POSITIVE_INFINITY, 0.1 + 0.2],
    toString: ["a", null, "\ud800 alone", "</script><b>", "a"],
    "a \u202e\u0000 name": [true, null, false, true, null],
    when: [new Date(0), null, new Date("2026-11-30"), new Date(8.64e15), null],
  });
  const columns = [
    ...table.columns,
    { name: "__proto__", type: "number" as const, values: new Float32Array(5).fill(1.1), fromText: true as const },
  ];
  const about = {
    ...{ name: "x.csv", noticed: ["a note"], target: "toString" },
    meaning: { kinds: { toString: "category" as const, when: "date" as const }, nulls: ["\u202e"] },
  };
  const { table: read, ...arrived } = sent({ ...about, table: { rows: 5, columns } });
  expect(arrived).toEqual(about);
  expect(read).toEqual({ rows: 5, columns });
  const [numbers, , , , proto] = read.columns;
  expect(numbers.type === "number" && Object.is(numbers.values[2], -0)).toBe(true);
  expect(proto).toMatchObject({ name: "__proto__", fromText: true });
  expect(read.columns.map((column) => Object.keys(column).sort())).toEqual(
    columns.map((column) => Object.keys(column).sort()),
  );
});

test("rows of any number keep the arrays where they may begin", () => {
  for (let rows = 0; rows < 20; rows++) {
    const numbers = Array.from({ length: rows }, (_, i) => i / 3);
    const table = tableFromColumns({ flag: numbers.map((value) => value > 1), text: numbers.map(String), numbers });
    expect(sent({ name: "n", table, noticed: [] }).table).toEqual(table);
  }
});

test("part of a buffer is sent alone", () => {
  const values = new Float64Array(10).map((_, i) => i).subarray(3, 6);
  const table = { rows: 3, columns: [{ name: "x", type: "number" as const, values }] };
  expect(sent({ name: "n", table, noticed: [] }).table.columns[0]).toMatchObject({ values: Float64Array.of(3, 4, 5) });
});

test("other bytes are refused", () => {
  const whole = joined(givenTableBytes({ name: "n", table: tableFromColumns({ x: [1, 2, 3] }), noticed: [] }));
  for (const bytes of [new ArrayBuffer(3), new ArrayBuffer(64), whole.slice(0, 40), whole.slice(0, -8)]) {
    expect(() => givenTableFrom(bytes)).toThrow("these bytes are no table of the command");
  }
});
