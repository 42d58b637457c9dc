import {
  type ColumnSchema,
  checkTable,
  columnOf,
  inferSchema,
  Preprocessing,
  readColumn,
  readingOf,
  type SchemaOptions,
  schemaFromJSON,
  type Table,
  tableFromColumns,
  tableFromRows,
  takeRows,
} from "evenkeel/tabular";
import { describe, expect, it } from "vitest";
import { csvTable, rowOf, textColumn, withNumbers } from "./csvTable.ts";

/**
 * What the texts of a table mean: files that people have, read as their owners meant them, and the
 * same in every table and row that is read later.
 */

const targetOf = (table: Table) => table.columns[table.columns.length - 1].name;
const schemaOf = (table: Table, options: Partial<SchemaOptions> = {}) =>
  inferSchema(table, { target: targetOf(table), ...options });
const columnIn = (schema: ReturnType<typeof schemaOf>, name: string): ColumnSchema =>
  schema.columns.find((column) => column.name === name)!;

/** The values of a column by its schema: numbers, dates as ISO texts, texts. */
function valuesOf(table: Table, name: string, options: Partial<SchemaOptions> = {}): unknown[] {
  const schema = schemaOf(table, options);
  const read = readColumn(columnOf(table, name), readingOf(schema, name));
  if ("codes" in read) return [...read.codes].map((code) => (code < 0 ? null : read.dictionary[code]));
  const values = [...read.values].map((value) => (Number.isNaN(value) ? null : value));
  return read.kind === "date" ? values.map((time) => time && new Date(time).toISOString().slice(0, 10)) : values;
}

const codesOf = (table: Table, options: Partial<SchemaOptions> = {}) =>
  checkTable(table, schemaOf(table, options)).map(({ severity, code, column }) => `${severity} ${code} ${column}`);

