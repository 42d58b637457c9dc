import { checkDeclared, refuse, text } from "../../core/index.ts";
import { classesOf, inferTarget } from "../encoding/target/targetClasses.ts";
import type { Table } from "../table/table.ts";
import { checkStructure, columnOf, noColumn, shorten, takeRows } from "./columns.ts";
import { identifierOf } from "./identifier.ts";
import { type Inferred, inferKind, type Known } from "./inferKind.ts";
import { numberReadings } from "./numberReadings.ts";
import { askedReasons, type ColumnSchema, readingOf, type Schema, type ToldKind } from "./schema.ts";
import { schemaOptions } from "./schemaOptions.ts";
import type { SchemaOptions } from "./schemaOptions.types.ts";
import type { DateFormat } from "./values/dateFormat.ts";
import { nullSpellings, nullsOf } from "./values/nulls.ts";

/**
 * What the columns of a table mean. Numbers, also those written as text, are numeric, but for codes
 * such as 02116; true and false, yes and no, and their like are boolean; dates of one of the known
 * forms dates; other texts are categories, unless nearly every value is another one: then they are
 * identifiers or prose, and ignored. So are columns without values, with one value only, and row
 * numbers. `why` says it of each.
 *
 * How numbers are written is inferred from all columns together, and kept: a later table is read as
 * this one. {@link checkTable} says what is in doubt.
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
  const { target, task } = options;
  const features = options.features && new Set(options.features);
  const ignore = new Set(options.ignore);
  const nulls = missingOf(options);
  const knownOf = knowledge(table, nulls, options);
  const predicted = inferTarget(columnOf(table, target), knownOf(target), task);
  const columns = table.columns.map((column): ColumnSchema => {
    const { name } = column;
    if (name === target) return { name, ...predicted.meaning, use: "target" };
    const listed = features?.has(name) === true;
    const known = knownOf(name);
    const asked = known.told !== undefined || listed;
    const found = inferKind(column, known);
    // Text that is asked for can only be meant as categories.
    const inferred =
      listed && known.told === undefined && found.kind === "text" ? { ...found, kind: "category" as const } : found;
    const identifier = asked ? undefined : identifierOf(column, inferred.kind, { ...inferred, nulls });
    const why = ignore.has(name)
      ? askedReasons.ignore
      : features !== undefined && !features.has(name)
        ? askedReasons.features
        : whyUseless(inferred, asked, identifier);
    const { present, constant, why: _, ...meaning } = inferred;
    if (why !== undefined) return { name, ...meaning, use: "ignored", why };
    return { name, ...meaning, use: "feature", ...(listed && { named: true }) };
  });
  const { classes } = predicted;
  const isUsual = options.nulls === undefined && options.onlyNulls === undefined;
  return {
    columns,
    ...(!isUsual && { nulls }),
    target,
    task: predicted.task,
    ...(classes === undefined ? {} : { classes }),
  };
}

/**
 * The schema of a table as some of its rows have it, those that are trained on: the others are read
 * as these are, and must fit. Only the classes are those of all rows.
 * @throws as `inferSchema`; RangeError if another row's target is not of its kind
 */
export function inferSchemaBy(table: Table, options: SchemaOptions, rows: Int32Array | undefined): Schema {
  if (rows === undefined || rows.length === 0) return inferSchema(table, options);
  const schema = inferSchema(takeRows(table, rows), options);
  if (schema.classes === undefined) return schema;
  const { kind, ...reading } = readingOf(schema, schema.target);
  const classes = classesOf(columnOf(table, schema.target), kind, { ...reading, notNull: schema.classes });
  return { ...schema, classes, task: options.task ?? (classes.length > 2 ? "multiclass" : "binary") };
}

/** The texts that mean that there is no value. */
function missingOf({ nulls = [], onlyNulls }: SchemaOptions): readonly string[] {
  if (onlyNulls === undefined && nulls.length === 0) return nullSpellings;
  return [...new Set([...(onlyNulls ?? nullSpellings), ...nulls].map((text) => text.trim()))];
}

/** What is known of each column before it is looked at by itself. */
function knowledge(table: Table, nulls: readonly string[], options: SchemaOptions): (name: string) => Known {
  const { kinds, dateFormats, numberFormats } = options;
  const datesOf = (name: string) => given(dateFormats, name) as DateFormat | undefined;
  const told = (name: string): ToldKind | undefined => {
    if (given(kinds, name) !== undefined) return given(kinds, name);
    if (datesOf(name) !== undefined) return "date";
    return given(numberFormats, name) === undefined ? undefined : "numeric";
  };
  const numbers = numberReadings(table, nullsOf(nulls), told, options);
  const asked = new Set([...(options.nulls ?? []), ...(options.onlyNulls ?? [])].map((text) => text.trim()));
  return (name) => ({ told: told(name), dates: datesOf(name), numbers: numbers.get(name), nulls, asked });
}

function given<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Why a column without values is ignored. */
export const noValues = "it has no values";

function whyUseless(inferred: Inferred, asked: boolean, identifier: string | undefined): string | undefined {
  if (inferred.kind === "text") return inferred.why ?? "it is free text, which this network cannot use";
  if (inferred.present === 0) return noValues;
  if (asked) return undefined;
  return inferred.constant ? "all its values are the same" : identifier;
}

/** The options of `inferSchema` among others, without those that are undefined. */
export function schemaOptionsOf(options: SchemaOptions): SchemaOptions {
  const given = Object.entries(options).filter(
    ([name, value]) => Object.hasOwn(schemaOptions, name) && value !== undefined,
  );
  return Object.fromEntries(given) as unknown as SchemaOptions;
}

function checkSchemaOptions(table: Table, options: SchemaOptions): void {
  checkDeclared("inferSchema", options, schemaOptions);
  const { target, features, ignore, kinds = {}, numberFormats = {}, dateFormats = {}, decimal, thousands } = options;
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
  for (const [option, record] of Object.entries({ kinds, numberFormats, dateFormats })) {
    for (const name of Object.keys(record)) known(name, option);
  }
  checkFormat("numberFormats", numberFormats, kinds, "numeric");
  checkFormat("dateFormats", dateFormats, kinds, "date");
  const twice = Object.keys(numberFormats).find((name) => Object.hasOwn(dateFormats, name));
  if (twice !== undefined) {
    const statement = text`${shorten(twice)} is among ${{ option: "numberFormats" }} and among ${{ option: "dateFormats" }}`;
    throw refuse("conflict", "inferSchema", statement, undefined, { column: twice });
  }
  if (decimal !== undefined && decimal === thousands) {
    const statement = text`${{ option: "decimal", value: decimal }} and ${{ option: "thousands", value: thousands }} are the same sign`;
    throw refuse("conflict", "inferSchema", statement, "leave one out");
  }
}

/** A format is of columns of one kind. */
function checkFormat(
  option: string,
  formats: Readonly<Record<string, string>>,
  kinds: Readonly<Record<string, ToldKind>>,
  kind: ToldKind,
): void {
  const wrong = Object.keys(formats).find((name) => Object.hasOwn(kinds, name) && kinds[name] !== kind);
  if (wrong === undefined) return;
  const statement = text`${{ option, key: wrong }} is for ${kind} columns, and ${{ option: "kinds", key: wrong, value: kinds[wrong] }}`;
  throw refuse("conflict", "inferSchema", statement, "leave one out", { column: wrong });
}
