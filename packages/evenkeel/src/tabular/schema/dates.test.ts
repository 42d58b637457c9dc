import { describe, expect, it } from "vitest";
import { Generator } from "../../random/index.ts";
import { assertTable, checkTable } from "../checks/checks.ts";
import { TableError } from "../checks/findings.ts";
import { Preprocessing } from "../encoding/preprocessing.ts";
import { tableFromColumns, tableFromRows } from "../table/tableFrom.ts";
import { inferSchema } from "./inferSchema.ts";
import { schemaFromJSON } from "./schemaJson.ts";
import { datesIn, parseDate } from "./values/dates.ts";

const names = ["January", "February", "March", "April", "May", "June", "July"].concat([
  "August",
  "September",
  "October",
  "November",
  "December",
]);

describe("parseDate", () => {
  it.each<[string, number]>([
    ["Jun 12 1998", Date.UTC(1998, 5, 12)],
    ["12-Jun-98", Date.UTC(1998, 5, 12)],
    ["12 june 1998", Date.UTC(1998, 5, 12)],
    ["Sept. 9, 2001 8:46 AM", Date.UTC(2001, 8, 9, 8, 46)],
    ["December 31, 1999 12:05:09 pm", Date.UTC(1999, 11, 31, 12, 5, 9)],
    ["31-Dec-1999 12:00 AM", Date.UTC(1999, 11, 31)],
    ["2020/01/05 13:45", Date.UTC(2020, 0, 5, 13, 45)],
    ["2020.1.5", Date.UTC(2020, 0, 5)],
    ["2020-01-05T13:45:10,25+0130", Date.UTC(2020, 0, 5, 12, 15, 10, 250)],
    ["5 Jan 2020 13:45 GMT", Date.UTC(2020, 0, 5, 13, 45)],
    ["1-Jan-69", Date.UTC(1969, 0, 1)],
    ["1-Jan-68", Date.UTC(2068, 0, 1)],
    ["29-Feb-00", Date.UTC(2000, 1, 29)],
  ])("%s", (text, expected) => {
    expect(parseDate(text)).toBe(expected);
  });

  it.each([
    ...["06/12/1998", "12.06.1998", "31-12-99", "12-06-10"],
    ...[
      "Jun 31 1998",
      "29-Feb-1999",
      "0 Jan 2000",
      "2020/13/01",
      "2020-00-10",
      "2020-01/05",
      "Juni 12 1998",
      "Ju 12 1998",
    ],
    ...[
      "Jun 12",
      "Jun 1998",
      "12 Jun 198",
      "12 Jun 19980",
      "Jun 12 1998 24:00",
      "Jun 12 1998 0:30 AM",
      "Jun 12 1998 13:00 PM",
    ],
    ...[
      "1998",
      "19980612",
      "12:30",
      "",
      " ",
      "constructor 12 1998",
      "__proto__",
      "May",
      "may 5, we 2020",
      "Jun\n12\n1998",
    ],
    ...["１２ Jun 1998", "12 Jun 1998 junk", "2020-01-05T", "-1-Jan-2000"],
  ])("is not %j", (text) => {
    expect(parseDate(text)).toBeNaN();
  });

  it("is not what is longer than any date", () => {
    for (const text of [`Jun ${" ".repeat(1e6)}12 1998`, "9".repeat(1e6), `12 Jun 1998${" ".repeat(1e6)}x`]) {
      expect(parseDate(text, "dmy")).toBeNaN();
    }
  });

  it("reads every date in every form, whatever comes before it", () => {
    const generator = new Generator(3);
    const below = (most: number) => generator.random32() % most;
    const two = (value: number) => String(value).padStart(2, "0");
    for (let round = 0; round < 2000; round++) {
      const date = new Date(Date.UTC(1969 + below(100), below(12), 1 + below(31), below(24), below(60)));
      const [y, m, d] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
      const [hour, minute] = [date.getUTCHours(), two(date.getUTCMinutes())];
      const name = below(2) ? names[m - 1] : names[m - 1].slice(0, 3);
      const time = below(2) ? `${two(hour)}:${minute}` : `${hour % 12 || 12}:${minute} ${hour < 12 ? "AM" : "pm"}`;
      const short = two(y % 100);
      const written = [`${y}-${two(m)}-${two(d)}`, `${y}/${m}/${d}`, `${y}.${two(m)}.${d}`];
      written.push(`${name} ${d} ${y}`, `${name} ${two(d)}, ${y}`, `${d}-${name}-${short}`, `${two(d)} ${name} ${y}`);
      for (const text of written) expect(parseDate(`${text} ${time}`), `${text} ${time}`).toBe(date.getTime());
      const separator = "/-."[below(3)];
      for (const year of [`${y}`, short]) {
        expect(parseDate(`${[two(d), m, year].join(separator)} ${time}`, "dmy")).toBe(date.getTime());
        expect(parseDate(`${[m, two(d), year].join(separator)} ${time}`, "mdy")).toBe(date.getTime());
      }
    }
  });
});

describe("datesIn", () => {
  it.each<[string, string[], unknown]>([
    ["names of months", ["Jun 12 1998", "12-Jun-98", "2020-01-05"], {}],
    ["a day above 12 in the first place", ["06/12/1998", "25/12/1998"], { dateOrder: "dmy" }],
    ["in the second", ["06/12/1998", "12/25/1998", "1999-01-01"], { dateOrder: "mdy" }],
    ["none above 12", ["06/12/1998", "12.06.1998"], { unclear: "06/12/1998" }],
    ["one in each", ["13/12/1998", "12/13/1998"], undefined],
    ["years of two digits", ["2000-01-01", "25/06/12"], { unclear: "25/06/12" }],
    ["one that is none", ["25/12/1998", "soon"], undefined],
    ["none", [], undefined],
  ])("%s", (_, texts, expected) => {
    expect(datesIn(texts)).toEqual(expected);
  });
});

