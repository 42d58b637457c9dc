import { describe, expect, it } from "vitest";
import type { Table } from "../table/table.ts";
import { tableFromColumns, tableFromRows } from "../table/tableFrom.ts";
import { inferSchema } from "./inferSchema.ts";
import { schemaFromJSON } from "./schemaJson.ts";
import type { SchemaOptions } from "./schemaOptions.types.ts";

/** 40 rows of a column beside a target. */
const rows = 40;
const of = <T>(value: (i: number) => T) => Array.from({ length: rows }, (_, i) => value(i));
const y = of((i) => Math.sin(i));

function kindOf(values: ArrayLike<unknown>, name = "x", options: Partial<SchemaOptions> = {}) {
  const [column] = inferSchema(tableFromColumns({ [name]: values, y }), { target: "y", ...options }).columns;
  return column.use === "ignored" ? `${column.kind}, ignored: ${column.why}` : column.kind;
}

describe("kinds", () => {
  it.each<[string, unknown[], string]>([
    ["numbers", of((i) => i * 1.5), "numeric"],
    ["few whole numbers", of((i) => (i % 3) + 4), "numeric"],
    [
      "texts of numbers, with every spelling of missing",
      of(
        (i) => ["12", "1,234.5", " -3e2 ", "", "NA", "N/A", "n/a", "null", "None", "NaN", "nan", "?", "-", "."][i % 14],
      ),
      "numeric",
    ],
    ["one string among numbers", of((i) => (i === 7 ? "abc" : `${i % 9}`)), "numeric"],
    ["strings more than one in ten", of((i) => (i % 8 === 0 ? `s${i % 3}` : `${i % 9}`)), "category"],
    ["booleans", of((i) => i % 2 === 0), "boolean"],
    ["texts of booleans", of((i) => ["True", "false", "NA"][i % 3]), "boolean"],
    ["dates", of((i) => new Date(i * 1e9)), "date"],
    ["texts of dates and of missing ones", of((i) => (i === 0 ? "NA" : `2020-01-${10 + (i % 9)} 12:30`)), "date"],
    ["numbers and None", of((i) => ["None", `${i}.5`][i % 2]), "numeric"],
    ["categories of which one is None", of((i) => ["None", "Minor"][i % 2]), "category"],
    ["None alone", of(() => "None"), "numeric, ignored: it has no values"],
    ["yes and no", of((i) => (i % 2 === 0 ? "yes" : "no")), "boolean"],
    ["texts that repeat", of((i) => `c${i % 19}`), "category"],
    [
      "texts that are all different",
      of((i) => `c${i}`),
      "text, ignored: it is an identifier or free text: 40 different values in 40 rows",
    ],
    [
      "texts that nearly are",
      of((i) => `c${i % 30}`),
      "text, ignored: it is an identifier or free text: 30 different values in 40 rows",
    ],
    ["no values", of(() => null), "numeric, ignored: it has no values"],
    ["no values but spellings of it", of(() => "?"), "numeric, ignored: it has no values"],
    ["one value", of((i) => (i < 3 ? null : 7)), "numeric, ignored: all its values are the same"],
    ["one text", of(() => "a"), "category, ignored: all its values are the same"],
    ["row numbers", of((i) => i + 1), "numeric, ignored: it numbers the rows"],
    ["row numbers as text", of((i) => `${i}`), "numeric, ignored: it numbers the rows"],
    ["years, one a row", of((i) => i + 1955), "numeric"],
    ["row numbers in another order", of((i) => (i * 7) % 40), "numeric"],
    ["texts of a megabyte", of((i) => `${i % 2}${"x".repeat(1e6)}`), "category"],
  ])("%s", (_, values, expected) => {
    expect(kindOf(values)).toBe(expected);
  });

  it("takes whole numbers that are called an identifier for one where none is there twice", () => {
    expect(
      kindOf(
        of((i) => i * 13 + 5),
        "customer_id",
      ),
    ).toMatch(/ignored: it is an identifier/);
    expect(
      kindOf(
        of((i) => i * 13 + 5.5),
        "customer_id",
      ),
    ).toBe("numeric");
    expect(
      kindOf(
        of((i) => (i % 39) * 13),
        "customer_id",
      ),
    ).toBe("numeric");
    expect(
      kindOf(
        of((i) => i + 5),
        "id",
      ),
    ).toMatch(/ignored: it numbers the rows/);
  });

  it("does as it is told", () => {
    expect(
      kindOf(
        of((i) => i % 3),
        "x",
        { kinds: { x: "category" } },
      ),
    ).toBe("category");
    expect(
      kindOf(
        of((i) => i + 1),
        "x",
        { features: ["x"] },
      ),
    ).toBe("numeric");
    expect(
      kindOf(
        of((i) => `c${i}`),
        "x",
        { kinds: { x: "category" } },
      ),
    ).toBe("category");
    expect(
      kindOf(
        of((i) => `c${i}`),
        "x",
        { features: ["x"] },
      ),
    ).toBe("category");
    expect(kindOf(y, "x", { ignore: ["x"] })).toBe("numeric, ignored: asked to be ignored");
    expect(kindOf(y, "x", { features: [] })).toBe("numeric, ignored: not among the features asked for");
  });

  it("gives the same schema of strings, as a CSV file has them, and of JSON", () => {
    const values = of((i) => ({
      a: i % 5 === 0 ? null : i / 3,
      b: i % 3 === 0,
      c: `k${i % 4}`,
      d: new Date(i * 864e5),
      e: i % 2,
    }));
    const text = values.map((row) =>
      Object.fromEntries(Object.entries(row).map(([k, v]) => [k, v instanceof Date ? v.toISOString() : `${v ?? ""}`])),
    );
    for (const target of ["a", "b", "c", "e"]) {
      expect(inferSchema(tableFromRows(text), { target })).toEqual(inferSchema(tableFromRows(values), { target }));
    }
  });
});

