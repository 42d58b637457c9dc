import type { Attempt, Part, PartColumn } from "../columns/part.ts";
import type { Database } from "../database.ts";
import { type Allowed, longestRecordOf } from "../limits.ts";
import { unreadable } from "../readError.ts";
import type { Head } from "./head.ts";
import { fileLiteral, identifier, literal } from "./sql.ts";

interface JsonFile extends Pick<Allowed, "maxRecord"> {
  readonly name: string;
  readonly path: string;
  readonly head: Head;
  readonly format: "json" | "ndjson";
}

/** What a JSON file holds: an array of objects, or one object a line. */
export async function jsonPart(database: Database, file: JsonFile, attempt: Attempt): Promise<Part> {
  const { name, path, head, format } = file;
  const { thorough } = attempt;
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
    `maximum_object_size=${2 * longestRecordOf(file)}`,
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
  const objects = `read_json_objects(${reading.join(", ")})`;
  const clash = columns.some((column) => isRenamed(column, columns));
  if (clash) columns = await withKeys(database, objects, columns);
  const long = await withLongNumbers(database, objects, columns);
  if (clash && long.size > 0) {
    const [column] = long;
    throw unreadable(
      "not-supported",
      `${name}: column "${column}" holds whole numbers of more digits than a double has, and names differ by case only`,
      "rename one, or write these numbers as strings",
    );
  }
  if (!clash && (long.size > 0 || columns.some(({ type }) => likeTexts.test(type)))) {
    // Keys that are not among given columns are passed over: all must be known.
    if (!thorough) return jsonPart(database, file, { ...attempt, thorough: true });
    columns = columns.map((column) => {
      const type = long.has(column.name) ? "JSON" : column.type.replace(likeTexts, "VARCHAR");
      return { ...column, type };
    });
    const types = columns.map(({ sql, type }) => `${sql}: ${literal(type)}`).join(", ");
    from = `read_json(${[...reading, `columns={${types}}`].join(", ")})`;
  }
  return { name, from, columns: await withNestedJson(database, from, columns), notes: [] };
}

/** A format of dates that no text has. */
const noFormat = "\u0001%Y";
/** Types that DuckDB sees in texts. */
const likeTexts = /^(?:UUID|TIME)$/;

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

/** DuckDB's numbers of JSON have 64 bits, and beyond them are doubles: columns that lose digits so. */
async function withLongNumbers(
  database: Database,
  objects: string,
  columns: readonly PartColumn[],
): Promise<ReadonlySet<string>> {
  const doubles = columns.filter(({ type }) => type === "DOUBLE");
  if (doubles.length === 0) return new Set();
  // All paths in one call: each object is parsed once.
  const paths = doubles.map(({ name }) => literal(`$.${identifier(name).replaceAll('""', '\\"')}`));
  const values = `SELECT unnest(json_extract_string(json, [${paths.join(", ")}])) AS value, generate_subscripts([${paths.join(", ")}], 1) AS nth FROM ${objects}`;
  const isLong = `regexp_full_match(value, '-?[0-9]{16,}') AND abs(CAST(value AS DOUBLE)) >= 9007199254740992`;
  const rows = await database.rows<{ nth: bigint }>(`SELECT DISTINCT nth FROM (${values}) WHERE ${isLong}`);
  return new Set(rows.map(({ nth }) => doubles[Number(nth) - 1].name));
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
