import type { Part } from "../columns/part.ts";
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
  return { name, from, columns: await described(database, from), notes: [] };
}
