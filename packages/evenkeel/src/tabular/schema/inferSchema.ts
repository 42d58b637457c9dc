import { checkDeclared, refuse, text } from "../../core/index.ts";
import { inferTarget } from "../encoding/targetClasses.ts";
import type { Table } from "../table/table.ts";
import { checkStructure, columnOf, noColumn, shorten } from "./columns.ts";
import { identifierOf } from "./identifier.ts";
import { type Inferred, inferKind } from "./inferKind.ts";
import { askedReasons, type ColumnSchema, type Schema } from "./schema.ts";
import { schemaOptions } from "./schemaOptions.ts";
import type { SchemaOptions } from "./schemaOptions.types.ts";

/**
 * What the columns of a table mean. Numbers, also those written as text, are numeric; true and
 * false boolean; dates of one of the known forms dates; other texts are categories, unless nearly
 * every value is another one: then they are identifiers or prose, and ignored. So are columns
 * without values, with one value only, and row numbers. `why` says it of each.
 *
 * The task follows from the target: text or boolean of two values, and numbers that are only 0 and
 * 1, are binary; text of more values is multiclass; all other numbers are regression, few whole
 * ones too, unless `task` says "multiclass". Nothing is inferred from how the rows are split.
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
  checkDeclared("inferSchema", options, schemaOptions);
  const { target, features, ignore, kinds = {} } = options;
  const known = (name: string, option: string) => {
    if (table.columns.some((column) => column.name === name)) return;
    throw noColumn("inferSchema", text`${{ option }}: the table`, table, name);
  };
  known(target, "target");
  for (const [option, names] of Object.entries({ features, ignore })) {
    if (names === undefined) continue;
    for (const name of names) known(name, option);
    if (!names.includes(target)) continue;
    throw refuse("conflict", "inferSchema", text`the target ${shorten(target)} is among ${{ option }}`, undefined, {
      column: target,
    });
  }
  const both = features?.find((name) => ignore?.includes(name));
  if (both !== undefined) {
    const statement = text`${shorten(both)} is among ${{ option: "features" }} and among ${{ option: "ignore" }}`;
    throw refuse("conflict", "inferSchema", statement, undefined, { column: both });
  }
  for (const name of Object.keys(kinds)) known(name, "kinds");
}
