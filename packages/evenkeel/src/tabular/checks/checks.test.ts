import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inferSchema } from "../schema/inferSchema.ts";
import type { SchemaOptions } from "../schema/schemaOptions.types.ts";
import { tableFromColumns, tableFromRows } from "../table/tableFrom.ts";
import { assertTable, checkTable } from "./checks.ts";
import { type Finding, TableError } from "./findings.ts";

const rows = 60;
const of = <T>(value: (i: number) => T, n = rows) => Array.from({ length: n }, (_, i) => value(i));
/** Noise that repeats nowhere. */
const noise = (i: number) => Math.sin(i * 12.9898) * 43758.5453 - Math.floor(Math.sin(i * 12.9898) * 43758.5453);
const y = of(noise);

function findingsOf(columns: Record<string, ArrayLike<unknown>>, options?: Partial<SchemaOptions>): Finding[] {
  const table = tableFromColumns(columns);
  return checkTable(table, inferSchema(table, { target: "y", ...options }));
}

const brief = (findings: readonly Finding[]) =>
  findings.map(({ severity, code, column, row }) =>
    [severity, code, column, row].filter((part) => part !== undefined).join(" "),
  );

describe("a column", () => {
  it.each<[string, unknown[], string[], RegExp?]>([
    ["that is fine", of((i) => noise(i + 100)), []],
    [
      "with a string among its numbers",
      of((i) => (i === 7 ? "abc" : `${i % 9}`)),
      ["error strings-among-numbers x 7"],
      /column "x" is numeric, but row 7 holds "abc"; correct it/,
    ],
    [
      "with several, and missing ones before",
      of((i) => (i === 0 ? "NA" : i % 20 === 5 ? "low" : i * 1.1)),
      ["error strings-among-numbers x 5"],
      /row 5 holds "low" \(3 rows hold strings\)/,
    ],
    [
      "with an infinite value",
      of((i) => (i === 9 ? Number.NEGATIVE_INFINITY : noise(i + 7))),
      ["error infinite x 9"],
      /column "x" holds -Infinity in row 9/,
    ],
    [
      "with infinite values as text",
      of((i) => (i > 57 ? "inf" : `${noise(i + 7)}`)),
      ["error infinite x 58"],
      /in row 58 \(2 rows are like it\)/,
    ],
    [
      "beyond float32",
      of((i) => (i === 9 ? 1e308 : noise(i + 7))),
      ["error too-large x 9"],
      /holds 1e\+308 in row 9, more than float32 can hold/,
    ],
    ["without values", of(() => null), ["warning all-missing x"], /column "x" has no values and is ignored/],
    [
      "that never varies",
      of(() => "a"),
      ["warning constant x"],
      /column "x" has the same value in every row and is ignored/,
    ],
    [
      "that numbers the rows",
      of((i) => i),
      ["warning identifier x"],
      /column "x" is ignored: it numbers the rows; name it in features/,
    ],
    ["of free text", of((i) => `text ${i}`), ["note free-text x"], /60 different texts in 60 rows/],
    [
      "that is the target",
      y,
      ["warning leak x"],
      /column "x" is a copy of the target; if it is not known when you predict, ignore it/,
    ],
    [
      "that is the target in another unit",
      y.map((v) => 32 - 1.8 * v),
      ["warning leak x"],
      /straight line \(r = -1.000000\)/,
    ],
    ["that is the target with gaps", y.map((v, i) => (i % 3 === 0 ? null : 2 * v)), ["warning leak x"]],
    ["that is the target nearly", y.map((v, i) => v + 0.01 * noise(i + 50)), ["warning leak x"], /\(r = 0\.9999\d\d\)/],
    ["that follows it with r = 0.9998", y.map((v, i) => v + 0.02 * noise(i + 50)), []],
    ["near the target", y.map((v, i) => v + 0.1 * noise(i + 50)), []],
  ])("%s", (_, x, expected, message = /./) => {
    const findings = findingsOf({ x, other: of((i) => noise(i + 300)), y });
    expect(brief(findings)).toEqual(expected);
    if (findings.length > 0) expect(findings[0].message).toMatch(message);
  });

  it("is used all the same if it is asked for", () => {
    const used = { features: ["id", "same", "name"] };
    const findings = findingsOf({ id: of((i) => i), same: of(() => 1), name: of((i) => `n${i}`), y }, used);
    expect(brief(findings)).toEqual(["warning identifier id", "warning constant same", "warning identifier name"]);
    expect(findings[0].message).toBe('column "id" is used, though it numbers the rows');
  });

  it("is not looked at if it is ignored on purpose", () => {
    expect(
      findingsOf({ x: of(() => Number.POSITIVE_INFINITY), other: of(noise, 60).reverse(), y }, { ignore: ["x"] }),
    ).toEqual([]);
  });

  it("must be of the kind that was said", () => {
    const findings = findingsOf(
      { x: of((i) => i % 3), d: of((i) => `${i % 3}`), e: of((i) => i % 3), y },
      { kinds: { x: "boolean", d: "date" }, dateFormats: { e: "seconds" } },
    );
    expect(brief(findings)).toEqual(["error wrong-kind x 2", "error wrong-kind d 0", "error one-day e"]);
    expect(findings[1].message).toMatch(/; say how dates are written: dateFormats: \{ "d": "yyyymmdd" \}, seconds/);
    expect(findings[0].message).toMatch(/column "x" holds 2 in row 2, expected true, false, 0 or 1/);
  });
});