describe("numbers", () => {
  it.each<[string, string, number[]]>([
    ["european.csv", "preis", [1983.57, 346.82, 3521.76]],
    ["european.csv", "umsatz", [10.56, 12.1, 23.89]],
    ["dot-thousands.csv", "menge", [2299, 3918, 3827, 164]],
    ["dot-thousands.csv", "zusatz", [8.8, 2.9, 6.5]],
    ["few-thousands.csv", "preis", [1234.5, 254.75, 73.27]],
    ["currency.csv", "price", [1983.57, 346.82]],
    ["currency.csv", "share", [19.7, 4.7]],
    ["currency.csv", "weight", [66.1, 11.6]],
    ["percent.csv", "discount", [35, 25, 90, 100]],
    ["eur.csv", "v", [661.19, 115.61]],
    ["k.csv", "v", [660, 120, 1170]],
    ["pct.csv", "v", [33.1, 5.8]],
    ["pts.csv", "v", [661.2, 115.6]],
  ])("%s: %s", (file, name, expected) => {
    const table = csvTable(file);
    expect(valuesOf(table, name).slice(0, expected.length)).toEqual(expected);
    expect(valuesOf(withNumbers(table), name)).toEqual(valuesOf(table, name));
    expect(codesOf(table)).toContain(`note number-format ${name}`);
    expect(codesOf(table).filter((code) => code.startsWith("error"))).toEqual([]);
  });

  it("a price in dollars is a number to predict", () => {
    expect(schemaOf(csvTable("dollar-target.csv"))).toMatchObject({ task: "regression" });
    expect(valuesOf(csvTable("dollar-target.csv"), "price").slice(0, 2)).toEqual([25, 30]);
  });

  it("says how it read them, by an example", () => {
    const table = csvTable("dot-thousands.csv");
    const messages = checkTable(table, schemaOf(table)).map(({ message }) => message);
    expect(messages).toContain('column "menge" is numeric: "2.299" is read as 2299');
    expect(messages).toContain('column "zusatz" is numeric: "8,8" is read as 8.8');
  });

  const y = Array.from({ length: 60 }, (_, i) => Math.sin(i));
  const numbersIn = (x: readonly string[], other: readonly string[] = [], options: Partial<SchemaOptions> = {}) => {
    const cells = (texts: readonly string[]) => y.map((_, i) => texts[i % texts.length]);
    const table = {
      rows: 60,
      columns: [
        textColumn("x", cells(x)),
        ...(other.length > 0 ? [textColumn("other", cells(other))] : []),
        ...tableFromColumns({ y }).columns,
      ],
    };
    const schema = schemaOf(table, options);
    const { kind, unclear } = columnIn(schema, "x");
    if (unclear !== undefined) return `unclear: ${unclear}`;
    const read = readColumn(table.columns[0], readingOf(schema, "x"));
    return "values" in read ? [...read.values.slice(0, x.length)] : kind;
  };

  it.each<[string, string[], string[], number[] | string]>([
    ["a point of thousands beside decimal commas", ["2.299", "994"], ["8,8"], [2299, 994]],
    ["a point beside decimal points", ["2.299", "994"], ["8.8"], [2.299, 994]],
    ["a point, alone", ["2.299", "994"], [], "unclear: 2.299"],
    ["three decimals everywhere", ["2.299", "3.918"], [], [2.299, 3.918]],
    ["a point and 1234 beside decimal commas", ["2.299", "994", "1234"], ["8,8"], "unclear: 2.299"],
    ["nothing below 1000 beside decimal commas", ["2.299", "3.918"], ["8,8"], "unclear: 2.299"],
    ["a comma of thousands beside decimal points", ["2,299", "994"], ["8.8"], [2299, 994]],
    ["a comma beside decimal commas", ["2,299", "994"], ["8,8"], [2.299, 994]],
    ["a comma, alone", ["2,299", "994"], [], [2299, 994]],
    ["a comma, and nothing below 1000", ["2,299", "3,918"], [], "unclear: 2,299"],
    ["a comma and 1234 beside decimal points", ["2,299", "994", "1234"], ["8.8"], "unclear: 2,299"],
    ["decimals below 1", ["0,299", "0,918"], [], [0.299, 0.918]],
    ["two points", ["1.234.567", "2.299"], [], [1234567, 2299]],
    ["both signs", ["1,234.5", "2,299"], [], [1234.5, 2299]],
    ["spaces", ["1 234,5", "1\u202f234\u00a0567,25", "3,125"], [], [1234.5, 1234567.25, 3.125]],
    ["apostrophes", ["1'234.5", "12’345.25", "2.125"], [], [1234.5, 12345.25, 2.125]],
    ["accounting", ["(1,234.50)", "12.5", "($3.25)"], [], "category"],
    ["accounting in dollars", ["($1,234.50)", "$12.5", "-$3", "$-4"], [], [-1234.5, 12.5, -3, -4]],
    ["percent with spaces", ["35 %", "4,5 %", "7"], [], [35, 4.5, 7]],
    ["codes of currencies", ["USD 1,234.5", "7 USD"], [], [1234.5, 7]],
    ["thousands and millions", ["1.5M", "0.66K", "2k", "1 bn", "7"], [], [1.5e6, 660, 2000, 1e9, 7]],
    ["with a currency", ["$1.5M", "$20k"], [], [1.5e6, 20000]],
    ["kilometres are no thousands", ["5 km", "12.5 km"], [], [5, 12.5]],
    ["another unit", ["5 kg", "12 lb"], [], "category"],
    ["lakhs and crores", ["1,23,456", "12,34,567.50", "1,234", "99"], [], [123456, 1234567.5, 1234, 99]],
    ["no lakhs", ["1,23,45", "12,345,67", "123,45,678"], [], "category"],
    ["a minus behind", ["12.5-", "1,200.00-", "7"], [], [-12.5, -1200, 7]],
    ["a minus behind a decimal comma", ["12,5-", "1.200,00−", "7"], [], [-12.5, -1200, 7]],
    ["ranges that are open", ["18-", "65-", "30-"], [], "category"],
    ["exponents", ["1e3", "-2.5E-1", "+7"], [], [1000, -0.25, 7]],
    ["a real minus", ["−5", "7.5"], [], [-5, 7.5]],
    ["hexadecimals", ["0x1F", "0x20"], [], "category"],
    ["names with a number", ["c1", "c2", "c13"], [], "category"],
    ["few whole numbers before a letter", ["2A", "4A", "6A"], [], "category"],
    ["lists", ["1,2,3", "2,3"], [], "category"],
    ["addresses", ["10.0.0.1", "10.0.0.22"], [], "category"],
    ["addresses in full groups", ["192.168.100.200", "192.168.100.201"], [], "category"],
    ["telephones", ["555 123 456", "555 987 654"], [], "category"],
    ["millions", ["1 234 567", "999 000", "123 456 789"], [], [1234567, 999000, 123456789]],
  ])("%s", (_, x, other, expected) => {
    expect(numbersIn(x, other)).toEqual(expected);
  });

  it.each<[string, string[], string]>([
    ["other units", ["12 kg", "500 g", "7 kg"], "500 g"],
    ["three currencies", ["$1", "€2", "£3"], "$1"],
    ["a unit in few", ["12.5", "13.5 kg", "7"], "13.5 kg"],
    ["words", ["12", "13", "7", "19", "unknown"], "unknown"],
    ["both notations", ["12,5", "13.5", "7,25", "1"], "13.5"],
  ])("that are categories for the sake of %s are said to be", (_, cells, odd) => {
    const texts = y.map((_, i) => cells[i % cells.length]);
    const table = tableFromColumns({ x: texts, y });
    const found = checkTable(table, schemaOf(table)).find(({ code }) => code === "mixed-numbers");
    expect(found).toMatchObject({ severity: "warning", column: "x", row: cells.indexOf(odd) });
    expect(found?.message).toContain(`but ${JSON.stringify(odd)} in row`);
    expect(codesOf(table, { kinds: { x: "category" } })).not.toContain("warning mixed-numbers x");
    const asTarget = inferSchema(table, { target: "x" });
    expect(checkTable(table, asTarget).map(({ code }) => code)).toContain("mixed-numbers");
    expect(schemaFromJSON(JSON.parse(JSON.stringify(asTarget)))).toEqual(asTarget);
  });

  it("that name things are not", () => {
    for (const cells of [
      ["2A", "4A", "10A"],
      ["0x", "1x", "2x"],
      ["02116", "1", "ABC"],
      ["1.2.3", "1.10.2", "2.0"],
    ]) {
      const table = tableFromColumns({ x: y.map((_, i) => cells[i % cells.length]), y });
      expect(codesOf(table)).not.toContain("warning mixed-numbers x");
    }
  });

  it("in doubt it refuses, gives both readings and the options that decide", () => {
    const cells = y.map((_, i) => ["2.299", "994"][i % 2]);
    const table = tableFromColumns({ menge: cells, y });
    const [found] = checkTable(table, schemaOf(table));
    expect(found).toMatchObject({
      severity: "error",
      code: "unclear-numbers",
      column: "menge",
      message:
        'column "menge" holds "2.299", which is 2.299 or 2299, and nothing in the table says which; ' +
        'decimal: "." reads 2.299, decimal: "," 2299; of this column alone, ' +
        'numberFormats: { "menge": "1,234.56" } or "1.234,56" says it',
    });
    const asTarget = inferSchema(table, { target: "menge" });
    expect(checkTable(table, asTarget).map(({ code }) => code)).toContain("unclear-numbers");
    expect(numbersIn(["2.299", "994"], [], { decimal: "." })).toEqual([2.299, 994]);
    expect(numbersIn(["2.299", "994"], [], { decimal: "," })).toEqual([2299, 994]);
    expect(numbersIn(["2.299", "994"], [], { thousands: "." })).toEqual([2299, 994]);
    expect(numbersIn(["2.299", "994"], [], { numberFormats: { x: "1.234,56" } })).toEqual([2299, 994]);
    expect(numbersIn(["2.299", "994"], ["8,8"], { numberFormats: { x: "1,234.56" } })).toEqual([2.299, 994]);
  });

  it("a sign of thousands that no number had is refused in what may be two numbers", () => {
    const preprocessingOf = (x: readonly string[], options: Partial<SchemaOptions> = {}) => {
      const table = tableFromColumns({ x: y.map((_, i) => x[i % x.length]), y });
      const fitted = Preprocessing.fit(table, schemaOf(table, options), Int32Array.from(y.keys()), { scale: "none" });
      return Preprocessing.fromJSON(JSON.parse(JSON.stringify(fitted)));
    };
    const inputOf = (fitted: Preprocessing, text: string) => {
      const encode = (x: Table["columns"][number]) => {
        try {
          return fitted.encode({ rows: 1, columns: [x] }).x[0];
        } catch (error) {
          return (error as Error).message;
        }
      };
      const read = encode(textColumn("x", [text]));
      if (String(Number(text)) === text) {
        const typed = encode({ name: "x", type: "number", values: Float64Array.of(Number(text)), fromText: true });
        expect(typed, "as a number of a file without types").toBe(read);
      }
      return read;
    };
    const [comma, point] = [preprocessingOf(["3,5", "1500", "12"]), preprocessingOf(["3.5", "1500", "12"])];
    const doubt = (text: string, whole: number, fraction: number, written: string, example: string) =>
      `column "x" holds "${text}" in row 0, which is ${whole} or ${fraction}: no number that was trained on has a sign ` +
      `of thousands; write ${written}; training with numberFormats: { "x": "${example}" } reads ${whole}`;
    expect(inputOf(comma, "3.150")).toBe(doubt("3.150", 3150, 3.15, "3150 or 3,150", "1.234,56"));
    expect(inputOf(comma, "-3.125")).toBe(doubt("-3.125", -3125, -3.125, "3125 or 3,125", "1.234,56"));
    expect(inputOf(comma, "3.125")).toBe(doubt("3.125", 3125, 3.125, "3125 or 3,125", "1.234,56"));
    expect(inputOf(point, "3,150")).toBe(doubt("3,150", 3150, 3.15, "3150 or 3.150", "1,234.56"));
    expect(inputOf(comma, "1.5K")).toContain('holds "1.5K" in row 0, expected a number such as 1.234,56');
    expect(inputOf(comma, "3.150K")).toContain("which is 3150000 or 3150:");
    // In one way only.
    for (const [text, value] of [
      ["1.234,5", 1234.5],
      ["1.234.567", 1234567],
      ["3,150", 3.15],
      ["3150", 3150],
    ] as const) {
      expect(inputOf(comma, text), text).toBe(Math.fround(value));
    }
    for (const [text, value] of [
      ["1,234.5", 1234.5],
      ["1,234,567", 1234567],
      ["3.150", 3.15],
      ["3150", 3150],
    ] as const) {
      expect(inputOf(point, text), text).toBe(Math.fround(value));
    }
    // Numbers that had it, or someone who says it.
    expect(inputOf(preprocessingOf(["3,5", "1.234,5"]), "3.150")).toBe(3150);
    expect(inputOf(preprocessingOf(["3.5", "1,234,567"]), "3,150")).toBe(3150);
    expect(inputOf(preprocessingOf(["3,5", "12"], { thousands: "." }), "3.150")).toBe(3150);
    expect(inputOf(preprocessingOf(["3,5", "12"], { numberFormats: { x: "1.234,56" } }), "3.150")).toBe(3150);
    expect(inputOf(preprocessingOf(["3,5", "12"], { numberFormats: { x: "12,5" } }), "3.150")).toContain(
      "3150 or 3.15",
    );
    expect(inputOf(preprocessingOf(["3,5", "12"], { decimal: "," }), "3.150")).toContain("which is 3150 or 3.15");
    expect(inputOf(preprocessingOf(["3,5 €", "12 €"]), "3.150 €")).toContain("which is 3150 or 3.15");
  });

  it("a row that is not trained on may not have it either", () => {
    const x = y.map((_, i) => (i === 59 ? "3,150" : `${(i % 9) + 0.5}`));
    const table = tableFromColumns({ x, y });
    const schema = inferSchema(
      takeRows(
        table,
        Int32Array.from({ length: 50 }, (_, i) => i),
      ),
      { target: "y" },
    );
    expect(checkTable(table, schema).filter(({ severity }) => severity === "error")).toMatchObject([
      {
        ...{ code: "unclear-numbers", column: "x" },
        message:
          'column "x" holds "3,150" in row 59, which is 3150 or 3.15: no number of the training rows has a sign of ' +
          'thousands; write 3150 or 3.150, or say numberFormats: { "x": "1,234.56" }, which reads 3150',
      },
    ]);
  });

  it("numbers that do not fit what was said are errors, not categories", () => {
    const table = tableFromColumns({ x: y.map((_, i) => `${i}.5`), y });
    expect(codesOf(table, { decimal: "," })).toContain("error strings-among-numbers x");
    expect(codesOf(table, { numberFormats: { x: "1.234,56" } })).toContain("error strings-among-numbers x");
  });

  it("refuses what is no format", () => {
    const table = tableFromColumns({ x: y, y });
    const refused = (options: Partial<SchemaOptions>) => () => schemaOf(table, options);
    expect(refused({ numberFormats: { x: "1.234" } })).toThrow(
      /numberFormats\["x"\] is "1.234", expected a number that/,
    );
    expect(refused({ numberFormats: { z: "1.234,5" } })).toThrow(/numberFormats: the table has no column "z"/);
    expect(refused({ decimal: ".", thousands: "." })).toThrow(/are the same sign/);
    expect(refused({ numberFormats: { x: "1.234,5" }, kinds: { x: "category" } })).toThrow(/is for numeric columns/);
    expect(refused({ dateFormats: { x: "%q" } })).toThrow(/dateFormats\["x"\] is "%q", expected one of dmy/);
    expect(refused({ dateFormats: { x: "dmy" }, numberFormats: { x: "1,234.5" } })).toThrow(/is among numberFormats/);
  });

  it("an odd text among them is an error that names the option which settles it", () => {
    expect(codesOf(csvTable("odd.csv"))).toContain("error strings-among-numbers v");
    const units = checkTable(csvTable("units-row.csv"), schemaOf(csvTable("units-row.csv")));
    expect(units.map(({ message }) => message)).toContain(
      'column "weight" is numeric, but row 0 holds "kg"; correct it, take it as missing with nulls: ["kg"], or say kinds: { "weight": "category" }',
    );
    expect(codesOf(csvTable("units-row.csv"), { nulls: ["kg", "s", "deg C"] }).join()).not.toContain("error");
  });
});

