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
  const reading = [
    fileLiteral(path),
    `format=${literal(format === "ndjson" && text[0] === "{" ? "newline_delimited" : "auto")}`,
    `compression=${literal(head.compression)}`,
    "maximum_object_size=67108864",
  ];
  const detecting = [
    `sample_size=${thorough ? -1 : 20480}`,
    "map_inference_threshold=-1",
    "field_appearance_threshold=0",
    "hive_partitioning=false",
    // JSON has no dates: what looks like one is a text.
    `dateformat=${literal(noFormat)}`,
    `timestampformat=${literal(noFormat)}`,
  ];
  let from = `read_json(${[...reading, ...detecting].join(", ")})`;
  let columns = await described(database, from);
  if (/^\[\s*\]\s*$/.test(text))
    throw unreadable("damaged-file", `${name} is an empty list: it has no rows and no columns`);
  const clash = columns.some((column) => isRenamed(column, columns));
  if (clash) columns = await withKeys(database, `read_json_objects(${reading.join(", ")})`, columns);
  else if (columns.some(({ type }) => likeTexts.test(type) || type === "DOUBLE")) {
    const types = columns.map(({ sql, type }) => {
      return `${sql}: ${literal(likeTexts.test(type) || type === "DOUBLE" ? "VARCHAR" : type)}`;
    });
    from = `read_json(${[...reading, `columns={${types.join(", ")}}`].join(", ")})`;
    columns = columns.map((column) => {
      if (column.type === "DOUBLE") return { ...column, ...doubles(column.sql) };
      return likeTexts.test(column.type) ? { ...column, type: "VARCHAR" } : column;
    });
  }
  return { name, from, columns: await withNestedJson(database, from, columns), notes: [] };
}

/** A format of dates that no text has. */
const noFormat = "\u0001%Y";
/** Types that DuckDB sees in texts. */
const likeTexts = /^(?:UUID|TIME)$/;

/** Numbers from their texts: whole ones of more than 19 digits would be doubles without them. */
function doubles(text: string): Pick<PartColumn, "sql" | "digits"> {
  const sql = `CAST(${text} AS DOUBLE)`;
  return {
    sql,
    digits: `CASE WHEN regexp_full_match(${text}, '-?[0-9]+') THEN ${text} ELSE CAST(${sql} AS VARCHAR) END`,
  };
}

/** DuckDB numbers names that differ by case only: "Upn" beside "UPN" is called "Upn_1". */
function isRenamed({ name }: PartColumn, columns: readonly PartColumn[]): boolean {
  const base = name.replace(/_\d+$/, "").toLowerCase();
  return base.length < name.length && columns.some((other) => other.name.toLowerCase() === base);
}

/** The columns by the names that the objects have for them. */
async function withKeys(database: Database, from: string, columns: readonly PartColumn[]): Promise<PartColumn[]> {
  const rows = await database.rows<{ key: string }>(`SELECT DISTINCT unnest(json_keys(json)) AS key FROM ${from}`);
  const keys = new Set(rows.map(({ key }) => key));
  return columns.map((column) => {
    const base = column.name.replace(/_\d+$/, "");
    return !keys.has(column.name) && keys.has(base) ? { ...column, name: base } : column;
  });
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
