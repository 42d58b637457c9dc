import { builtinNames, builtinTable } from "../builtin.ts";
import type { Part } from "../columns/part.ts";
import { described } from "../formats/json.ts";
import { checkColumns } from "../formats/limited.ts";
import { fileLiteral, identifier } from "../formats/sql.ts";
import { type Allowed, allowedOf } from "../limits.ts";
import type { Workspace } from "../workspace.ts";
import { namedFiles, type QuerySource } from "./sources.ts";
import { parseSelect } from "./statement.ts";

/** A query, and what it may read. */
export interface Query extends Allowed {
  readonly sql: string;
  /** Of a query out of a record: the files that it may read. Default: all that it names. */
  readonly sources?: readonly QuerySource[] | undefined;
  /** Whether it may read any file, also one whose name it computes. Default: no. */
  readonly trusted?: boolean | undefined;
}

/** No name that a query would use. */
const table = identifier("evenkeel query");

/**
 * What a query gives; built-in tables have their names in it. It is parsed before anything of it
 * runs, and then runs where DuckDB opens no other files than those that it names, and writes none.
 */
export async function queryPart(
  { sql, sources: recorded, trusted = false, ...query }: Query,
  workspace: Workspace,
): Promise<Part & { readonly sources: readonly QuerySource[] }> {
  const { database } = workspace;
  const allowed = allowedOf(query);
  const statement = await parseSelect(database, sql);
  const { sources, paths } = await namedFiles(statement, workspace, trusted ? undefined : recorded, allowed);
  for (const name of builtinNames) {
    const mentioned = name.includes("-") ? sql.includes(`"${name}"`) : new RegExp(`\\b${name}\\b`, "i").test(sql);
    if (!mentioned) continue;
    const { path } = builtinTable(name)!;
    paths.push(path);
    const read = path.endsWith(".parquet") ? "read_parquet" : "read_json";
    await database.rows(`CREATE VIEW ${identifier(name)} AS SELECT * FROM ${read}(${fileLiteral(path)})`);
  }
  await database.confine(trusted ? "any" : paths);
  // It stands in brackets below: a line comment at its end may not swallow them, a semicolon may
  // not end it early.
  const inner = sql.trim().replace(/(?:;\s*)+$/, "");
  // Run once, into a table that goes to disk where it is large: another run may give other rows.
  await database.rows(`CREATE TEMP TABLE ${table} AS SELECT * FROM (${inner}\n)`);
  const from = table;
  const columns = await described(database, from);
  checkColumns("the query", columns.length, allowed);
  return { name: "the query", from, columns, notes: [], sources };
}
