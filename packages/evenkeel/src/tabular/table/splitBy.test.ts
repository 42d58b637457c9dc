import { describe, expect, it } from "vitest";
import { inferSchema } from "../schema/inferSchema.ts";
import { splitRows } from "./split.ts";
import type { SplitOptions } from "./splitOptions.types.ts";
import { tableFromColumns } from "./tableFrom.ts";

const of = <T>(n: number, value: (i: number) => T) => Array.from({ length: n }, (_, i) => value(i));
const y = of(120, (i) => Math.sin(i));

function splitOf(columns: Record<string, readonly unknown[]>, options: SplitOptions, target = "y") {
  const table = tableFromColumns(columns);
  return splitRows(table, inferSchema(table, { target }), options);
}

const partsOf = (split: ReturnType<typeof splitOf>) => [split.train, split.validation, split.test];

describe("group", () => {
  it.each([
    ["texts", of(120, (i) => `person ${i % 30}`)],
    ["numbers", of(120, (i) => i % 30)],
    [
      "names of what every object has",
      of(120, (i) => ["constructor", "__proto__", "toString", "", "a b"][i % 5] || "e"),
    ],
  ])("keeps the rows of a group together: %s", (_, group) => {
    for (const seed of [0, 1, 2]) {
      const parts = partsOf(splitOf({ group, y }, { group: "group", seed }));
      const groups = parts.map((rows) => new Set<unknown>([...rows].map((row) => group[row])));
      expect(groups.reduce((sum, { size }) => sum + size, 0)).toBe(new Set<unknown>(group).size);
      expect(parts.reduce((sum, { length }) => sum + length, 0)).toBe(120);
      expect(parts.every(({ length }) => length > 0)).toBe(true);
    }
  });

  it("takes numbers that are written in other ways for one group", () => {
    const group = of(120, (i) => [`${i % 30}`, `${i % 30}.0`, ` -${i % 30}`, `-${i % 30}.00 `][Math.floor(i / 30)]);
    const parts = partsOf(splitOf({ group, y }, { group: "group" }));
    const groups = parts.map((rows) => new Set([...rows].map((row) => Number(group[row]) + 0)));
    expect(groups.reduce((sum, { size }) => sum + size, 0)).toBe(new Set(group.map((one) => Number(one) + 0)).size);
    expect(parts.reduce((sum, { length }) => sum + length, 0)).toBe(120);
  });

  it("comes near the shares, and draws other groups with another seed", () => {
    const group = of(120, (i) => i % 40);
    const [a, b] = [0, 1].map((seed) => splitOf({ group, y }, { group: "group", seed }));
    expect(partsOf(a).map(({ length }) => length)).toEqual([78, 18, 24]);
    expect([...a.test]).not.toEqual([...b.test]);
  });

  it("leaves training a row of each class", () => {
    const group = of(120, (i) => Math.floor(i / 6));
    const classes = of(120, (i) => (i < 6 ? "rare" : "ab"[i % 2]));
    for (const seed of of(20, (i) => i)) {
      const { train } = splitOf({ group, y: classes }, { group: "group", seed });
      expect([...train]).toEqual(expect.arrayContaining([0, 1, 2, 3, 4, 5]));
    }
  });

  it.each<[string, Record<string, readonly unknown[]>, SplitOptions, RegExp]>([
    [
      "no such column",
      { group: y, y },
      { group: "gruop" },
      /group: the table has no column "gruop" \(did you mean "group"\?\)/,
    ],
    [
      "a row without a group",
      { group: of(120, (i) => (i === 7 ? null : i % 9)), y },
      { group: "group" },
      /group: column "group" has no value in row 7; give it one/,
    ],
    ["one group", { group: of(120, () => 1), y }, { group: "group" }, /1 groups do not fill the parts/],
    [
      "two groups for three parts",
      { group: of(120, (i) => i % 2), y },
      { group: "group" },
      /2 groups do not fill the parts/,
    ],
    [
      "group and time",
      { group: y, t: y, y },
      { group: "group", time: "t" },
      /either by group or by time; leave one of them out/,
    ],
    [
      "stratify",
      { group: y, y: of(120, (i) => "ab"[i % 2]) },
      { group: "group", stratify: true },
      /stratify: true cannot be combined with group/,
    ],
  ])("refuses %s", (_, columns, options, message) => {
    expect(() => splitOf(columns, options)).toThrow(message);
  });
});

