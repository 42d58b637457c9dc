import { refuse, text } from "../../core/index.ts";
import { mostClasses } from "../../tabular/encoding/target/targetClasses.ts";
import { readingOf, type Schema } from "../../tabular/index.ts";
import { shorten } from "../../tabular/schema/columns.ts";
import type { TableSummary } from "../../tabular/summary/columnSummary.ts";

/** How many rows there are of each class of a target, in the order of the schema; none for a number. */
export function classCounts({ target, classes = [] }: Schema, summary: TableSummary): number[] {
  const counted = summary.get(target);
  return classes.map((name) => (counted?.kind === "text" ? (counted.counts.get(name) ?? 0) : 0));
}

/**
 * The schema of a sample with the classes of all rows.
 * @param task as it was told
 * @throws RangeError if these are too many
 */
export function exactSchema(schema: Schema, summary: TableSummary, task: Schema["task"] | undefined): Schema {
  const counted = summary.get(schema.target);
  if (schema.classes === undefined || counted?.kind !== "text") return schema;
  const { kind } = readingOf(schema, schema.target);
  const names = [...new Set([...schema.classes, ...counted.counts.keys()])];
  const named = `the target ${shorten(schema.target)}`;
  if (names.length > mostClasses) {
    const statement = `${named} has ${names.length} different values, and ${mostClasses} classes are the most`;
    throw refuse("wrong-value", "trainShards", statement, "is it the right column?");
  }
  if (task === "binary" && names.length > 2) {
    const statement = `${named} has ${names.length} classes, and binary has 2`;
    throw refuse("wrong-value", "trainShards", statement, text`say ${{ option: "task", value: "multiclass" }}`);
  }
  const classes = kind === "numeric" ? names.sort((a, b) => Number(a) - Number(b)) : names.sort(byCodePoint);
  return { ...schema, classes, task: task ?? (classes.length > 2 ? "multiclass" : "binary") };
}

const byCodePoint = (a: string, b: string) => (a < b ? -1 : 1);