describe("codes", () => {
  it("a leading zero makes digits a code, as it stands", () => {
    const table = csvTable("zip.csv");
    expect(columnIn(schemaOf(table), "zip")).toMatchObject({ kind: "category", use: "feature" });
    expect(valuesOf(table, "zip").slice(0, 4)).toEqual(["10001", "01002", "10001", "00501"]);
    expect(codesOf(table)).toContain("note codes zip");
    expect(valuesOf(table, "zip", { kinds: { zip: "numeric" } })[1]).toBe(1002);
    const odd = tableFromRows([...Array(20)].map((_, i) => ({ zip: ["02116", "ABC", "10001"][i % 3], y: i / 7 })));
    expect(columnIn(schemaOf(odd), "zip").kind).toBe("category");
  });

  it("so does a whole number that no double holds", () => {
    const table = csvTable("bigid.csv");
    expect(columnIn(schemaOf(table), "id")).toMatchObject({ kind: "text", use: "ignored" });
    expect(new Set(valuesOf(table, "id", { kinds: { id: "category" } })).size).toBe(120);
  });

  it("categories are texts: 1.1 and 1.10 are two, and so are 12e5 and 1200000", () => {
    const versions = valuesOf(csvTable("version.csv"), "version", { kinds: { version: "category" } });
    expect([...new Set(versions)]).toEqual(expect.arrayContaining(["1.10", "1.1"]));
    const skus = valuesOf(csvTable("exp-ids.csv"), "sku", { kinds: { sku: "category" } });
    expect(new Set(skus)).toEqual(new Set(["12e5", "1200000", "300", "3e2"]));
  });

  it("spaces around a text mean nothing", () => {
    const origins = new Set(valuesOf(csvTable("category-spaces.csv"), "origin"));
    expect([...origins].sort()).toEqual(["U.S.A.", "USA", "usa"]);
  });
});

