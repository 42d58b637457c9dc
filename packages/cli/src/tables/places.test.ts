import { problemOf } from "evenkeel";
import { refuse } from "evenkeel/problem";
import { assertTable, inferSchema, tableFromRows } from "evenkeel/tabular";
import { expect, test } from "vitest";
import { said } from "../shell/dialect.ts";
import { misuse } from "../shell/errors.ts";
import { namingPlaces, namingPlacesOfEach, namingPlacesOfPart } from "./places.ts";

const placeOf = (row: number) => (row < 90 ? `line ${row + 2} of a.csv` : undefined);

/** A table with texts among numbers: rows by column. */
function spoilt(wrong: Readonly<Record<string, number>>) {
  const rows = Array.from({ length: 100 }, (_, i) =>
    Object.fromEntries([
      ["y", i * i],
      ...Object.entries(wrong).map(([name, row]) => [name, row === i ? `row ${row}` : String(i + 0.5)]),
    ]),
  );
  return tableFromRows(rows);
}

async function failure(wrong: Readonly<Record<string, number>>): Promise<string> {
  const table = spoilt(wrong);
  const work = () => void assertTable(table, inferSchema(table, { target: "y" }));
  const error = await namingPlaces(placeOf, work).catch((error: unknown) => error);
  return said(problemOf(error)!);
}

test("one error of a table, or each of several, names the place of its row", async () => {
  expect(await failure({ a: 7 })).toMatch(/^column "a" is numeric, but line 9 of a\.csv holds "row 7"/);
  const several = (await failure({ a: 7, b: 12, c: 95 })).split("\n");
  expect(several[1]).toMatch(/"a" is numeric, but line 9 of a\.csv holds "row 7"/);
  expect(several[2]).toMatch(/"b" is numeric, but line 14 of a\.csv holds "row 12"/);
  expect(several[3]).toMatch(/"c" is numeric, but row 95 holds "row 95"/);
});

test("a column that is called like its row keeps its name", async () => {
  expect(await failure({ "row 7": 7 })).toMatch(/^column "row 7" is numeric, but line 9 of a\.csv holds "row 7"/);
});

test("the same for work that gives one thing after another; other errors pass", async () => {
  const table = spoilt({ a: 7 });
  async function* work() {
    yield 1;
    assertTable(table, inferSchema(table, { target: "y" }));
  }
  const given: number[] = [];
  const all = (async () => {
    for await (const one of namingPlacesOfEach(placeOf, work())) given.push(one);
  })();
  await expect(all).rejects.toThrow("line 9 of a.csv");
  expect(given).toEqual([1]);
  const other = new Error("row 7");
  await expect(
    namingPlaces(placeOf, () => {
      throw other;
    }),
  ).rejects.toBe(other);
  expect(other.message).toBe("row 7");
});

test("errors of a part name the place of their row; one without a row is as it was", () => {
  const full = misuse("wrong-state", "no space is left", "set TMPDIR");
  const failed = (error: Error) => () =>
    namingPlacesOfPart(placeOf, () => {
      throw error;
    });
  expect(failed(full)).toThrow(full);
  expect(said(problemOf(full)!)).toBe("no space is left; set TMPDIR");
  const wrong = refuse("wrong-value", "", 'column "a" holds "row 7" in row 7', undefined, { column: "a", row: 7 });
  expect(failed(wrong)).toThrow(wrong);
  expect(said(problemOf(wrong)!)).toBe('column "a" holds "row 7" in line 9 of a.csv');
  expect(problemOf(wrong)!.where).not.toHaveProperty("row");
});
