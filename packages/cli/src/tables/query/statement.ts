import type { Database } from "../database.ts";
import { literal } from "../formats/sql.ts";
import { unreadable } from "../readError.ts";

/** A query, parsed but not run. */
export interface Statement {
  /** The names of tables and the texts among the arguments of table functions, as written. */
  readonly names: readonly string[];
  /** Those that are read as JSON, whatever they are called. */
  readonly json: ReadonlySet<string>;
}

/**
 * Table functions that only read. Others write files (`enable_logging`, `enable_profiling`), take
 * addresses in memory (`arrow_scan`), or run SQL out of a text (`query`).
 */
const readers: ReadonlySet<string> = new Set([
  ...["read_csv", "read_csv_auto", "sniff_csv", "read_parquet", "parquet_scan", "read_text", "read_blob"],
  ...["read_json", "read_json_auto", "read_json_objects", "read_json_objects_auto"],
  ...["read_ndjson", "read_ndjson_auto", "read_ndjson_objects", "json_each", "json_tree"],
  ...["parquet_metadata", "parquet_file_metadata", "parquet_full_metadata", "parquet_kv_metadata", "parquet_schema"],
  ...["range", "generate_series", "unnest", "repeat", "repeat_row", "query_table", "test_all_types", "summary"],
]);

/** Functions of values that end the process where the JSON that they are given is nested deep. */
const fatal: ReadonlySet<string> = new Set(["json_structure", "json_group_structure"]);

/**
 * Parses a query without running any of it.
 *
 * @throws TableReadError unless it is exactly one SELECT that only calls table functions that read
 */
export async function parseSelect(database: Database, query: string): Promise<Statement> {
  const [{ parsed }] = await database.rows<{ parsed: string }>(
    `SELECT json_serialize_sql(${literal(query)}, skip_null := true, skip_empty := true) AS parsed`,
  );
  const tree = JSON.parse(parsed) as {
    readonly error: boolean;
    readonly error_type?: string;
    readonly error_message?: string;
    readonly statements?: readonly unknown[];
  };
  if (tree.error && tree.error_type === "parser") {
    throw unreadable("wrong-value", `--sql: ${String(tree.error_message).replace(/\s+/g, " ")}`);
  }
  if (tree.error) {
    throw unreadable("wrong-value", "--sql: the query is not a SELECT", 'expected one such as "select * from mpg"');
  }
  const { statements = [] } = tree;
  if (statements.length !== 1) {
    const cure = "\"select * from 'cars.csv'\"";
    if (statements.length === 0) throw unreadable("missing", `the query is empty: --sql ${cure}`);
    throw unreadable("wrong-value", `--sql: there are ${statements.length} statements`, "expected one SELECT");
  }
  const [names, json] = [new Set<string>(), new Set<string>()];
  collect(statements[0], names, json);
  return { names: [...names], json };
}

/** A node of the tree that DuckDB makes of a query. */
interface Node {
  readonly type?: unknown;
  readonly table_name?: unknown;
  readonly schema_name?: unknown;
  readonly catalog_name?: unknown;
  readonly function_name?: unknown;
  readonly function?: { readonly function_name?: unknown };
}

function collect(value: unknown, names: Set<string>, json: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  const { type, table_name, schema_name, catalog_name, function: called } = value as Node;
  if (type === "BASE_TABLE") {
    // Without quotes cars.csv is the table csv of the schema cars, and DuckDB takes it for the file.
    const words = [catalog_name, schema_name, table_name].filter((word) => typeof word === "string" && word !== "");
    names.add(words.join("."));
  }
  const { function_name } = value as Node;
  if (typeof function_name === "string" && fatal.has(function_name.toLowerCase())) {
    throw unreadable("not-supported", `--sql: the query calls ${function_name}, which may end the process`);
  }
  if (type === "TABLE_FUNCTION") {
    const name = String(called?.function_name).toLowerCase();
    if (!readers.has(name)) {
      throw unreadable("not-supported", `--sql: the query calls ${name}, which is not among the functions that read`);
    }
    texts(called, names);
    if (/json/.test(name)) texts(called, json);
  }
  for (const part of Object.values(value)) collect(part, names, json);
}

/** All texts below a node. */
function texts(value: unknown, names: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  const { type, value: constant } = value as { readonly type?: unknown; readonly value?: { readonly value?: unknown } };
  if (type === "VALUE_CONSTANT" && typeof constant?.value === "string") names.add(constant.value);
  for (const part of Object.values(value)) texts(part, names);
}