describe("truth words", () => {
  it("are one rule, in any spelling and mixed", () => {
    const table = csvTable("bool.csv");
    for (const name of ["yn", "yesno", "tf", "onoff", "mixed"]) {
      expect(columnIn(schemaOf(table), name).kind, name).toBe("boolean");
    }
    expect(valuesOf(table, "mixed").slice(0, 4)).toEqual([0, 1, 1, 0]);
    expect(
      columnIn(
        schemaOf(
          tableFromRows([
            { x: "1", y: 1 },
            { x: "0", y: 2 },
          ]),
        ),
        "x",
      ).kind,
    ).toBe("numeric");
    const alike = tableFromRows([...Array(20)].map((_, i) => ({ x: "TY"[i % 2], y: i / 7 })));
    expect(columnIn(schemaOf(alike), "x").kind).toBe("category");
  });

  it("as a target are classes with their own words, of which booleans are told", () => {
    const table = csvTable("bool.csv");
    const schema = inferSchema(table, { target: "yesno" });
    expect(schema).toMatchObject({ task: "binary", classes: ["no", "yes"] });
    const rows = Int32Array.from({ length: table.rows }, (_, i) => i);
    const preprocessing = Preprocessing.fit(table, schema, rows);
    const typed = tableFromRows([{ yesno: true }, { yesno: false }]);
    expect([...preprocessing.truth(typed)]).toEqual([1, 0]);
    expect(() => preprocessing.truth(tableFromRows([{ yesno: "maybe" }]))).toThrow(
      /none of its 2 classes: "no", "yes"/,
    );
    const words = tableFromRows([...Array(20)].map((_, i) => ({ x: i / 7, y: `${i % 3 === 0}` })));
    expect(inferSchema(words, { target: "y" })).toMatchObject({ classes: ["false", "true"] });
  });
});

