import { wrongType } from "../../../core/index.ts";

/**
 * How a model came about: plain JSON, for people and for `inspect`. Whoever trains decides what it
 * says.
 */
export type ModelRecord = Readonly<Record<string, unknown>>;

/** A copy as a file would give it back: what is no number is null. */
export function plainRecord(caller: string, record: ModelRecord): ModelRecord {
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    throw wrongType(caller, "record", record, "an object of plain JSON");
  }
  return JSON.parse(JSON.stringify(record));
}
