import { describe, expect, it } from "vitest";
import { inferSchema } from "../schema/inferSchema.ts";
import type { SchemaOptions } from "../schema/schemaOptions.types.ts";
import { tableFromColumns } from "../table/tableFrom.ts";
import { checkTable } from "./checks.ts";

const of = <T>(n: number, value: (i: number) => T) => Array.from({ length: n }, (_, i) => value(i));
const noise = (i: number, seed = 0) => {
  const value = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
  return value - Math.floor(value);
};
/** Roughly normal. */
const normal = (i: number, seed = 0) => of(12, (k) => noise(i, 100 * seed + k)).reduce((a, b) => a + b, -6);

function findingsOf(columns: Record<string, readonly unknown[]>, options: Partial<SchemaOptions> = {}): string[] {
  const y = of(Object.values(columns)[0].length, (i) => noise(i, 9));
  const table = tableFromColumns({ y, ...columns });
  return checkTable(table, inferSchema(table, { target: "y", ...options })).map(
    ({ severity, code, column, row, message }) => `${severity} ${code} ${column ?? ""} ${row ?? ""}: ${message}`,
  );
}

describe("values far outside the rest", () => {
  const carat = of(500, (i) => Math.exp(0.6 * normal(i)) * 0.7);

  it("are named with the row and the range of half of the rows", () => {
    const found = findingsOf({ carat: carat.map((value, i) => (i === 77 ? 2000 : value)) });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(
      /^warning far-outside carat 77: column "carat" holds 2000 in row 77, and in half of the rows 0\.\d+ to [01]\.\d+; correct it/,
    );
  });

  it("are two of 10,788 sizes, one mistyped in each of two rows", () => {
    const sizes = of(10_788, (i) => 5.7 + 0.9 * normal(i));
    const found = findingsOf({ size: sizes.map((value, i) => (i === 5 ? 58.9 : i === 900 ? 31.8 : value)) });
    expect(found.map((one) => one.split(";")[0])).toEqual([
      expect.stringMatching(/far-outside size 5: .* holds 58\.9 in row 5/),
    ]);
  });

  it("count the others", () => {
    const found = findingsOf({ carat: carat.map((value, i) => (i === 77 || i === 99 ? 2000 : value)) });
    expect(found[0]).toMatch(/\(2 rows are as far outside\)/);
  });

  it("may be negative, or in a column of both signs", () => {
    expect(findingsOf({ x: of(500, (i) => (i === 9 ? -700 : normal(i))) })[0]).toMatch(
      /far-outside x 9: .* holds -700/,
    );
  });

  it("are in the target, too", () => {
    expect(findingsOf({ x: of(200, normal), y: of(200, (i) => (i === 4 ? 1e6 : normal(i, 3))) })[0]).toMatch(
      /far-outside y 4/,
    );
  });

  it.each<[string, (i: number) => number]>([
    ["normal", (i) => normal(i)],
    ["an income", (i) => Math.exp(10 + normal(i))],
    ["a very uneven income", (i) => Math.exp(10 + 2.5 * normal(i))],
    ["with a tail on both sides", (i) => normal(i) / (noise(i, 50) + 0.003)],
    ["mostly zero", (i) => (noise(i, 50) < 0.6 ? 0 : Math.exp(normal(i)))],
    ["half zero, and uneven", (i) => (i === 9 ? 5000 : noise(i, 50) < 0.5 ? 0 : Math.exp(2 * normal(i)))],
    ["of two kinds", (i) => (i % 100 === 0 ? 2000 : 50 + normal(i))],
    ["thinning out", (i) => (i === 7 ? 19 : i === 9 ? -22 : normal(i))],
    ["years", (i) => 1950 + Math.floor(noise(i) * 70)],
  ])("are not in a column that is %s", (_, value) => {
    expect(findingsOf({ x: of(3000, value) })).toEqual([]);
  });
});

describe("a number that stands for a missing value", () => {
  it.each([
    [
      "-999",
      of(200, (i) => (i % 20 === 3 ? -999 : 50 + 10 * normal(i))),
      /holds -999 in 10 rows, first in row 3, and otherwise/,
    ],
    [
      "9999",
      of(200, (i) => (i === 8 ? 9999 : 1950 + (i % 70))),
      /holds 9999 in 1 row, first in row 8, and otherwise 1950 to 2019/,
    ],
    ["-99", of(200, (i) => (i % 9 === 0 ? -99 : noise(i))), /if it is one, say nulls: \["-99"\]$/],
  ])("is %s", (_, x, message) => {
    const found = findingsOf({ x });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^warning sentinel x/);
    expect(found[0]).toMatch(message);
  });

  it("is no number among others like it", () => {
    expect(findingsOf({ age: of(200, (i) => i % 100) })).toEqual([]);
    expect(findingsOf({ price: of(200, (i) => (i === 7 ? 9999 : 5000 + 4500 * noise(i))) })).toEqual([]);
  });
});

