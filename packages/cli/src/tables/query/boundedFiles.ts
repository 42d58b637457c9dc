import { checkGzip, readHead } from "../formats/bytes.ts";
import { startsWith } from "../formats/head.ts";
import { checkJson } from "../formats/jsonBounds.ts";
import { checkParquetSize } from "../formats/parquet.ts";
import type { SourceFile } from "../formats/unpackLimit.ts";
import { unreadable } from "../readError.ts";
import type { Workspace } from "../workspace.ts";

/**
 * The bounds of files that are named, for those that a query names: DuckDB reads them without a
 * question, and its JSON parser ends the process, or takes all memory, where one is nested deep.
 *
 * @param json whether the query reads the file as JSON whatever its name is
 * @throws TableReadError if a file costs more than its size allows
 */
export async function checkBounds(file: SourceFile, json: boolean, { database, signal }: Workspace): Promise<void> {
  const head = await readHead(file);
  if (startsWith(head.bytes, [0x50, 0x41, 0x52, 0x31])) return checkParquetSize(database, file);
  if (head.compression === "zstd") {
    throw unreadable(
      "not-supported",
      `${file.name} is compressed with zstd, as which text is not read`,
      "unpack it first",
    );
  }
  if (json || /\.(?:json|jsonl|ndjson)(?:\.gz)?$/i.test(file.path)) return checkJson(file, head, signal);
  if (head.compression === "gzip") await checkGzip(file, signal);
}
