import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Generator } from "evenkeel/random";
import type { Column } from "evenkeel/tabular";
import { afterAll, describe, expect, test } from "vitest";
import { type ReadTableOptions, readTable, TableReadError } from "./index.ts";

/**
 * Files as people really have them, and files that are none: each is read right, or refused with a
 * reason.
 */

const folder = mkdtempSync(join(tmpdir(), "evenkeel-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Far more than any of them takes; what hangs fails here. */
const limit = 20_000;

type Values = readonly (number | string | boolean | null)[];

/** The values of a column, missing ones as null. */
function valuesOf(column: Column): Values {
  if (column.type === "text") return Array.from(column.codes, (code) => column.dictionary[code] ?? null);
  if (column.type === "boolean") return Array.from(column.values, (value) => (value === 255 ? null : value === 1));
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
}

async function read(name: string, content: string | Uint8Array, options: ReadTableOptions = {}) {
  writeFileSync(join(folder, name), content);
  const table = await readTable(name, { cwd: folder, ...options });
  const columns = Object.fromEntries(table.columns.map((column) => [column.name, valuesOf(column)]));
  return { ...table, columns, codes: table.notes.map(({ code }) => code) };
}

interface Right {
  readonly content: string | Uint8Array;
  readonly columns: Readonly<Record<string, Values>>;
  readonly notes?: readonly string[];
  readonly file?: string;
  readonly options?: ReadTableOptions;
}

const latin = (text: string) => Buffer.from(text, "latin1");
const utf16 = (text: string, mark = true) => Buffer.from((mark ? "\ufeff" : "") + text, "utf16le");
const long = "x".repeat(3_000_000);

const right: Readonly<Record<string, Right>> = {
  "a byte order mark": { content: "\ufeffa,b\n1,2\n", columns: { a: [1], b: [2] } },
  "UTF-16 little endian": { content: utf16("a,b\n1,é\n"), columns: { a: [1], b: ["é"] }, notes: ["encoding"] },
  "UTF-16 big endian": {
    content: utf16("a,b\n1,2\n").swap16(),
    columns: { a: [1], b: [2] },
    notes: ["encoding"],
  },
  "UTF-16 without a mark": { content: utf16("a,b\n1,2\n", false), columns: { a: [1], b: [2] }, notes: ["encoding"] },
  "Latin-1": {
    content: latin("city,n\nZürich,1\nOrléans,2\n"),
    columns: { city: ["Zürich", "Orléans"], n: [1, 2] },
    notes: ["encoding"],
  },
  "Latin-1 after a MB of ASCII": {
    content: latin(`a\n${"abcdefg\n".repeat(140_000)}é\n`),
    columns: { a: [...Array<string>(140_000).fill("abcdefg"), "é"] },
    notes: ["encoding"],
  },
  "an encoding that is named": {
    content: Buffer.from([0x61, 0x0a, 0x93, 0xfa, 0x96, 0x7b, 0x0a]),
    options: { encoding: "shift_jis" },
    columns: { a: ["日本"] },
    notes: ["encoding"],
  },
  CRLF: { content: "a,b\r\n1,2\r\n3,4\r\n", columns: { a: [1, 3], b: [2, 4] } },
  "CR alone": { content: "a,b\r1,2\r3,4\r", columns: { a: [1, 3], b: [2, 4] } },
  "line ends in quotes, after a byte order mark": {
    content: '\ufeffa,b\r\n"x\r\ny",2\r\n"x\ry",3\r\n"x\ny",4\r\n',
    columns: { a: ["x\r\ny", "x\ry", "x\ny"], b: [2, 3, 4] },
  },
  "two kinds of line ends": { content: "a,b\r\n1,2\n3,4\r\n", columns: { a: [1, 3], b: [2, 4] } },
  "no line end at the end": { content: "a,b\n1,2", columns: { a: [1], b: [2] } },
  "blank lines": { content: "\n\na,b\n1,2\n\n3,4\n\n", columns: { a: [1, 3], b: [2, 4] } },
  "header only": { content: "a,b\n", columns: { a: [], b: [] } },
  "header only, no line end": { content: "a,b", columns: { a: [], b: [] } },
  "one row": { content: "a,b\n1,x\n", columns: { a: [1], b: ["x"] } },
  "one column": { content: "a\n1\n2\n", columns: { a: [1, 2] } },
  "texts only, so that nothing tells the header": {
    content: "s,i\nx,y\nz,w\n",
    columns: { s: ["x", "z"], i: ["y", "w"] },
  },
  "no header": { content: "1,2\n3,4\n", columns: { column0: [1, 3], column1: [2, 4] }, notes: ["no-header"] },
  "a header of years, as told": {
    content: "id,2020\n1,2\n",
    columns: { id: [1], 2020: [2] },
  },
  "names that stand twice": {
    content: "a,a,A,a_1\n1,2,3,4\n",
    columns: { a: [1], a_2: [2], A: [3], a_1: [4] },
    notes: ["duplicate-name"],
  },
  "a column without a name": {
    content: "a,,c\n1,2,3\n",
    columns: { a: [1], column1: [2], c: [3] },
    notes: ["no-name"],
  },
  "quotes, commas and line ends in fields": {
    content: 'a,b\n"x, y",1\n"say ""hi""",2\n"two\nlines",3\n',
    columns: { a: ["x, y", 'say "hi"', "two\nlines"], b: [1, 2, 3] },
  },
  "semicolons and decimal commas": {
    content: "a;b\n1,5;x\n2,25;y\n",
    columns: { a: ["1,5", "2,25"], b: ["x", "y"] },
  },
  tabs: { content: "a\tb, c\n1\tx\n", file: "tabs.tsv", columns: { a: [1], "b, c": ["x"] } },
  "a delimiter that is named": { content: "a:b\n1:2\n", options: { delimiter: ":" }, columns: { a: [1], b: [2] } },
  "what may mean true, a date or nothing is left to the schema": {
    content: "x,y,z\n1,true,2020-01-02\nNA,NA,null\nN/A,,\n",
    columns: { x: ["1", "NA", "N/A"], y: ["true", "NA", null], z: ["2020-01-02", "null", null] },
  },
  "NA in a column of texts": {
    content: "country,n\nNA,1\nDE,NA\n,3\n",
    columns: { country: ["NA", "DE", null], n: ["1", "NA", "3"] },
  },
  "nothing but empty fields": { content: "a,b\n,1\n,2\n", columns: { a: [null, null], b: [1, 2] } },
  "a text after 200,000 numbers": {
    content: `a\n${"1\n".repeat(200_100)}oops\n`,
    columns: { a: [...Array<string>(200_100).fill("1"), "oops"] },
  },
  "spaces around values": { content: "a, b\n1, 2\n3, 4\n", columns: { a: [1, 3], b: [" 2", " 4"] } },
  infinities: {
    content: "x\n1\ninf\n-Infinity\n",
    columns: { x: ["1", "inf", "-Infinity"] },
  },
  "whole numbers beyond 2^53": {
    content: "id\n1\n12345678901234567890123\n",
    columns: { id: ["1", "12345678901234567890123"] },
  },
  "numbers that are written as JavaScript writes them": {
    content: "a,b,c,d\n0,-1.5,1e-7,123456789012345680\n9007199254740991,0.1,1e+21,1\n",
    columns: {
      ...{ a: [0, 9007199254740991], b: [-1.5, 0.1], c: [1e-7, 1e21] },
      d: ["123456789012345680", "1"],
    },
  },
  "numbers that are written otherwise": {
    content: "a,b,c,d,e,f,g,h\n02116,1.10,12e5,+5,.5,5.,-0,0.10000000000000001\n1,2,3,4,6,7,8,9\n",
    columns: {
      ...{ a: ["02116", "1"], b: ["1.10", "2"], c: ["12e5", "3"], d: ["+5", "4"], e: [".5", "6"], f: ["5.", "7"] },
      ...{ g: ["-0", "8"], h: ["0.10000000000000001", "9"] },
    },
  },
  "the first quote doubled, and quotes inside": {
    content: 'a,b\n"""x""",5" pipe\n"",\n',
    columns: { a: ['"x"', null], b: ['5" pipe', null] },
  },
  "names of methods": {
    content: "constructor,__proto__,toString\n1,x,2\n",
    columns: Object.fromEntries([
      ["constructor", [1]],
      ["__proto__", ["x"]],
      ["toString", [2]],
    ]),
  },
  "spaces around names and values": { content: " a , b \n x ,1 \n", columns: { a: [" x "], b: ["1 "] } },
  "a title above the table": {
    content: "Station report\nby: tool v3\n\ntime,temp\n1,2.5\n2,3\n",
    columns: { time: [1, 2], temp: [2.5, 3] },
    notes: ["preamble"],
  },
  "a title above decimal commas": {
    content: "Bericht\na;b\n1,5;x\n2,5;y\n",
    columns: { a: ["1,5", "2,5"], b: ["x", "y"] },
    notes: ["preamble"],
  },
  "lines above that are told": {
    content: "made, by\nhand\na,b\nx,y\n",
    options: { skip: 2 },
    columns: { a: ["x"], b: ["y"] },
  },
  "sep=;": { content: "sep=;\na;b\n1;2\n", columns: { a: [1], b: [2] }, notes: ["separator"] },
  "a row of units": {
    content: "m,group,t\nkg,-,deg C\n1,A,2\n3,B,4\n",
    columns: { m: [1, 3], group: ["A", "B"], t: [2, 4] },
    notes: ["units"],
  },
  "a row of units that is a row": {
    content: "m,group,t\nkg,-,deg C\n1,A,2\n3,B,4\n",
    options: { units: false },
    columns: { m: ["kg", "1", "3"], group: ["-", "A", "B"], t: ["deg C", "2", "4"] },
  },
  "a first row of missing values is none of units": {
    content: "m,t\nNA,NA\n1,2\n3,4\n",
    columns: { m: ["NA", "1", "3"], t: ["NA", "2", "4"] },
  },
  "units that are told": { content: "m,t\nkg,s\n1,2\n", options: { units: true }, columns: { m: [1], t: [2] } },
  "two lines of names": {
    content: "size,,price\nwidth,height,\n1,2,3\n",
    options: { headerRows: 2 },
    columns: { "size width": [1], "size height": [2], price: [3] },
  },
  "a total in the last row": {
    content: "region,y\nA,1\nB,2\nA,3\nGrand Total,6\n",
    columns: { region: ["A", "B", "A", "Grand Total"], y: [1, 2, 3, 6] },
    notes: ["total"],
  },
  "a total that is left out": {
    content: "region,y\nA,1\nB,2\nA,3\nGrand Total,6\n",
    options: { skipFooter: 1 },
    columns: { region: ["A", "B", "A"], y: [1, 2, 3] },
  },
  "a footer of one field": {
    content: "region,y\nA,1\nB,2\n\n2 rows\n",
    options: { skipFooter: 1 },
    columns: { region: ["A", "B"], y: [1, 2] },
  },
  "more rows at the end than there are": { content: "a\n1\n", options: { skipFooter: 5 }, columns: { a: [] } },
  "a field of 3 MB": { content: `a,b\n${long},1\n`, columns: { a: [long], b: [1] } },
  "comments above the header": {
    content: "# by x\n# today\na,b\n1,2\n",
    columns: { a: [1], b: [2] },
    notes: ["comments"],
  },
  "a header that begins with #": { content: "#id,x\n1,2\n", columns: { "#id": [1], x: [2] } },
  "gzip with no such name": { content: gzipSync("a,b\n1,2\n"), file: "packed.csv", columns: { a: [1], b: [2] } },
  "no gzip but such a name": { content: "a,b\n1,2\n", file: "plain.csv.gz", columns: { a: [1], b: [2] } },
  "JSON with no name": {
    content: ' [{"a":1,"b":"x"},{"a":null}]',
    file: "data",
    columns: { a: [1, null], b: ["x", null] },
  },
  "JSON of mixed values": {
    content: '[{"a":1,"b":"x"},{"a":"two","b":""},{"a":true}]',
    file: "mixed.json",
    columns: { a: ["1", "two", "true"], b: ["x", null, null] },
  },
  "nested JSON": {
    content: '[{"a":1,"o":{"x":1},"l":[1],"m":1},{"a":2,"m":{"y":1}}]',
    file: "nested.json",
    columns: { a: [1, 2] },
    notes: ["ignored-type", "ignored-type", "ignored-type"],
  },
  "JSON names that differ by case only": {
    content: '[{"UPN":1,"Upn":2,"upn":"x"},{"Upn":3}]',
    file: "case.json",
    columns: { UPN: [1, null], Upn: [2, 3], upn: ["x", null] },
  },
  "JSON names that differ by case only, in other rows": {
    content: '{"Upn":"A"}\n{"UPN":"B"}\n',
    file: "case.ndjson",
    columns: { Upn: ["A", null], UPN: [null, "B"] },
  },
  "JSON that only looks like two cases": {
    content: '[{"a":1,"A_1":2}]',
    file: "numbered.json",
    columns: { a: [1], A_1: [2] },
  },
  "JSON texts that look like dates, times and the like": {
    content: '[{"d":"2020-01-02","t":"12:30","u":"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11","__proto__":1}]',
    file: "texts.json",
    columns: Object.fromEntries([
      ["d", ["2020-01-02"]],
      ["t", ["12:30"]],
      ["u", ["A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"]],
      ["__proto__", [1]],
    ]),
  },
  "JSON numbers beyond 2^53": {
    content: '[{"id":1234567890123456701,"n":1},{"id":2,"n":2}]',
    file: "big.json",
    columns: { id: ["1234567890123456701", "2"], n: [1, 2] },
  },
  "JSON lines": { content: '{"a":1}\n{"a":2.5}\n', file: "lines.ndjson", columns: { a: [1, 2.5] } },
  "JSON with a byte order mark": { content: '\ufeff[{"a":1}]', file: "mark.json", columns: { a: [1] } },
};

describe("read right", () => {
  test.each(Object.entries(right))(
    "%s",
    async (title, { content, columns, notes = [], file, options }) => {
      const found = await read(file ?? `${title.replaceAll(/\W/g, "-")}.csv`, content, options);
      expect(found.columns).toEqual(columns);
      expect(found.codes).toEqual(notes);
    },
    limit,
  );
});

const refused: Readonly<Record<string, [content: string | Uint8Array, message: RegExp, file?: string]>> = {
  "an empty file": ["", /^x\.csv is empty: it has no header and no rows$/],
  "blank lines only": ["\n \n\n", /^x\.csv is empty/],
  "a short row": ["a,b,c\n1,2\n3,4,5\n", /line 2: it has 2 fields, expected 3.*--delimiter/],
  "a long row": ["a,b,c\n1,2,3\n3,4,5,9\n", /line 3: it has 4 fields, expected 3/],
  "a long row far below": [`a,b\n${"1,2\n".repeat(250_000)}1,2,3\n`, /line 250002: it has 3 fields, expected 2/],
  "a ragged row under comments": ["# x\na,b\n1,2\n3,4,5\n", /line 4: it has 3 fields, expected 2/],
  "a quote that is never closed": ['a,b\n1,"x\n2,3\n', /line 2: a quote is never closed/],
  "one far below": [`a,b\n${"1,2\n".repeat(3000)}1,"2\n4,5\n`, /line 3002: a quote is never closed/],
  "text behind a closing quote": ['a,b\n"x"y,2\n', /line 2: .*written twice/],
  "a title above a table of texts": ["My report\na,b\nc,d\n", /line 2: it has 2 fields, expected 1.*--skip/],
  "a line of 6 MB": [`a,b\n${long}${long},1\n`, /has a line longer than 4 MB/],
  "too many columns": [",".repeat(30_000), /the first line has 30,001 columns/],
  "a first line of a MB": ["x".repeat(2_000_000), /the first row has no end in the first MB/],
  zeros: ["a,b\n1,\0\n", /is no text: byte 7 is 0/],
  "control characters": [Uint8Array.from({ length: 256 }, (_, i) => 1 + (i % 30)), /control characters/],
  "UTF-32": [Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), /UTF-32/],
  "half a UTF-16 file": [Buffer.concat([utf16("a\n1\n"), Buffer.from([0x31])]), /not valid UTF-16LE; .*--encoding/],
  "an Excel workbook": ["PK\u0003\u0004xxxx", /a zip archive, which Excel workbooks are too: .*save the sheet as CSV/],
  "an Arrow file": ["ARROW1\0\0", /an Arrow file: convert it to Parquet/, "x.parquet"],
  "no Parquet file": ["a,b\n1,2\n", /is no Parquet file: it does not begin with PAR1/, "x.parquet"],
  "Parquet that is cut off": ["PAR1abcdefghijkl", /x\.parquet cannot be read/, "x.parquet"],
  "damaged gzip": [gzipSync("a,b\n1,2\n").subarray(0, 20), /the gzip data is damaged/, "x.csv.gz"],
  "JSON that ends early": ['[{"a":1},\n{"a":2', /x\.json: record \d+ is no JSON|x\.json cannot be read/, "x.json"],
  "a line that is no JSON": ['{"a":1}\n{"a":2}\nxx\n', /record \d is no JSON at its byte 1/, "x.ndjson"],
  "an empty list": ["[ ]", /is an empty list/, "x.json"],
  "JSON by columns": [
    '{"a":[1,2],"b":[3,4]}',
    /has no column that can be read: column "a" is left out: it holds lists/,
    "x.json",
  ],
  "no JSON": ["hello", /is no table in JSON: it begins with "hello"/, "x.json"],
};

describe("refused with a reason", () => {
  test.each(Object.entries(refused))(
    "%s",
    async (_title, [content, message, file = "x.csv"]) => {
      const error = await read(file, content).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(TableReadError);
      expect((error as Error).message).toMatch(message);
    },
    limit,
  );
});

describe("whatever the bytes", () => {
  const generator = new Generator(7);
  const below = (most: number) => generator.random32() % most;
  const valid = Buffer.from('id,name,x,when\n1,"a, b",1.5,2020-01-02\n2,c,NA,2020-01-03\n3,"d ""e""",-2,2020-01-04\n');
  const mutants: (() => Buffer)[] = [
    () => Buffer.from(Array.from({ length: below(400) }, () => below(256))),
    () => Buffer.from(Array.from({ length: below(400) }, () => ',;"\n\r\t#ab1.-{}[]'.charCodeAt(below(18)))),
    () => {
      const bytes = Buffer.from(valid);
      for (let i = below(4); i >= 0; i--) bytes[below(bytes.length)] = below(256);
      return bytes;
    },
    () => {
      const cut = below(valid.length);
      return Buffer.concat([valid.subarray(0, cut), valid.subarray(cut + below(9))]);
    },
    () =>
      Buffer.concat([valid.subarray(0, below(valid.length)), Buffer.from('"'), valid.subarray(below(valid.length))]),
  ];

  test.each(["x.csv", "x.json", "x.ndjson", "x"])(
    "%s is read or refused",
    async (file) => {
      const outcomes = { read: 0, refused: 0 };
      for (let round = 0; round < 60; round++) {
        const content = mutants[round % mutants.length]();
        const found = await read(file, content, { threads: 1 }).catch((reason: unknown) => reason);
        if (found instanceof Error) {
          expect(found, JSON.stringify(content.toString("latin1"))).toBeInstanceOf(TableReadError);
          expect(found.message).not.toMatch(/INTERNAL|undefined|\bc\d+\b/);
          outcomes.refused++;
        } else {
          const { rows, columns } = found as Awaited<ReturnType<typeof read>>;
          for (const values of Object.values(columns)) expect(values).toHaveLength(rows);
          outcomes.read++;
        }
      }
      expect(outcomes.refused).toBeGreaterThan(0);
    },
    120_000,
  );
});