describe("missing values", () => {
  it("NA among codes of two letters is Namibia", () => {
    const table = csvTable("namibia.csv");
    expect(new Set(valuesOf(table, "country"))).toEqual(new Set(["NA", "US", "ZA"]));
    expect(valuesOf(table, "income")[0]).toBeNull();
    expect(codesOf(table)).toContain("note missing-as-value country");
    expect(inferSchema(table, { target: "country" })).toMatchObject({ classes: ["NA", "US", "ZA"] });
    expect(new Set(valuesOf(csvTable("namibia-only.csv"), "code"))).toEqual(new Set(["NA", "ZA"]));
  });

  it("unless it is said to be missing", () => {
    const table = csvTable("namibia.csv");
    expect(new Set(valuesOf(table, "country", { nulls: ["NA"] }))).toEqual(new Set([null, "US", "ZA"]));
    expect(inferSchema(table, { target: "country", nulls: ["NA"] }).classes).toEqual(["US", "ZA"]);
  });

  const y = Array.from({ length: 40 }, (_, i) => Math.sin(i));
  it("nulls adds spellings, onlyNulls replaces them; a number is missing in any notation", () => {
    const texts = tableFromColumns({ x: y.map((_, i) => ["-999", "1.5", "-999.0", "NA"][i % 4]), y });
    expect(valuesOf(texts, "x", { nulls: ["-999"] }).slice(0, 4)).toEqual([null, 1.5, null, null]);
    const typed = tableFromColumns({ x: y.map((_, i) => [-999, 1.5][i % 2]), y });
    expect(valuesOf(typed, "x", { nulls: ["-999"] }).slice(0, 2)).toEqual([null, 1.5]);
    const floats = tableFromColumns({ x: Float32Array.from(y, (_, i) => [-99.9, 1.5][i % 2]), y });
    expect(valuesOf(floats, "x", { nulls: ["-99.9"] }).slice(0, 2)).toEqual([null, 1.5]);
    const words = tableFromColumns({ x: y.map((_, i) => ["none", "n/a", " x ", "b"][i % 4]), y });
    expect(valuesOf(words, "x", { onlyNulls: ["none", "x"] }).slice(0, 4)).toEqual([null, "n/a", null, "b"]);
    expect(schemaOf(words, { onlyNulls: ["none"] }).nulls).toEqual(["none"]);
    expect(schemaOf(words).nulls).toBeUndefined();
    const codes = tableFromColumns({ x: y.map((_, i) => ["00", "07"][i % 2]), n: y.map((_, i) => i % 2), y });
    expect(valuesOf(codes, "x", { nulls: ["00"] }).slice(0, 2)).toEqual([null, "07"]);
    expect(valuesOf(codes, "n", { nulls: ["00"] }).slice(0, 2)).toEqual([0, 1]);
  });

  it("a category that is a spelling is that category, in every later table", () => {
    const table = csvTable("namibia.csv");
    const schema = schemaOf(table);
    const all = Int32Array.from({ length: table.rows }, (_, i) => i);
    const saved = Preprocessing.fromJSON(JSON.parse(JSON.stringify(Preprocessing.fit(table, schema, all))));
    const inputs = (country: unknown) => [...saved.encode(tableFromRows([{ country, income: 1 }])).x];
    expect(inputs("NA").slice(0, 3)).toEqual([1, 0, 0]);
    expect(inputs("N/A").slice(0, 3)).toEqual([0, 0, 0]);
    expect(inputs(" US ").slice(0, 3)).toEqual([0, 1, 0]);
  });
});

