import type { Attempt, Part, PartColumn } from "../columns/part.ts";
import type { Database } from "../database.ts";
import { unreadable } from "../readError.ts";
import type { Head } from "./bytes.ts";
import { fileLiteral, identifier, literal } from "./sql.ts";

interface JsonFile {
  readonly name: string;
  readonly path: string;
  readonly head: Head;
  readonly format: "json" | "ndjson";
}

/** What a JSON file holds: an array of objects, or one object a line. */
export async function jsonPart(
  database: Database,
  { name, path, head, format }: JsonFile,
  { thorough }: Attempt,
): Promise<Part> {
  const text = new TextDecoder().decode(head.bytes.subarray(0, 1000)).trimStart();
  if (text !== "" && text[0] !== "{" && text[0] !== "[") {
    throw unreadable(
      "damaged-file",
      `${name} is no table in JSON: it begins with ${JSON.stringify(text.slice(0, 10))}, not [ or {`,
    );
  }
  const options = [
    fileLiteral(path),
    `format=${literal(format === "ndjson" && text[0] === "{" ? "newline_delimited" : "auto")}`,
    `compression=${literal(head.compression)}`,
    `sample_size=${thorough ? -1 : 20480}`,
    "map_inference_threshold=-1",
    "field_appearance_threshold=0",
    "maximum_object_size=67108864",
    "hive_partitioning=false",
  ];
  const from = `read_json(${options.join(", ")})`;
  const columns = await described(database, from);
  if (/^\[\s*\]\s*$/.test(text))
    throw unreadable("damaged-file", `${name} is an empty list: it has no rows and no columns`);
  return { name, from, columns: await withNestedJson(database, from, columns), notes: [] };
}

/** The columns of what stands behind FROM. */
export async function described(database: Database, from: string): Promise<PartColumn[]> {
  const rows = await database.rows<{ column_name: string; column_type: string }>(`DESCRIBE SELECT * FROM ${from}`);
  return rows.map(({ column_name, column_type }) => ({
    name: column_name,
    sql: identifier(column_name),
    type: column_type,
  }));
}

/** Columns of mixed values are texts, unless some of them are objects or lists. */
async function withNestedJson(database: Database, from: string, columns: readonly PartColumn[]): Promise<PartColumn[]> {
  const mixed = columns.filter(({ type }) => type === "JSON");
  if (mixed.length === 0) return [...columns];
  const tests = mixed.map(
    ({ sql }, i) => `coalesce(bool_or(json_type(${sql}) IN ('OBJECT', 'ARRAY')), false) AS n${i}`,
  );
  const [nested] = await database.rows<Record<string, boolean>>(`SELECT ${tests.join(", ")} FROM ${from}`);
  return columns.map((column) => {
    const at = mixed.indexOf(column);
    return at >= 0 && nested[`n${at}`] ? { ...column, type: "STRUCT" } : column;
  });
}
