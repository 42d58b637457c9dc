import { createHash } from "node:crypto";
import type { StudyData } from "evenkeel/study";

/** SHA-256 of a table and its schema. */
export function digestOf({ table, schema }: StudyData): string {
  const hash = createHash("sha256").update(JSON.stringify(schema));
  for (const column of table.columns) {
    const values = column.type === "text" ? column.codes : column.values;
    hash.update(JSON.stringify([column.name, column.type, values.length]));
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    if (column.type === "text") hash.update(JSON.stringify(column.dictionary));
  }
  return hash.digest("hex");
}