it("a column with one value in nearly all rows", () => {
  const [found] = findingsOf({ x: of(10_000, (i) => (i === 50 ? 1 : 0)) });
  expect(found).toMatch(
    /note near-constant x : column "x" has the value 0 in 99\.99% of its rows: another value is up to 100 standard deviations away/,
  );
  expect(findingsOf({ x: of(1000, (i) => Number(i % 50 === 0)) })).toEqual([]);
});

describe("categories", () => {
  it("that differ by spaces or case alone", () => {
    const origin = of(120, (i) => ["USA", "usa", "New York", "New  york", "USA "][i % 5]);
    expect(findingsOf({ origin })).toEqual([
      expect.stringMatching(
        /^warning alike origin 1: column "origin" has categories that differ by spaces or case alone: "USA" and "usa", "New York" and "New {2}york"; write/,
      ),
    ]);
    expect(findingsOf({ x: of(120, normal), y: of(120, (i) => ["Yes", "yes", "no"][i % 3]) })[0]).toMatch(
      /alike y 1: the target "y" has categories/,
    );
    expect(findingsOf({ origin: of(120, (i) => ["constructor", "__proto__", "toString"][i % 3]) })).toEqual([]);
  });

  it("of one row", () => {
    const town = of(120, (i) => (i === 4 ? "Rome" : i === 7 ? "Oslo" : ["Bern", "Bonn"][i % 2]));
    expect(findingsOf({ town })).toEqual([
      expect.stringMatching(/^note rare-category town : .* has 2 categories of one row each: "Rome", "Oslo"; little/),
    ]);
    expect(findingsOf({ town: of(120, (i) => (i === 4 ? "Rome" : "Bern")) })[0]).toMatch(
      /has a category of one row: "Rome"/,
    );
  });
});

describe("a row that is a total", () => {
  const units = of(120, (i) => Math.floor(1000 * noise(i, 1)));
  const price = of(120, (i) => Math.round(5000 * noise(i, 2)) / 100);
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const region = of(120, (i) => "ABC"[i % 3]);

  it.each(["Grand Total", "total:", " TOTAL ", "Gesamtsumme", "Sum"])("is called %s", (word) => {
    const found = findingsOf({
      region: [...region, word],
      units: [...units, sum(units)],
      price: [...price, sum(price)],
    });
    expect(found.filter((one) => one.includes("far-outside"))).toEqual([]);
    expect(found[0]).toMatch(
      /^warning total-row {2}120: row 120 is called ".*", and "units", "price" the sum of the other rows/,
    );
  });

  it("is known by its sums, within what they were rounded to", () => {
    const found = findingsOf({ units: [...units, sum(units)], price: [...price, Math.round(10 * sum(price)) / 10] });
    expect(found[0]).toMatch(/^warning total-row {2}120: the last row, row 120, has in "units", "price" the sum/);
    expect(findingsOf({ units: [...units, 7], price: [...price, 8.5] })).toEqual([]);
  });

  it("is not a category in the middle of the table", () => {
    expect(findingsOf({ brand: of(120, (i) => ["Total", "Shell", "Esso"][i % 3]), units })).toEqual([]);
  });
});

describe("copies of rows", () => {
  it("are counted", () => {
    const column = (seed: number) => of(300, (i) => noise(i % 100, seed));
    expect(findingsOf({ a: column(1), b: column(2), y: column(3) })).toEqual([
      expect.stringMatching(
        /^warning copies {2}100: 200 of 300 rows are copies of 100 others, with the same features and target, first row 100:/,
      ),
    ]);
  });
});

describe("rows of one group", () => {
  const person = of(300, (i) => `P${i % 50}`);
  const y = of(300, (i) => noise(i % 50, 3) + 0.2 * noise(i, 4));
  const a = of(300, (i) => noise(i, 5));

  it("are hinted at where an ignored column repeats, and its rows are alike in the target", () => {
    expect(findingsOf({ person, a, y }, { ignore: ["person"] })).toEqual([
      expect.stringMatching(
        /^warning groups person : column "person" has 50 values in 300 rows, .* \(intraclass correlation 0\.9\d\).*split\.group: "person" keeps them in one part/,
      ),
    ]);
    const numbers = person.map((name) => Number(name.slice(1)));
    expect(findingsOf({ person: numbers, a, y }, { ignore: ["person"] })).toHaveLength(1);
    const classes = of(300, (i) => (noise(i % 50, 3) < 0.5 ? "well" : "ill"));
    expect(findingsOf({ person, a, y: classes }, { ignore: ["person"] })).toHaveLength(1);
  });

  it.each<[string, readonly unknown[], readonly unknown[]]>([
    ["its rows are not alike", person, of(300, (i) => noise(i, 3))],
    ["it has few values", of(300, (i) => `shop ${i % 5}`), y],
    ["it hardly repeats", of(300, (i) => `P${i % 250}`), y],
    ["it measures", of(300, (i) => (i % 50) + 0.5), y],
    ["it is empty", of(300, () => null), y],
  ])("are not where %s", (_, column, target) => {
    expect(findingsOf({ person: column, a, y: target }, { ignore: ["person"] })).toEqual([]);
  });
});
