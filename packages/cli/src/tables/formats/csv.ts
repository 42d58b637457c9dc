import type { Attempt, Part } from "../columns/part.ts";
import type { Database } from "../database.ts";
import type { Head } from "./bytes.ts";
import { type CsvOptions, csvDialect } from "../csv/dialect.ts";
import { fileLiteral, literal } from "./sql.ts";

/**
 * Spellings of a missing value in a column of numbers, truth values or dates. A text column keeps
 * them all but "".
 */
export const nullSpellings: readonly string[] = [
  ...["", "NA", "N/A", "n/a", "na", "#N/A", "#N/A N/A", "#NA", "<NA>", "NULL", "Null", "null", "None", "none"],
  ...["?", "-", "."],
  ...["NaN", "nan", "NAN", "-NaN", "-nan", "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND"],
];

interface CsvFile {
  readonly name: string;
  readonly path: string;
  readonly head: Head;
  readonly tabs: boolean;
}

interface Sniffed {
  readonly types: readonly string[];
  readonly dates: string | null;
  readonly timestamps: string | null;
  readonly comma?: boolean;
}

/** Rows that DuckDB looks at to find the types, where it does not look at all. */
const sampledRows = 200_000;

/** What a CSV file holds: its dialect by its beginning, the types by DuckDB's sniffer. */
export async function csvPart(
  database: Database,
  { name, path, head, tabs }: CsvFile,
  options: CsvOptions & { readonly nullStrings?: readonly string[] | undefined },
  { thorough }: Attempt,
): Promise<Part> {
  const text = new TextDecoder().decode(head.bytes);
  const { delimiter, skip, header, names, ...written } = csvDialect(name, text, head.whole, tabs, options);
  const notes = [...written.notes];
  const dialect = [
    `delim=${literal(delimiter)}`,
    `quote='"'`,
    `escape='"'`,
    `comment=''`,
    `skip=${skip}`,
    `header=${header}`,
    `compression=${literal(head.compression)}`,
    "max_line_size=4194304",
  ];
  const inner = names.map((_, i) => `c${i}`);
  const nulls = (options.nullStrings ?? nullSpellings).map(literal).join(", ");
  const types = (comma: boolean) => {
    const decimal = comma ? ["decimal_separator=','"] : [];
    return sniff(database, path, [...dialect, ...decimal, `nullstr=[${nulls}]`], inner, thorough);
  };
  let found = await types(false);
  if (delimiter !== "," && textsOf(found) > 0) {
    // Where commas are no delimiters they may be decimal points: 3,14.
    const again = await types(true);
    if (textsOf(again) < textsOf(found)) {
      found = { ...again, comma: true };
      notes.push({ severity: "note", code: "decimal-commas", message: `${name}: decimal commas are read as points` });
    }
  }
  // Texts first, types afterwards: DuckDB would take NA for missing in all columns or in none.
  const read = [
    fileLiteral(path),
    "auto_detect=false",
    `columns={${inner.map((column) => `${column}: 'VARCHAR'`).join(", ")}}`,
    ...dialect,
    "nullstr=['']",
    "hive_partitioning=false",
  ];
  const spelled = options.nullStrings !== undefined;
  const columns = names.map((column, i) => ({
    name: column,
    ...typed(inner[i], found.types[i], found, nulls, spelled),
  }));
  return {
    name,
    from: `read_csv(${read.join(", ")})`,
    columns,
    notes,
  };
}

function textsOf({ types }: Sniffed): number {
  return types.filter((type) => type === "VARCHAR").length;
}

/**
 * A column of texts as what they were found to be. A text such as NA stays in a text column unless
 * it was asked for. Not `IN (…)`: DuckDB makes a join of a long one, and a join does not keep the
 * order of the rows.
 */
function typed(column: string, type: string, found: Sniffed, nulls: string, spelled: boolean) {
  const present = `CASE WHEN NOT list_contains(CAST([${nulls}] AS VARCHAR[]), ${column}) THEN ${column} END`;
  if (type === "VARCHAR") return { sql: spelled ? present : column, type };
  const format = type === "DATE" ? found.dates : type.startsWith("TIMESTAMP") ? found.timestamps : null;
  // The sniffer takes 06/12/1998 for December. What a column of such dates means is found from all
  // of its texts, later.
  if (format !== null && !format.startsWith("%Y")) return { sql: spelled ? present : column, type: "VARCHAR" };
  const point = (text: string) => (found.comma && type === "DOUBLE" ? `replace(${text}, ',', '.')` : text);
  const cast = (text: string) =>
    format === null ? `CAST(${point(text)} AS ${type})` : `strptime(${text}, ${literal(format)})`;
  const tried = format === null ? `TRY_${cast(column)}` : `try_${cast(column)}`;
  // The usual spellings are none of the type, so that they are looked up only among what is not; -9
  // may be one.
  const sql = spelled ? cast(present) : `COALESCE(${tried}, ${cast(present)})`;
  return { sql, type: format === null ? type : "TIMESTAMP" };
}

async function sniff(
  database: Database,
  path: string,
  dialect: readonly string[],
  inner: readonly string[],
  thorough: boolean,
): Promise<Sniffed> {
  const options = [
    ...dialect,
    `names=[${inner.map(literal).join(", ")}]`,
    `sample_size=${thorough ? -1 : sampledRows}`,
  ];
  const query = `SELECT list_transform("Columns", lambda one: one.type) AS types, DateFormat AS dates,
    TimestampFormat AS timestamps FROM sniff_csv(${[fileLiteral(path), ...options].join(", ")})`;
  try {
    const [found] = await database.rows<Sniffed>(query);
    if (found !== undefined && found.types.length === inner.length) return found;
  } catch (error) {
    // Ragged rows and the like stop the sniffer without a line number. Reading says where they are.
    if (!/sniff|invalid state/i.test((error as Error).message)) throw error;
  }
  return { types: inner.map(() => "VARCHAR"), dates: null, timestamps: null };
}
