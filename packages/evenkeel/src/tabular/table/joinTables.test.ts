import { expect, it } from "vitest";
import { joinTables } from "./joinTables.ts";
import { tableFromColumns } from "./tableFrom.ts";

it("puts rows below each other, by the names of the columns", () => {
  const first = tableFromColumns({ n: [1, null], t: ["a", "b"], b: [true, null], d: [new Date(0), null] });
  const second = tableFromColumns({ d: [new Date(5)], more: [1], b: [false], t: ["b"], n: [3] });
  const { table, parts } = joinTables([first, second]);
  expect(table).toEqual(
    tableFromColumns({
      n: [1, null, 3],
      t: ["a", "b", "b"],
      b: [true, null, false],
      d: [new Date(0), null, new Date(5)],
    }),
  );
  expect(parts).toEqual([Int32Array.of(0, 1), Int32Array.of(2)]);
});

it("makes texts of columns whose types differ, but not because one is empty", () => {
  const joined = (a: unknown[], b: unknown[]) =>
    joinTables([tableFromColumns({ x: a }), tableFromColumns({ x: b })]).table.columns[0];
  expect(joined([1.5, null], ["low"])).toMatchObject({ type: "text", dictionary: ["1.5", "low"] });
  expect(joined([true], ["x"])).toMatchObject({ dictionary: ["true", "x"] });
  expect(joined([new Date(0)], ["x"])).toMatchObject({ dictionary: ["1970-01-01", "x"] });
  expect(joined([1], [null, null])).toEqual({ name: "x", type: "number", values: new Float64Array([1, NaN, NaN]) });
});

it("says what is missing where", () => {
  const tables = [tableFromColumns({ a: [1], b: [2] }), tableFromColumns({ a: [1], B: [2] })] as const;
  expect(() => joinTables([] as never)).toThrow("joinTables: tables is [], expected a list of tables");
  expect(() => joinTables(tables)).toThrow('joinTables: table 1 has no column "b"; it has "a", "B"');
});