describe("time", () => {
  const days = of(120, (i) => new Date(Date.UTC(2020, 0, 1 + ((i * 37) % 120))));

  it("puts the oldest rows into training and the latest into the test", () => {
    const [train, validation, test] = partsOf(splitOf({ day: days, y }, { time: "day" })).map((rows) =>
      [...rows].map((row) => days[row].getTime()),
    );
    expect([train.length, validation.length, test.length]).toEqual([77, 19, 24]);
    expect(Math.max(...train)).toBeLessThan(Math.min(...validation));
    expect(Math.max(...validation)).toBeLessThan(Math.min(...test));
  });

  it("takes numbers, and dates of the schema's kind that are texts", () => {
    const years = of(120, (i) => 1900 + i);
    expect([...splitOf({ year: years, y }, { time: "year" }).test]).toEqual(of(24, (i) => 96 + i));
    const texts = days.map((day) => `${day.getUTCDate()} Jan ${2000 + day.getUTCMonth()}`);
    expect(splitOf({ day: texts, y }, { time: "day" }).test.length).toBeGreaterThan(10);
  });

  it("keeps rows of one time together", () => {
    const month = of(120, (i) => Math.floor(i / 10));
    expect(partsOf(splitOf({ month, y }, { time: "month" })).map(({ length }) => length)).toEqual([80, 20, 20]);
    expect(
      partsOf(splitOf({ month: of(120, (i) => Number(i > 1)), y }, { time: "month", validation: 0 })).map(
        (p) => p.length,
      ),
    ).toEqual([2, 0, 118]);
    expect(splitOf({ month: of(120, (i) => Math.min(i, 2)), y }, { time: "month" }).validation).toEqual(
      Int32Array.of(1),
    );
  });

  it.each<[string, readonly unknown[], RegExp]>([
    ["texts", of(120, (i) => `week ${i}`), /time: column "t" holds neither dates nor numbers/],
    ["a row without a time", of(120, (i) => (i === 3 ? null : i)), /time: column "t" has no value in row 3/],
    [
      "two times for three parts",
      of(120, (i) => i % 2),
      /has 2 different values in the rows with a target, which do not fill 3 parts/,
    ],
  ])("refuses %s", (_, t, message) => {
    expect(() => splitOf({ t, y }, { time: "t" })).toThrow(message);
  });
});

describe("rows of one's own", () => {
  it("are the part, and the rest is drawn from the others", () => {
    const test = Int32Array.from({ length: 20 }, (_, i) => 119 - i);
    const split = splitOf({ x: of(120, (i) => Math.cos(i)), y }, { test });
    expect([...split.test]).toEqual(of(20, (i) => 100 + i));
    expect(split.validation).toHaveLength(16);
    expect([...split.train, ...split.validation].every((row) => row < 100)).toBe(true);
  });

  it("leave out those without a target", () => {
    const holes = y.map((value, i) => (i % 2 === 0 ? value : null));
    expect(splitOf({ x: y, y: holes }, { test: Int32Array.of(1, 2, 3, 4), validation: 0 }).test).toEqual(
      Int32Array.of(2, 4),
    );
  });

  it.each<[string, SplitOptions, RegExp]>([
    ["a row that is not there", { test: Int32Array.of(120) }, /there is no row 120, the table has 120 rows/],
    ["a row in two parts", { test: Int32Array.of(1), validation: Int32Array.of(1) }, /test: row 1 is given twice/],
    [
      "groups on two sides",
      { test: Int32Array.of(0), group: "group" },
      /group: the group "0" of "group" has rows in train and in test|in validation and in test/,
    ],
    [
      "a list",
      { test: [1, 2] as unknown as Int32Array },
      /test is \[1, 2\], expected a share from 0 up to, but not including, 1, or the rows themselves as an Int32Array/,
    ],
  ])("refuse %s", (_, options, message) => {
    expect(() => splitOf({ group: of(120, (i) => i % 10), y }, options)).toThrow(message);
  });
});