describe("the task", () => {
  const infer = (values: unknown[], options: Partial<SchemaOptions> = {}) => {
    const { task, classes } = inferSchema(tableFromColumns({ x: y, t: values }), { target: "t", ...options });
    return classes === undefined ? task : `${task}: ${classes.join(" ")}`;
  };

  it.each<[string, unknown[], Partial<SchemaOptions>, string]>([
    ["numbers", y, {}, "regression"],
    ["few whole numbers", of((i) => i % 3), {}, "regression"],
    ["few whole numbers, told", of((i) => [10, 9, -1][i % 3]), { task: "multiclass" }, "multiclass: -1 9 10"],
    ["0 and 1", of((i) => i % 2), {}, "binary: 0 1"],
    ["0 and 1, told", of((i) => i % 2), { task: "regression" }, "regression"],
    ["0 and 1 as text", of((i) => ["1", "0", "?"][i % 3]), {}, "binary: 0 1"],
    ["1 and 2", of((i) => 1 + (i % 2)), {}, "regression"],
    ["1 and 2, told", of((i) => 1 + (i % 2)), { task: "binary" }, "binary: 1 2"],
    ["booleans", of((i) => i % 2 === 1), {}, "binary: false true"],
    ["two texts", of((i) => ["yes", "no"][i % 2]), {}, "binary: no yes"],
    ["two texts, told", of((i) => ["yes", "no"][i % 2]), { task: "multiclass" }, "multiclass: no yes"],
    ["three texts", of((i) => ["b", "a", "c"][i % 3]), {}, "multiclass: a b c"],
    ["three numbers told to be categories", of((i) => i % 3), { kinds: { t: "category" } }, "multiclass: 0 1 2"],
    [
      "texts such as __proto__",
      of((i) => ["__proto__", "constructor", "a"][i % 3]),
      {},
      "multiclass: __proto__ a constructor",
    ],
  ])("%s", (_, values, options, expected) => {
    expect(infer(values, options)).toBe(expected);
  });

  it("refuses a target that does not fit", () => {
    expect(() =>
      infer(
        of((i) => ["a", "b", "c"][i % 3]),
        { task: "binary" },
      ),
    ).toThrow(/target "t" has 3 classes, and binary has 2; say task: "multiclass"/);
    expect(() =>
      infer(
        of((i) => ["a", "b"][i % 2]),
        { task: "regression" },
      ),
    ).toThrow(/target "t" holds texts/);
    expect(() => infer(of((i) => new Date(i * 1e9)))).toThrow(/target "t" is a date/);
    expect(() =>
      inferSchema(tableFromColumns({ t: Array.from({ length: 1001 }, (_, i) => i / 2) }), {
        target: "t",
        task: "multiclass",
      }),
    ).toThrow(/has 1001 different values, and 1000 classes are the most; say task: "regression"/);
  });
});