describe("the target", () => {
  const x = of((i) => noise(i + 100));
  it.each<[string, unknown[], string[]]>([
    ["few whole numbers", of((i) => Math.floor(noise(i) * 5)), ["note target-whole-numbers y"]],
    ["gaps", y.map((v, i) => (i % 10 === 0 ? null : v)), ["note without-target y"]],
    ["no values", of(() => null), ["error all-missing y"]],
    ["one value", of(() => 3), ["error constant y"]],
    ["one class", of(() => "a"), ["error constant y"]],
    ["a string among numbers", of((i) => (i === 3 ? "?!" : i * 1.5)), ["error strings-among-numbers y 3"]],
    ["an infinite value", y.map((v, i) => (i === 3 ? Number.POSITIVE_INFINITY : v)), ["error infinite y 3"]],
    ["names of rows", of((i) => `name ${i}`), ["error target-text y"]],
    ["a class of one row", of((i) => (i === 5 ? "c" : "ab"[i % 2])), ["warning rare-class y"]],
    ["one class but for a row", of((i) => (i === 5 ? "c" : "a")), ["error rare-class y"]],
    ["a class of two rows", of((i) => (i < 2 ? "c" : "ab"[i % 2])), ["warning rare-class y"]],
    ["9 rows", of((i) => (i < 9 ? noise(i) : null)), ["error few-rows y", "note without-target y"]],
    ["10 rows", of((i) => (i < 10 ? noise(i) : null)), ["warning few-rows y", "note without-target y"]],
  ])("with %s", (_, values, expected) => {
    expect(brief(findingsOf({ x, y: values }))).toEqual(expected);
  });

  it("is given away by a category, a boolean or a number that goes with each class", () => {
    const classes = of((i) => ["a", "b", "c"][Math.floor(noise(i) * 3)]);
    const findings = findingsOf({
      code: classes.map((name) => "abc".indexOf(name)),
      name: classes.map((name) => `class ${name}`),
      isA: classes.map((name) => name === "a"), // says something, but not all
      other: of((i) => ["u", "v"][i % 2]),
      y: classes,
    });
    expect(brief(findings)).toEqual(["warning leak code", "warning leak name"]);
    const numbers = findingsOf({ price: of((i) => `${i % 4}x`), y: of((i) => [1.5, 2, 8, 3][i % 4]) });
    expect(brief(numbers)).toEqual(["warning leak price"]);
  });
});

describe("a table", () => {
  it("of one row has errors, and no more", () => {
    const codes = findingsOf({ x: [1], y: [2] }).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(["no-features", "few-rows"]));
  });

  it("without rows has that error alone", () => {
    const findings = findingsOf({ x: [], y: [] });
    expect(findings).toMatchObject([{ severity: "error", code: "few-rows", message: "the table has no rows" }]);
  });

  it("is refused with every error in one message", () => {
    const table = tableFromColumns({
      x: of((i) => (i === 7 ? "abc" : i / 7)),
      z: of((i) => (i === 0 ? Number.POSITIVE_INFINITY : noise(i))),
      id: of((i) => i),
      y,
    });
    const schema = inferSchema(table, { target: "y" });
    let thrown: unknown;
    try {
      assertTable(table, schema);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TableError);
    const { message, findings, name } = thrown as TableError;
    expect(name).toBe("TableError");
    expect(message).toMatch(/^the table has 2 errors:\n\tcolumn "x" .*\n\tcolumn "z" holds Infinity in row 0/);
    expect(brief(findings)).toEqual(["error strings-among-numbers x 7", "error infinite z 0", "warning identifier id"]);
    const good = tableFromColumns({ x: of((i) => noise(i + 9)), id: of((i) => i), y });
    expect(brief(assertTable(good, inferSchema(good, { target: "y" })))).toEqual(["warning identifier id"]);
  });

  const vega = (name: string) => {
    const file = new URL(`../../../../../node_modules/vega-datasets/data/${name}`, import.meta.url);
    return tableFromRows(JSON.parse(readFileSync(file, "utf8")));
  };
  it.each([
    ["cars.json", "Miles_per_Gallon", ["note without-target Miles_per_Gallon", "note free-text Name"]],
    ["penguins.json", "Species", []],
    [
      "movies.json",
      "IMDB Rating",
      [
        "note without-target IMDB Rating",
        "note free-text Title",
        "note rare-category Distributor",
        "note rare-category Source",
        "note rare-category Creative Type",
        "note rare-category Director",
      ],
    ],
  ])("such as %s", (name, target, expected) => {
    const table = vega(name);
    expect(brief(checkTable(table, inferSchema(table, { target })))).toEqual(expected);
  });
});
