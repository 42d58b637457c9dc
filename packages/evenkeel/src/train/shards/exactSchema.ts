import { refuse, text } from "../../core/index.ts";
import { mostClasses } from "../../tabular/encoding/target/targetClasses.ts";
import { readingOf, type Schema } from "../../tabular/index.ts";
import { shorten } from "../../tabular/schema/columns.ts";
import { noValues } from "../../tabular/schema/inferSchema.ts";
import { type ColumnSummary, hasValues, type TableSummary, varies } from "../../tabular/summary/columnSummary.ts";

/** How many rows there are of each class of a target, in the order of the schema; none for a number. */
export function classCounts({ target, classes = [] }: Schema, summary: TableSummary): number[] {
  const counted = summary.get(target);
  return classes.map((name) => (counted?.kind === "text" ? (counted.counts.get(name) ?? 0) : 0));
}

/** A schema whose features are there as well if the sample has no values of them: other rows may. */
export function withNamedFeatures(schema: Schema, features: readonly string[] = []): Schema {
  const isNamed = new Set(features);
  const columns = schema.columns.map((column): Schema["columns"][number] => {
    const { why, ...meaning } = column;
    return why === noValues && isNamed.has(column.name) ? { ...meaning, use: "feature", named: true } : column;
  });
  return { ...schema, columns };
}

/**
 * The schema of a sample with the classes of all rows, and without features that no row has a value of.
 * @param task as it was told
 * @throws RangeError if the classes are too many, or the target is the same in all rows
 */
export function exactSchema(given: Schema, summary: TableSummary, task: Schema["task"] | undefined): Schema {
  const columns = given.columns.map((column): Schema["columns"][number] => {
    const counted = summary.get(column.name);
    if (column.use !== "feature" || counted === undefined || hasValues(counted)) return column;
    const { named: _, ...meaning } = column;
    return { ...meaning, use: "ignored", why: noValues };
  });
  const schema = { ...given, columns };
  const counted = summary.get(schema.target);
  if (counted !== undefined && !varies(counted)) throw constantTarget(schema.target);
  if (task === undefined && schema.task === "regression" && isZeroOne(counted)) throw unseenClasses(schema.target);
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

function constantTarget(target: string): Error {
  const statement = `the target ${shorten(target)} has the same value in every training row: there is nothing to predict`;
  return refuse("wrong-value", "trainShards", statement, undefined, { column: target });
}

function isZeroOne(counted: ColumnSummary | undefined): boolean {
  return counted?.kind === "number" && counted.distinct.every((value) => value === 0 || value === 1);
}

function unseenClasses(target: string): Error {
  const statement = `the target ${shorten(target)} is 0 or 1 in all rows, and not both in the sample that its meaning follows from`;
  return refuse(
    "wrong-value",
    "trainShards",
    statement,
    text`say ${{ option: "task", value: "binary" }} or "regression"`,
    {
      column: target,
    },
  );
}