describe("misuse", () => {
  const table = tableFromColumns({ weight: y, mpg: y });
  it.each<[string, unknown, RegExp]>([
    ["no options", undefined, /options are undefined, expected an object/],
    ["no target", {}, /target is undefined, expected the name of a column/],
    [
      "a target that is not there",
      { target: "mgp" },
      /no column "mgp" \(did you mean "mpg"\?\); it has "weight", "mpg"/,
    ],
    ["an unknown option", { target: "mpg", kind: {} }, /unknown option "kind"/],
    ["an unknown feature", { target: "mpg", features: ["wait"] }, /features: the table has no column "wait"/],
    ["the target as a feature", { target: "mpg", features: ["mpg"] }, /the target "mpg" is among features/],
    [
      "a feature that is ignored",
      { target: "mpg", features: ["weight"], ignore: ["weight"] },
      /among features and among ignore/,
    ],
    ["features as a text", { target: "mpg", features: "weight" }, /features is "weight", expected a list/],
    [
      "a wrong kind",
      { target: "mpg", kinds: { weight: "number" } },
      /kinds\["weight"\] is "number", expected one of numeric, category/,
    ],
    ["a wrong task", { target: "mpg", task: "classification" }, /task is "classification", expected one of regression/],
  ])("%s", (_, options, message) => {
    expect(() => inferSchema(table, options as SchemaOptions)).toThrow(message);
  });

  const column = { name: "a", type: "number", values: new Float64Array(2) };
  it.each<[string, unknown, RegExp]>([
    ["no table", [], /the table is \[\], expected \{ rows, columns \}/],
    ["a name twice", { rows: 2, columns: [column, column] }, /column "a" is there twice/],
    ["a wrong length", { rows: 3, columns: [column] }, /column "a" has 2 values, the table has 3 rows/],
    ["a wrong type", { rows: 2, columns: [{ ...column, type: "float" }] }, /column "a" is of type "float"/],
    [
      "a list of values",
      { rows: 2, columns: [{ ...column, values: [1, 2] }] },
      /has the values \[1, 2\], expected Float64Array/,
    ],
    [
      "a code beyond the dictionary",
      { rows: 1, columns: [{ name: "a", type: "text", codes: new Int32Array([1]), dictionary: ["x"] }] },
      /has code 1 in row 0/,
    ],
    [
      "a boolean of 2",
      { rows: 1, columns: [{ name: "a", type: "boolean", values: new Uint8Array([2]) }] },
      /holds 2 in row 0/,
    ],
  ])("%s", (_, table, message) => {
    expect(() => inferSchema(table as Table, { target: "a" })).toThrow(message);
  });
});

describe("JSON", () => {
  const table = tableFromColumns({ id: of((i) => i), x: y, t: of((i) => "abc"[i % 3]) });
  const schema = inferSchema(table, { target: "t" });

  it("comes back as it was", () => {
    expect(schemaFromJSON(JSON.parse(JSON.stringify(schema)))).toEqual(schema);
    const numbers = inferSchema(table, { target: "x" });
    expect(schemaFromJSON(JSON.parse(JSON.stringify(numbers)))).toEqual(numbers);
  });

  it.each<[string, (json: Record<string, unknown>) => unknown, RegExp]>([
    ["no object", () => null, /schema is null, expected an object/],
    ["no target", ({ target: _, ...rest }) => rest, /schema has no "target"/],
    ["an unknown key", (json) => ({ ...json, extra: 1 }), /schema has an unknown key "extra"/],
    [
      "a key of the prototype",
      (json) => JSON.parse(`${JSON.stringify(json).slice(0, -1)},"__proto__":{}}`),
      /unknown key "__proto__"/,
    ],
    ["another target", (json) => ({ ...json, target: "x" }), /has 1 targets, expected one, called "x"/],
    ["no classes", (json) => ({ ...json, classes: undefined }), /schema.classes is undefined, expected a list/],
    ["a class twice", (json) => ({ ...json, classes: ["a", "a"] }), /schema.classes has "a" twice/],
    [
      "a column twice",
      (json) => ({ ...json, columns: [...(json.columns as unknown[]), (json.columns as unknown[])[0]] }),
      /has "id" twice/,
    ],
    [
      "a wrong kind",
      (json) => ({ ...json, columns: [{ name: "t", kind: "int", use: "target" }] }),
      /schema.columns\[0\].kind is "int"/,
    ],
    ["three classes for two", (json) => ({ ...json, task: "binary" }), /has 3 items, expected 2 for binary/],
  ])("refuses %s", (_, change, message) => {
    expect(() => schemaFromJSON(change(JSON.parse(JSON.stringify(schema))))).toThrow(message);
  });
});