describe("dates", () => {
  it("days as numbers, and seconds, are said and read", () => {
    const days = csvTable("yyyymmdd.csv");
    expect(codesOf(days)).toContain("note date-numbers d");
    for (const table of [days, withNumbers(days)]) {
      expect(valuesOf(table, "d", { kinds: { d: "date" } }).slice(0, 2)).toEqual(["2020-01-01", "2020-02-02"]);
    }
    expect(codesOf(days, { kinds: { d: "date" } })).toContain("note date-format d");
    const seconds = csvTable("epoch-s.csv");
    expect(codesOf(seconds)).toContain("note date-numbers ts");
    expect(valuesOf(seconds, "ts", { kinds: { ts: "date" } }).slice(0, 2)).toEqual(["2020-01-01", "2020-01-04"]);
    expect(codesOf(seconds, { dateFormats: { ts: "milliseconds" } })).toContain("error one-day ts");
  });

  const y = Array.from({ length: 40 }, (_, i) => Math.sin(i));
  it("refuses numbers that all fall on one day", () => {
    const table = tableFromColumns({ d: y.map((_, i) => 1 + (i % 30)), y });
    expect(codesOf(table, { dateFormats: { d: "seconds" } })).toContain("error one-day d");
    const years = tableFromColumns({ d: y.map((_, i) => 1960 + i), y });
    expect(codesOf(years, { dateFormats: { d: "seconds" } })).toContain("error one-day d");
    expect(valuesOf(years, "d", { dateFormats: { d: "%Y" } })[3]).toBe("1963-01-01");
  });

  const two = (value: number) => String(value).padStart(2, "0");
  it.each<[string, (i: number) => string | number]>([
    ["years", (i) => 1960 + i],
    ["the day first", (i) => `${two(1 + (i % 28))}${two(1 + (i % 12))}20${two(i % 20)}`],
    ["a day of nothing", (i) => (i === 9 ? "00000000" : `2020${two(1 + (i % 12))}${two(1 + (i % 28))}`)],
    ["a day that is none", (i) => (i === 9 ? 20201301 : 20200101 + (i % 28))],
    ["a time of nothing", (i) => (i === 9 ? 0 : 1577836800 + i * 86_400)],
    ["days since 1900", (i) => 43831 + i],
    ["microseconds", (i) => 1577836800000000 + i * 8.64e10],
  ])("refuses numbers that may be other dates: %s", (_, d) => {
    const table = tableFromColumns({ d: y.map((_, i) => d(i)), y });
    expect(codesOf(table, { kinds: { d: "date" } })).toContain("error wrong-kind d");
  });

  it.each<[string, string, string]>([
    ["%d.%m.%Y %H:%M", "31.12.1999 23:59", "1999-12-31T23:59:00.000Z"],
    ["%Y%m%d", "19991231", "1999-12-31T00:00:00.000Z"],
    ["%m/%d/%y", "12/31/99", "1999-12-31T00:00:00.000Z"],
    ["%b %d, %Y %I:%M %p", "Dec 31, 1999 11:59 PM", "1999-12-31T23:59:00.000Z"],
    ["%Y-%m-%dT%H:%M:%S.%f%z", "1999-12-31T23:59:59.25+01:00", "1999-12-31T22:59:59.250Z"],
    ["%H%% %Y", "7% 2001", "2001-01-01T07:00:00.000Z"],
  ])("of the pattern %s", (pattern, text, expected) => {
    const table = tableFromColumns({ d: y.map(() => text), y });
    const schema = schemaOf(table, { dateFormats: { d: pattern } });
    const read = readColumn(table.columns[0], readingOf(schema, "d"));
    expect("values" in read && new Date(read.values[0]).toISOString()).toBe(expected);
    const wrong = tableFromColumns({ d: ["31.31.1999"] });
    expect(() => readColumn(wrong.columns[0], readingOf(schema, "d"))).toThrow(
      `expected a date such as one of ${pattern}`,
    );
  });
});

