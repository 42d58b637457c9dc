import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "../database.ts";
import { readTable } from "../readTable.ts";
import { parseSelect } from "./statement.ts";

let cwd: string;
beforeEach(() => {
  cwd = fs.mkdtempSync(join(tmpdir(), "evenkeel-query-"));
  fs.writeFileSync(join(cwd, "cars.csv"), "a,b\n1,2\n3,4\n");
  fs.writeFileSync(join(cwd, "more [1].csv"), "a,b\n5,6\n");
  fs.writeFileSync(join(cwd, "secret.csv"), "a,b\n7,8\n");
});
afterEach(() => fs.rmSync(cwd, { recursive: true, force: true }));

const read = (sql: string, how: { trusted?: boolean; sources?: { name: string; sha256: string }[] } = {}) =>
  readTable({ sql, ...how }, { cwd });
const failure = async (...given: Parameters<typeof read>) =>
  read(...given).then(
    () => "it was read",
    (error: Error) => `${error.name}: ${error.message}`,
  );

const made = () => join(cwd, "made");

/** Queries that write, change settings, or leave the brackets in which they stand. */
const refused: readonly (readonly [query: () => string, message: RegExp])[] = [
  [() => `copy (select 1) to '${made()}'`, /--sql: the query is not a SELECT/],
  [() => `select 1 as a) ; copy (select 1) to '${made()}'; select * from (select 2`, /--sql: syntax error/],
  [() => `select 1; copy (select 1) to '${made()}'`, /--sql: the query is not a SELECT/],
  [() => "select 1; select 2", /--sql: there are 2 statements; expected one SELECT/],
  [() => `attach '${made()}'`, /not a SELECT/],
  [() => "install httpfs", /not a SELECT/],
  [() => "load parquet", /not a SELECT/],
  [() => "set threads = 1", /not a SELECT/],
  [() => "pragma version", /not a SELECT/],
  [() => "call pragma_version()", /not a SELECT/],
  [() => "explain analyze select 1", /not a SELECT/],
  [() => "with x as (delete from t returning *) select * from x", /--sql: A CTE needs a SELECT/],
  [
    () => `select * from enable_logging('QueryLog', storage='file', storage_config={'path': '${made()}'})`,
    /calls enable_logging, which is not among the functions that read/,
  ],
  [() => "select * from (select * from Enable_Profiling())", /calls enable_profiling/],
  [() => "select * from query('select 1')", /calls query/],
  [() => "select * from arrow_scan(1, 2, 3)", /calls arrow_scan/],
  [() => "select * from glob('/**')", /calls glob/],
  [() => "select Json_Structure(repeat('[', 100000))", /calls json_structure, which may end the process/],
  [() => "select json_group_structure(a) from 'x.csv'", /calls json_group_structure, which may end the process/],
  [() => "-- nothing", /the query is empty/],
];

describe("a query", () => {
  test("that does not only read is refused before it runs, trusted or not", async () => {
    const database = await openDatabase({ memoryLimit: "64MB", threads: 1, temporary: join(cwd, "duckdb"), cwd });
    for (const [query, message] of refused) {
      await expect(parseSelect(database, query()), query()).rejects.toThrow(message);
    }
    await database.close();
    const [[, message]] = refused;
    for (const trusted of [false, true]) expect(await failure(refused[0][0](), { trusted })).toMatch(message);
    expect(fs.existsSync(made())).toBe(false);
  });

  test("reads the files that it names, and says which", async () => {
    const names = ["cars.csv", "./cars.csv", join(cwd, "cars.csv"), "ca*.csv", "**/cars.csv"];
    for (const name of names) {
      for (const from of [`'${name}'`, `read_csv('${name}')`, `read_csv(['${name}'])`]) {
        const { rows, sources } = await read(`select * from ${from} -- done`);
        expect([name, rows, sources?.map((source) => source.name)]).toEqual([name, 2, ["cars.csv"]]);
      }
    }
    expect((await read("select * from (select 1 as a) where a in (select a from 'cars.csv')")).rows).toBe(1);
    expect((await read("with cars as (from 'cars.csv') select * from cars, mpg limit 3")).rows).toBe(3);
    expect((await read("select * from 'more [[]1].csv'")).rows).toBe(1);
    const unquoted = await read("select * from cars.csv");
    expect([unquoted.rows, unquoted.sources?.map(({ name }) => name)]).toEqual([2, ["cars.csv"]]);
    expect((await read("select 1 as a")).sources).toEqual([]);
  });

  test("reads no other file, unless it is trusted", async () => {
    const computed = "select * from read_csv('sec' || 'ret.csv')";
    expect(await failure(computed)).toMatch(
      /^TableReadError: --sql: the query may not open secret\.csv, which it does not name; write its name out/,
    );
    expect((await read(computed, { trusted: true })).rows).toBe(1);
    expect(await failure("select * from 'https://example.org/x.csv'", {})).toMatch(/httpfs|download it first/);
    expect(await failure("select * from 'none.csv'")).toMatch(/--sql: there is no file none\.csv$/);
  });

  test("out of a record reads the files that the record lists, as they were", async () => {
    const sql = "select * from '*s.csv'";
    const { sources = [] } = await read(sql);
    expect(sources).toEqual([{ name: "cars.csv", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    const how = { sources: [...sources] };
    expect((await read(sql, how)).rows).toBe(2);
    expect(await failure("select * from 'secret.csv'", how)).toMatch(
      /the recorded query names secret\.csv, which is not a file that the record lists, or has changed; .*--trust-sql/,
    );
    expect(await failure("select * from read_csv('sec' || 'ret.csv')", how)).toMatch(/may not open secret\.csv/);
    expect(await failure(sql, { sources: [] })).toMatch(/the recorded query names cars\.csv/);
    expect((await read("select * from mpg", { sources: [] })).rows).toBe(406);
    expect(await failure("select * from read_csv('/dev/zero')", how)).toMatch(/the recorded query names \/dev\/zero/);
    fs.writeFileSync(join(cwd, "boats.csv"), "a,b\n9,9\n");
    expect(await failure(sql, how)).toMatch(/the recorded query names boats\.csv/);
    expect((await read(sql, { ...how, trusted: true })).rows).toBe(3);
  });

  test("that needs more memory than DuckDB may have spills, and its result is not cut", async () => {
    const sql = "select range as a, hash(range)::varchar as b from range(400000) order by b";
    expect((await readTable({ sql }, { cwd, columns: ["a"], memoryLimit: "24MB", threads: 1 })).rows).toBe(400_000);
  });
});
