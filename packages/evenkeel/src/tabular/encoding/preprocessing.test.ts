import { describe, expect, it } from "vitest";
import { tensor } from "../../tensor/index.ts";
import { inferSchema } from "../schema/inferSchema.ts";
import type { SchemaOptions } from "../schema/schemaOptions.types.ts";
import type { Table } from "../table/table.ts";
import { tableFromColumns, tableFromRows } from "../table/tableFrom.ts";
import { Preprocessing } from "./preprocessing.ts";
import type { PreprocessingOptions } from "./preprocessingOptions.types.ts";

const rowsOf = (table: Table) => Int32Array.from({ length: table.rows }, (_, i) => i);

function fitted(
  columns: Record<string, ArrayLike<unknown>>,
  options?: PreprocessingOptions,
  schema?: Partial<SchemaOptions>,
) {
  const table = tableFromColumns(columns);
  const features = Object.keys(columns).filter((name) => name !== "y");
  const found = inferSchema(table, { target: "y", features, ...schema });
  return { table, schema: found, preprocessing: Preprocessing.fit(table, found, rowsOf(table), options) };
}

/** The inputs as a list per row, by name. */
function inputsOf(preprocessing: Preprocessing, table: Table, rows?: Int32Array): Record<string, number[]> {
  const { x } = preprocessing.inputs(table, rows);
  const width = preprocessing.features.length;
  const column = (j: number) => Array.from({ length: x.shape[0] }, (_, i) => x.data[i * width + j]);
  return Object.fromEntries(preprocessing.features.map((name, j) => [name, column(j)]));
}

