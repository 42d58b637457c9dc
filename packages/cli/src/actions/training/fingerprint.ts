import { createHash } from "node:crypto";
import type { Table } from "evenkeel/tabular";

/**
 * A digest of a table's names and values, to check that a training is resumed on the table that it
 * began with.
 */
export function fingerprint({ rows, columns }: Table): string {
  const hash = createHash("sha256").update(String(rows));
  for (const column of columns) {
    hash.update(`\0${column.name}\0${column.type}\0`);
    const values = column.type === "text" ? column.codes : column.values;
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    if (column.type === "text") hash.update(JSON.stringify(column.dictionary));
  }
  return hash.digest("hex").slice(0, 16);
}
