import { checkOptions, describe, mismatch, refuse, text, wrongType, wrongValue } from "../../core/index.ts";
import { inferTarget } from "../encoding/targetClasses.ts";
import type { Table } from "../table/table.ts";
import { checkStructure, columnOf, listOf, noColumn, shorten } from "./columns.ts";
import { identifierOf } from "./identifier.ts";
import { type Inferred, inferKind } from "./inferKind.ts";
import { askedReasons, type ColumnSchema, type Schema, type Task, type ToldKind, tasks, toldKinds } from "./schema.ts";

export interface SchemaOptions {
  /** The column to predict. */
  readonly target: string;
  /** What is predicted; inferred from the target where it is not said. */
  readonly task?: Task;
  /** The columns to predict from; all others by default. One that is named here is used even if it looks useless. */
  readonly features?: readonly string[];
  /** Columns to leave out. */
  readonly ignore?: readonly string[];
  /**
   * What columns mean, where the inferred kind is wrong: `{ Cylinders: "category" }`. Dates of numbers alone, of which no
   * value tells whether day or month comes first, are read with `{ Released: "date:dmy" }` or `"date:mdy"`.
   */
  readonly kinds?: Readonly<Record<string, ToldKind>>;
}

/**
 * What the columns of a table mean. Numbers, also those written as text, are numeric; true and false boolean; dates of one
 * of the known forms dates; other texts are categories, unless nearly every value is another one: then they are identifiers or prose, and
 * ignored. So are columns without values, with one value only, and row numbers. `why` says it of each.
 *
 * The task follows from the target: text or boolean of two values, and numbers that are only 0 and 1, are binary; text of
 * more values is multiclass; all other numbers are regression, few whole ones too, unless `task` says "multiclass".
 * Nothing is inferred from how the rows are split.
 *
 * @throws TypeError if an option is of the wrong kind
 * @throws RangeError if a name is not in the table, or the target does not fit the task
 */
export function inferSchema(table: Table, options: SchemaOptions): Schema {
  checkStructure("inferSchema", table);
  checkSchemaOptions(table, options);
  const { target, task, features, ignore = [], kinds = {} } = options;
  const told = (name: string) => (Object.hasOwn(kinds, name) ? kinds[name] : undefined);
  const predicted = inferTarget(columnOf(table, target), told(target), task);
  const columns = table.columns.map((column): ColumnSchema => {
    const { name } = column;
    if (name === target) return { name, kind: predicted.kind, use: "target" };
    const listed = features?.includes(name) === true;
    const asked = told(name) !== undefined || listed;
    const found = inferKind(column, told(name));
    // Text that is asked for can only be meant as categories.
    const inferred =
      listed && told(name) === undefined && found.kind === "text" ? { ...found, kind: "category" as const } : found;
    const why = ignore.includes(name)
      ? askedReasons.ignore
      : features !== undefined && !features.includes(name)
        ? askedReasons.features
        : whyUseless(inferred, asked, asked ? undefined : identifierOf(column, inferred.kind));
    const { kind, dateOrder } = inferred;
    const meaning = { name, kind, ...(dateOrder !== undefined && { dateOrder }) };
    return why === undefined ? { ...meaning, use: "feature" } : { ...meaning, use: "ignored", why };
  });
  const { classes } = predicted;
  return { columns, target, task: predicted.task, ...(classes === undefined ? {} : { classes }) };
}

function whyUseless(inferred: Inferred, asked: boolean, identifier: string | undefined): string | undefined {
  if (inferred.kind === "text") return inferred.why ?? "it is free text, which this network cannot use";
  if (inferred.present === 0) return "it has no values";
  if (asked) return undefined;
  return inferred.constant ? "all its values are the same" : identifier;
}

function checkSchemaOptions(table: Table, options: SchemaOptions): void {
  checkOptions("inferSchema", options, ["target", "task", "features", "ignore", "kinds"]);
  const { target, task, features, ignore, kinds } = options;
  const known = (name: unknown, option: string) => {
    if (typeof name !== "string") {
      throw wrongType("inferSchema", { option }, name, "the name of a column");
    }
    if (!table.columns.some((column) => column.name === name)) {
      throw noColumn(`inferSchema: ${option}: the table`, table, name);
    }
  };
  known(target, "target");
  for (const [option, names] of Object.entries({ features, ignore })) {
    if (names === undefined) continue;
    if (!Array.isArray(names)) {
      throw wrongType("inferSchema", { option }, names, "a list of names of columns");
    }
    for (const name of names) known(name, option);
    if (names.includes(target))
      throw refuse("conflict", "inferSchema", text`the target ${shorten(target)} is among ${{ option }}`, undefined, {
        column: target,
      });
  }
  const both = features?.find((name) => ignore?.includes(name));
  if (both !== undefined)
    throw refuse(
      "conflict",
      "inferSchema",
      text`${shorten(both)} is among ${{ option: "features" }} and among ${{ option: "ignore" }}`,
      undefined,
      { column: both },
    );
  if (task !== undefined && !tasks.includes(task)) {
    throw wrongValue("inferSchema", { option: "task" }, task, listOf(tasks));
  }
  if (kinds === undefined) return;
  if (typeof kinds !== "object" || kinds === null || Array.isArray(kinds)) {
    throw mismatch(
      "wrong-type",
      "inferSchema",
      text`${{ option: "kinds" }} are ${describe(kinds)}`,
      'an object such as { Cylinders: "category" }',
    );
  }
  for (const [name, kind] of Object.entries(kinds)) {
    known(name, "kinds");
    if (!toldKinds.includes(kind)) {
      throw wrongValue("inferSchema", `kinds: ${shorten(name)}`, kind, listOf(toldKinds));
    }
  }
}
