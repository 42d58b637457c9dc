import { builtinNames, builtinTable } from "../builtin.ts";
import type { Part } from "../columns/part.ts";
import type { Database } from "../database.ts";
import { unreadable } from "../readError.ts";
import { described } from "../formats/json.ts";
import { fileLiteral, identifier } from "../formats/sql.ts";

/** No name that a query would use. */
const table = identifier("evenkeel query");

/** What the user's own query gives; built-in tables have their names in it. */
export async function queryPart(database: Database, sql: string): Promise<Part> {
  // It stands in brackets below: a line comment at its end may not swallow them, a semicolon may
  // not end it early.
  const query = sql.trim().replace(/(?:;\s*)+$/, "");
  if (query === "") throw unreadable("missing", "the query is empty: --sql \"select * from 'cars.csv'\"");
  for (const name of builtinNames) {
    const mentioned = name.includes("-") ? query.includes(`"${name}"`) : new RegExp(`\\b${name}\\b`, "i").test(query);
    if (!mentioned) continue;
    const { path } = builtinTable(name)!;
    const read = path.endsWith(".parquet") ? "read_parquet" : "read_json";
    await database.rows(`CREATE VIEW ${identifier(name)} AS SELECT * FROM ${read}(${fileLiteral(path)})`);
  }
  // Run once, into a table that goes to disk where it is large: another run may give other rows.
  await database.rows(`CREATE TEMP TABLE ${table} AS SELECT * FROM (${query}\n)`);
  const from = table;
  return { name: "the query", from, columns: await described(database, from), notes: [] };
}
