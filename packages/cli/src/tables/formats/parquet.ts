import type { Part, PartColumn } from "../columns/part.ts";
import type { Database } from "../database.ts";
import { unreadable } from "../readError.ts";
import type { Head } from "./bytes.ts";
import { described } from "./json.ts";
import { fileLiteral } from "./sql.ts";

/** What a Parquet file holds, by its footer. */
export async function parquetPart(
  database: Database,
  { name, path, head }: { readonly name: string; readonly path: string; readonly head: Head },
): Promise<Part> {
  if (head.compression !== "uncompressed")
    throw unreadable("damaged-file", `${name} is a Parquet file inside ${head.compression}`, "unpack it first");
  const from = `read_parquet(${fileLiteral(path)}, hive_partitioning=false)`;
  return { name, from, columns: await withOwnNames(database, path, await described(database, from)), notes: [] };
}

interface SchemaElement {
  readonly name: string;
  readonly num_children: bigint | number | null;
}

/** DuckDB numbers names that differ by case only: they are called as in the file's schema. */
async function withOwnNames(database: Database, path: string, columns: readonly PartColumn[]): Promise<PartColumn[]> {
  const elements = await database.rows<SchemaElement>(
    `SELECT name, num_children FROM parquet_schema(${fileLiteral(path)})`,
  );
  const names: string[] = [];
  // Elements stand in the order of a depth-first search; the first is the root.
  const next = (at: number): number => {
    let after = at + 1;
    for (let child = Number(elements[at].num_children ?? 0); child > 0; child--) after = next(after);
    return after;
  };
  for (let at = 1; at < elements.length; at = next(at)) names.push(elements[at].name);
  if (names.length !== columns.length) return [...columns];
  return columns.map((column, i) => ({ ...column, name: names[i] }));
}