function expectClose(got: ArrayLike<number> | undefined, expected: readonly number[], digits: number): void {
  expect(got?.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(got?.[i]).toBeCloseTo(value, digits);
}

const y = [1, 2, 3, 4];

describe("inputs", () => {
  it("puts the median for a missing number, and marks it where training rows lack some", () => {
    const { preprocessing } = fitted({ a: [1, null, 3, 8], b: [1, 2, 3, 5], y }, { scale: "none" });
    expect(preprocessing.features).toEqual(["a", "a (missing)", "b"]);
    const given = tableFromColumns({ b: [null, 7], a: [null, 9] });
    expect(inputsOf(preprocessing, given)).toEqual({ a: [3, 9], "a (missing)": [1, 0], b: [2.5, 7] });
  });

  it("leaves 0 and 1 as they are under z-score: booleans, categories, marks", () => {
    const { preprocessing, table } = fitted({
      b: [true, null, true, false],
      c: ["None", "u", "None", "?"],
      n: [3, 3, 3, 3],
      y,
    });
    expect(inputsOf(preprocessing, table)).toEqual({
      b: [1, 1, 1, 0],
      "b (missing)": [0, 1, 0, 0],
      "c = None": [1, 0, 1, 0],
      "c = u": [0, 1, 0, 0],
      n: [0, 0, 0, 0], // no variance: the scale is 1
    });
  });

  it("gives an unseen category zeros, or code 0", () => {
    const c = ["v", "u", "w", "?"];
    const given = tableFromColumns({ c: ["x", "w", null, "__proto__"] });
    const hot = fitted({ c, y }).preprocessing;
    expect(inputsOf(hot, given)).toEqual({ "c = u": [0, 0, 0, 0], "c = v": [0, 0, 0, 0], "c = w": [0, 1, 0, 0] });
    expect(hot.inputs(given).codes).toBeUndefined();
    const coded = fitted({ c, n: y, y }, { embedAbove: 2 }).preprocessing;
    expect(coded.embeddings).toEqual([{ column: "c", categories: 4 }]);
    expect(coded.features).toEqual(["n"]);
    const { codes } = coded.inputs(tableFromColumns({ n: y, c: ["x", "w", null, "u"] }));
    expect([codes?.dtype, codes?.shape, [...(codes?.data ?? [])]]).toEqual(["int32", [4, 1], [0, 3, 0, 1]]);
  });

  it("counts rare categories as unknown, and embeds by the common ones", () => {
    const c = ["u", "u", "v", "v", "w", "?"];
    const six = [...y, 5, 6];
    const given = tableFromColumns({ c: ["w", "u", "v", null], n: y });
    const hot = fitted({ c, n: six, y: six }, { rareBelow: 2 }).preprocessing;
    expect(hot.features).toEqual(["c = u", "c = v", "n"]);
    expect(inputsOf(hot, given)).toMatchObject({ "c = u": [0, 1, 0, 0], "c = v": [0, 0, 1, 0] });
    const coded = fitted({ c, n: six, y: six }, { rareBelow: 2, embedAbove: 1 }).preprocessing;
    expect(coded.embeddings).toEqual([{ column: "c", categories: 3 }]);
    expect([...(coded.inputs(given).codes?.data ?? [])]).toEqual([0, 1, 2, 0]);
    // Of a column of rare ones alone nothing is left.
    const { preprocessing } = fitted({ c, n: six, y: six }, { rareBelow: 3 });
    expect([preprocessing.features, preprocessing.embeddings]).toEqual([["n"], []]);
    expect(fitted({ c, y: six }, { rareBelow: 3 }).preprocessing.features).toEqual(["c = u", "c = v", "c = w"]);
  });

  it("drops what is constant, but not all of it", () => {
    const constant = { n: [3, 3, 3, null], b: [true, true, true, true], c: ["u", "u", "u", "u"] };
    const used = fitted({ ...constant, x: y, y }, { dropConstant: true });
    // Whether a value is missing varies.
    expect(used.preprocessing.features).toEqual(["n (missing)", "x"]);
    const given = tableFromColumns({ n: [1e30, null], b: [false, null], c: ["v", null], x: [1, 2] });
    expect(inputsOf(used.preprocessing, given)).toMatchObject({ "n (missing)": [0, 1] });
    const infinite = tableFromColumns({ ...constant, n: [Number.POSITIVE_INFINITY, 1, 1, 1], x: y });
    expect(() => used.preprocessing.inputs(infinite)).toThrow(/column "n" holds Infinity in row 0, which is infinite/);
    const { preprocessing } = fitted({ n: [3, 3, 3, 3], b: constant.b, y }, { dropConstant: true });
    expect(preprocessing.features).toEqual(["n", "b"]);
  });

  it("takes the parts of a date that vary", () => {
    const year = [1970, 1971, 1972, 1973].map((year) => new Date(Date.UTC(year, 0, 1)));
    expect(fitted({ d: year, y }, { scale: "none" }).preprocessing.features).toEqual(["d: year"]);
    const months = [0, 3, 6, 9].map((month) => new Date(Date.UTC(1970, month, 1)));
    expect(fitted({ d: months, y }).preprocessing.features).toEqual(["d: year", "d: month (sin)", "d: month (cos)"]);
    const d = ["1970-01-05T06:00", "1971-04-06T00:00", "1972-07-02T12:00", null];
    const { preprocessing, table } = fitted({ d, y }, { scale: "none" });
    const inputs = inputsOf(preprocessing, table);
    const close = (name: string, expected: number[]) => expectClose(inputs[name], expected, 3);
    close("d: year", [1970 + 4.25 / 365, 1971 + 95 / 365, 1972 + 183.5 / 366, 1971 + 95 / 365]);
    close("d: month (sin)", [0, 1, 0, 0]);
    close("d: month (cos)", [1, 0, -1, 0]);
    close("d: weekday (cos)", [1, Math.cos((2 * Math.PI) / 7), Math.cos((12 * Math.PI) / 7), 0]); // Monday, Tuesday, Sunday
    close("d: hour (sin)", [1, 0, 0, 0]);
    close("d: hour (cos)", [0, 1, -1, 0]);
    close("d (missing)", [0, 0, 0, 1]);
  });

  it("is the same for strings as for values, and in any order of columns", () => {
    const values = Array.from({ length: 30 }, (_, i) => ({
      n: i % 7 === 0 ? null : (i - 9) / 4,
      b: i % 3 === 0,
      c: ["u", "v"][i % 2],
      d: new Date(Date.UTC(2000, i % 12, i)),
      y: i % 2,
    }));
    const table = tableFromRows(values);
    const text = tableFromRows(
      values.map((row) => ({ d: row.d.toISOString(), c: row.c, b: `${row.b}`, n: `${row.n ?? "NA"}`, y: `${row.y}` })),
    );
    const schema = inferSchema(table, { target: "y" });
    const preprocessing = Preprocessing.fit(table, schema, rowsOf(table));
    expect(preprocessing.inputs(text).x.data).toEqual(preprocessing.inputs(table).x.data);
    expect(preprocessing.targets(text).data).toEqual(preprocessing.targets(table).data);
    expect(Preprocessing.fit(text, schema, rowsOf(table)).toJSON()).toEqual(preprocessing.toJSON());
  });

  it("takes the rows it is asked for, in their order", () => {
    const { preprocessing, table } = fitted({ a: y, c: ["u", "v", "u", "w"], y }, { scale: "none", embedAbove: 0 });
    const { x, codes } = preprocessing.inputs(table, new Int32Array([3, 0, 3]));
    expect([x.shape, [...x.data], [...(codes?.data ?? [])]]).toEqual([
      [3, 1],
      [4, 1, 4],
      [3, 1, 3],
    ]);
    expect(preprocessing.inputs(table, new Int32Array(0)).x.shape).toEqual([0, 1]);
  });

  it.each<[string, Record<string, ArrayLike<unknown>>, RegExp]>([
    ["a missing column", { b: [1] }, /no column "a" .*it has "b"/],
    ["a string", { a: ["1", "abc"] }, /column "a" holds "abc" in row 1, expected a number/],
    [
      "an infinite value",
      { a: [1, Number.NEGATIVE_INFINITY] },
      /column "a" holds -Infinity in row 1, which is infinite/,
    ],
    ["a value beyond float32", { a: [1e308] }, /column "a" holds 1e\+308 in row 0, which is too large for float32/],
  ])("refuses %s", (_, columns, message) => {
    const { preprocessing } = fitted({ a: y, y }, { scale: "none" });
    expect(() => preprocessing.inputs(tableFromColumns(columns))).toThrow(message);
  });
});

it("names the row of the table, whichever rows it is asked for", () => {
  const { preprocessing } = fitted({ a: y, b: [true, false, true, true], y });
  const rows = new Int32Array([1, 3]);
  const given = (a: unknown, b: unknown) => () =>
    preprocessing.inputs(tableFromColumns({ a: [1, a, 1, 1], b: [1, b, 1, 1] }), rows);
  expect(given("x", 0)).toThrow(/column "a" holds "x" in row 1,/);
  expect(given(Number.POSITIVE_INFINITY, 0)).toThrow(/column "a" holds Infinity in row 1,/);
  expect(given(1, 2)).toThrow(/column "b" holds 2 in row 1,/);
  const target = tableFromColumns({ y: [1, null, 1, 1] });
  expect(() => preprocessing.targets(target, rows)).toThrow(/has no value in row 1;/);
  expect(() => preprocessing.truth(target, rows)).toThrow(/has no value in row 1;/);
});

describe("the target", () => {
  it("is undone on output", () => {
    const values = [1, 10, 100, 1000];
    for (const [transform, encoded] of [
      ["none", values],
      ["zscore", values.map((value) => (value - 277.75) / 418.7841777097124)],
      ["log", [-1.5, -0.5, 0.5, 1.5].map((value) => value / Math.sqrt(1.25))],
    ] as const) {
      const { preprocessing, table } = fitted({ a: y, y: values }, { target: transform });
      const targets = preprocessing.targets(table);
      expect([targets.shape, targets.dtype]).toEqual([[4, 1], "float32"]);
      expectClose(targets.data, encoded, 5);
      expectClose(preprocessing.decode(targets).values, values, 3);
      expect(preprocessing.truth(table)).toEqual(new Float64Array(values));
    }
  });

  it("becomes classes and their probabilities", () => {
    const binary = fitted({ a: y, y: ["no", "yes", "no", "yes"] });
    expect([...binary.preprocessing.targets(binary.table).data]).toEqual([0, 1, 0, 1]);
    const { classes, probabilities } = binary.preprocessing.decode(tensor([[Math.log(3)], [0], [-800]]));
    expect(classes).toEqual(["yes", "no", "no"]);
    expectClose(probabilities, [0.25, 0.75, 0.5, 0.5, 1, 0], 7);

    const many = fitted({ a: y, y: ["b", "c", "a", "b"] });
    const targets = many.preprocessing.targets(many.table);
    expect([targets.dtype, targets.shape, [...targets.data]]).toEqual(["int32", [4], [1, 2, 0, 1]]);
    expect(many.preprocessing.outputs).toBe(3);
    const said = many.preprocessing.decode(
      tensor([
        [0, Math.log(2), 0],
        [1000, 0, 0],
      ]),
    );
    expect(said.classes).toEqual(["b", "a"]);
    expectClose(said.probabilities, [0.25, 0.5, 0.25, 1, 0, 0], 6);
  });

  it.each<[string, unknown[], PreprocessingOptions, RegExp]>([
    ["a missing value", [1, null, 3, 4], {}, /target "y" has no value in row 1/],
    [
      "an infinite value",
      [1, 2, Number.POSITIVE_INFINITY, 4],
      {},
      /target "y" is Infinity, more than float32 can hold, in row 2/,
    ],
    ["a value beyond float32", [1, 2, 1e308, 4], {}, /target "y" is 1e\+308, more than float32 can hold, in row 2/],
    ["one class", ["a", "a", "a", "a"], {}, /target "y" has 1 classes, expected at least 2/],
    ["the logarithm of 0", [1, 2, 0, -1], { target: "log" }, /target "y" is 0 in row 2, and only numbers above 0/],
    [
      "the logarithm of a class",
      ["a", "b", "a", "b"],
      { target: "log" },
      /target "y" is binary: classes have no logarithm/,
    ],
  ])("refuses %s", (_, values, options, message) => {
    expect(() => fitted({ a: y, y: values }, options)).toThrow(message);
  });

  it("refuses a class that it does not know, and outputs of another shape", () => {
    const { preprocessing } = fitted({ a: y, y: ["a", "b", "c", "a"] });
    expect(() => preprocessing.targets(tableFromColumns({ y: ["a", "d"] }))).toThrow(
      /the target "y" holds "d" in row 1, which is none of its 3 classes: "a", "b", "c"/,
    );
    expect(() => preprocessing.decode(tensor([[1, 2]]))).toThrow(/the output has shape \[1, 2\], expected \[n, 3\]/);
    expect(() => preprocessing.decode([1] as never)).toThrow(/expected a Tensor/);
  });
});

describe("misuse", () => {
  const { table, schema } = fitted({ a: y, y });
  const rows = rowsOf(table);
  it.each<[string, () => unknown, RegExp]>([
    ["no rows", () => Preprocessing.fit(table, schema, new Int32Array(0)), /there are no training rows/],
    ["a list of rows", () => Preprocessing.fit(table, schema, [0] as never), /rows is \[0\], expected an Int32Array/],
    [
      "a row that is not there",
      () => Preprocessing.fit(table, schema, new Int32Array([-1])),
      /there is no row -1, the table has 4 rows/,
    ],
    [
      "a misspelt option",
      () => Preprocessing.fit(table, schema, rows, { scaling: "none" } as never),
      /unknown option "scaling"/,
    ],
    [
      "a wrong scale",
      () => Preprocessing.fit(table, schema, rows, { scale: "minmax" } as never),
      /scale is "minmax", expected one of squash, zscore, robust, none/,
    ],
    [
      "a width of no number",
      () => Preprocessing.fit(table, schema, rows, { embedAbove: Number.NaN }),
      /embedAbove is NaN/,
    ],
    [
      "a training value beyond float32",
      () => fitted({ a: [1, 2, 1e308, 4], y }),
      /column "a" holds 1e\+308 in row 2, more than float32/,
    ],
    ["no features", () => fitted({ y }), /the schema has no features/],
    [
      "no values in the training rows",
      () => fitted({ c: ["?", "?", "?", "?"], y }, {}, { kinds: { c: "category" } }),
      /has no features/,
    ],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(message);
  });
});