describe("a column of such dates", () => {
  const rows = 60;
  const day = (i: number) => 1 + ((i * 7) % 28);
  const table = (x: (i: number) => string | null) =>
    tableFromColumns({
      x: Array.from({ length: rows }, (_, i) => x(i)),
      y: Array.from({ length: rows }, (_, i) => i % 7),
    });
  const us = table((i) => (i % 20 === 3 ? "NA" : `${1 + (i % 12)}/${day(i)}/1998`));
  const unclear = table((i) => `${1 + (i % 12)}/${1 + (i % 9)}/1998`);

  it("remembers which comes first: a single row is read as the table was", () => {
    const schema = inferSchema(us, { target: "y" });
    expect(schema.columns[0]).toEqual({ name: "x", kind: "date", dates: "mdy", use: "feature" });
    expect(schemaFromJSON(JSON.parse(JSON.stringify(schema)))).toEqual(schema);
    const fitted = Preprocessing.fit(
      us,
      schema,
      Int32Array.from({ length: rows }, (_, i) => i),
    );
    const saved = Preprocessing.fromJSON(JSON.parse(JSON.stringify(fitted)));
    const inputs = (x: unknown) => [...saved.inputs(tableFromRows([{ x }])).x.data];
    const june = inputs(new Date(Date.UTC(1998, 5, 12)));
    for (const text of ["06/12/1998", "6/12/98", "1998-06-12", "Jun 12 1998", "12-Jun-98"])
      expect(inputs(text)).toEqual(june);
    expect(inputs("12/06/1998")).not.toEqual(june);
    expect(() => inputs("25/12/1998")).toThrow(
      'column "x" holds "25/12/1998" in row 0, expected a date such as 12/31/1999, the month first, 1999-12-31, 31 Dec 1999 or 1999-12-31T23:59',
    );
    expect(checkTable(us, schema).map(({ code }) => code)).toContain("date-order");
  });

  it.each([
    [
      { 60: "2024-02-31", 90: "unknown" },
      'is taken for categories: nearly all its values are dates, but row 60 holds "2024-02-31" (2 rows hold none); correct it, or take it as missing',
      60,
    ],
    [
      { 60: "13/01/2024", 90: "01/14/2024" },
      'is taken for categories: it holds dates with the day first, such as "13/01/2024", and with the month first, such as "01/14/2024"; write all in one order',
      undefined,
    ],
  ])(
    "of a column of dates but for a few values a warning says what they are: %o",
    (few: Record<number, string>, message, row) => {
      const values = Array.from({ length: 120 }, (_, i) => ({ x: few[i] ?? `2024-02-${10 + (i % 15)}`, y: i % 7 }));
      const table = tableFromRows(values);
      const schema = inferSchema(table, { target: "y" });
      const found = checkTable(table, schema).filter(({ column }) => column === "x");
      expect(found).toMatchObject([
        {
          severity: "warning",
          code: "strings-among-dates",
          column: "x",
          message: `column "x" ${message}`,
          ...(row && { row }),
        },
      ]);
      expect(schema.columns[0].kind).toBe("category");
      const many = values.map((value, i) => ({ ...value, x: i % 5 === 0 ? `part ${i % 3}` : value.x }));
      expect(checkTable(tableFromRows(many), schema).filter(({ column }) => column === "x")).toEqual([]);
    },
  );

  it("is left as it is, with a note, where no value tells, and read as it is told", () => {
    const found = checkTable(unclear, inferSchema(unclear, { target: "y" }));
    expect(found.find(({ code }) => code === "unclear-dates")).toMatchObject({
      severity: "note",
      message:
        'column "x" is ignored: dates such as "1/1/1998" do not tell day, month and year apart; ' +
        'kinds: { "x": "date:dmy" } says that the day comes first, "date:mdy" that the month does',
    });
    const told = inferSchema(unclear, { target: "y", kinds: { x: "date:dmy" } });
    expect(told.columns[0]).toMatchObject({ kind: "date", dates: "dmy", use: "feature" });
    assertTable(unclear, told);
    const half = inferSchema(unclear, { target: "y", kinds: { x: "date" } });
    expect(() => assertTable(unclear, half)).toThrow(TableError);
    expect(() => assertTable(unclear, half)).toThrow(
      /holds "1\/1\/1998" in row 0, expected .* says that the day comes first/,
    );
    expect(inferSchema(us, { target: "y", kinds: { x: "date" } }).columns[0]).toMatchObject({ dates: "mdy" });
  });

  it("refuses an order that is none", () => {
    const schema = JSON.parse(JSON.stringify(inferSchema(us, { target: "y" })));
    schema.columns[0].dates = "ymd";
    expect(() => schemaFromJSON(schema)).toThrow(/schema.columns\[0\].dates is "ymd", expected dmy, mdy, yyyymmdd/);
    const rowsOf = Int32Array.from({ length: rows }, (_, i) => i);
    const fitted = JSON.parse(JSON.stringify(Preprocessing.fit(us, inferSchema(us, { target: "y" }), rowsOf)));
    fitted.inputs[0].dates = 1;
    expect(() => Preprocessing.fromJSON(fitted)).toThrow(/inputs\[0\].dates is 1/);
  });
});
