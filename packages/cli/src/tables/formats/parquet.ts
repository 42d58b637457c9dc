import type { Part, PartColumn } from "../columns/part.ts";
import type { Database } from "../database.ts";
import { unreadable } from "../readError.ts";
import type { Head } from "./head.ts";
import { described } from "./json.ts";
import { checkColumns, checkCost } from "./limited.ts";
import { fileLiteral, literal } from "./sql.ts";
import { type SourceFile, unpackLimit, type Wanted } from "./unpackLimit.ts";

/**
 * What a Parquet file holds, by its footer.
 *
 * @throws TableReadError if that is more than its size allows
 */
export async function parquetPart(
  database: Database,
  { head, ...file }: SourceFile & { readonly head: Pick<Head, "compression"> },
  wanted: Wanted,
): Promise<Part> {
  const { name, path } = file;
  if (head.compression !== "uncompressed")
    throw unreadable("damaged-file", `${name} is a Parquet file inside ${head.compression}`, "unpack it first");
  const names = await ownNames(database, path);
  checkColumns(name, names.length, file);
  await checkParquetSize(database, file, wanted);
  const from = `read_parquet(${fileLiteral(path)}, hive_partitioning=false)`;
  return { name, from, columns: withNames(await described(database, from), names), notes: [] };
}

/** @throws TableReadError if what is read of the file takes more than its size allows */
export async function checkParquetSize(database: Database, file: SourceFile, { columns, limit }: Wanted = {}) {
  const only = columns === undefined ? "" : `WHERE path_in_schema IN (${columns.map(literal).join(", ")})`;
  const rows = "sum(num_values)::DOUBLE AS rows, sum(total_uncompressed_size)::DOUBLE AS bytes";
  const read = `SELECT ${rows} FROM parquet_metadata(${fileLiteral(file.path)}) ${only} GROUP BY column_id`;
  const found = await database.rows<{ readonly rows: number; readonly bytes: number }>(read);
  checkCost(file.name, found, await unpackLimit(file), limit);
}

interface SchemaElement {
  readonly name: string;
  readonly num_children: bigint | number | null;
}

/** DuckDB numbers names that differ by case only: they are called as in the file's schema. */
async function ownNames(database: Database, path: string): Promise<string[]> {
  const elements = await database.rows<SchemaElement>(
    `SELECT name, num_children FROM parquet_schema(${fileLiteral(path)})`,
  );
  const names: string[] = [];
  // Elements stand in the order of a depth-first search; the first is the root.
  let inside = 0;
  for (const { name, num_children } of elements.slice(1)) {
    if (inside === 0) names.push(name);
    else inside--;
    inside += Number(num_children ?? 0);
  }
  return names;
}

function withNames(columns: readonly PartColumn[], names: readonly string[]): PartColumn[] {
  if (names.length !== columns.length) return [...columns];
  return columns.map((column, i) => ({ ...column, name: names[i] }));
}