describe("what the training decided", () => {
  const files = [
    "european",
    "dot-thousands",
    "currency",
    "k",
    "zip",
    "version",
    "bool",
    "namibia",
    "yyyymmdd",
    "epoch-s",
  ];

  it.each(files)(
    "reads every later row of %s to the same bits, alone, in its table, as numbers or as texts",
    (file) => {
      const table = csvTable(`${file}.csv`);
      const kinds = { d: "date", ts: "date", version: "category" } as const;
      const known = Object.fromEntries(
        Object.entries(kinds).filter(([name]) => table.columns.some((c) => c.name === name)),
      );
      const schema = schemaOf(table, { kinds: known });
      const all = Int32Array.from({ length: table.rows }, (_, i) => i);
      const saved = Preprocessing.fromJSON(JSON.parse(JSON.stringify(Preprocessing.fit(table, schema, all))));
      const inputs = (given: Table, row: number) => {
        const { x, codes = [] } = saved.encode(given, Int32Array.of(row));
        return [...x, ...codes];
      };
      const numbers = withNumbers(table);
      for (let row = 0; row < 20; row++) {
        const expected = inputs(table, row);
        expect(inputs(numbers, row)).toEqual(expected);
        expect(inputs(takeRows(table, Int32Array.of(row)), 0)).toEqual(expected);
        expect(inputs(withNumbers(takeRows(table, Int32Array.of(row))), 0)).toEqual(expected);
        expect(inputs(tableFromRows([rowOf(table, row)]), 0)).toEqual(expected);
      }
      expect([...saved.truth(numbers)]).toEqual([...saved.truth(table)]);
    },
  );

  it("refuses what is written in another way, and reads a number that is one", () => {
    const table = csvTable("dot-thousands.csv");
    const all = Int32Array.from({ length: table.rows }, (_, i) => i);
    const saved = Preprocessing.fit(table, schemaOf(table), all);
    const inputs = (menge: unknown, zusatz: unknown) => [...saved.encode(tableFromRows([{ menge, zusatz }])).x];
    expect(inputs("2.299", "8,8")).toEqual(inputs(2299, 8.8));
    expect(() => inputs("2.299", "8.8")).toThrow(
      'column "zusatz" holds "8.8" in row 0, expected a number such as 1.234,56',
    );
    expect(() =>
      saved.encode(withNumbers({ rows: 1, columns: [textColumn("menge", ["7"]), textColumn("zusatz", ["8.8"])] })),
    ).toThrow('column "zusatz" holds "8.8" in row 0, expected a number such as 1.234,56');
  });

  it("is kept with a schema, and refused where it is none", () => {
    for (const file of files) {
      const schema = schemaOf(csvTable(`${file}.csv`), { nulls: ["-999"] });
      const json = JSON.parse(JSON.stringify(schema));
      expect(JSON.parse(JSON.stringify(schemaFromJSON(json)))).toEqual(json);
    }
    const json = JSON.parse(JSON.stringify(schemaOf(csvTable("european.csv"))));
    json.columns[0].numbers = { decimal: ",", thousands: "," };
    expect(() => schemaFromJSON(json)).toThrow(/schema.columns\[0\].numbers.thousands is ",", expected "" or "." or/);
  });
});
