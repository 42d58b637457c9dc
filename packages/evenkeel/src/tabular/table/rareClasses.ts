import { text } from "../../core/index.ts";
import { type Finding, finding } from "../checks/findings.ts";
import { classPositions } from "../encoding/target/targetClasses.ts";
import { columnOf, shorten } from "../schema/columns.ts";
import { inferSchemaBy } from "../schema/inferSchema.ts";
import { booleansOf, numbersOf, textsOf } from "../schema/read.ts";
import { type ColumnReading, readingOf, type Schema } from "../schema/schema.ts";
import type { SchemaOptions } from "../schema/schemaOptions.types.ts";
import type { Column, Table, TextColumn } from "./table.ts";

/** What is done with classes of few rows. */
export const rareClassChoices = ["drop", "merge", "keep"] as const;
export type RareClasses = (typeof rareClassChoices)[number];

/** A class of fewer rows cannot be trained on and tested. */
export const fewestOfClass = 2;
/** A class of fewer rows is dropped or merged where that is asked for. */
const rareBelow = 10;
/** The class that rare ones become. */
const mergedName = "other";

/** Which classes were dropped or merged, as plain JSON. */
export interface SettledClasses {
  /** Classes whose rows are taken as without a target. */
  readonly dropped: readonly string[];
  /** Classes whose rows are of the class "other". */
  readonly merged: readonly string[];
}

interface Settled {
  readonly table: Table;
  readonly schema: Schema;
  readonly findings: readonly Finding[];
  /** Undefined if nothing was done. */
  readonly settled?: SettledClasses;
  /** How many rows were dropped. */
  readonly leftOut?: number;
}

/**
 * The schema of a table, and the table without its rare classes: "drop" takes the rows of classes
 * with fewer than 10 rows as without a target, "merge" makes them one class, "other". Unless
 * anything is asked for, classes of a single row are dropped. Nothing is done where it would leave
 * fewer than two classes.
 * @param by the rows that the schema is inferred from; all unless given
 * @throws what `inferSchema` throws
 */
export function settleRareClasses(
  table: Table,
  options: SchemaOptions,
  how: RareClasses | undefined,
  by?: Int32Array,
): Settled {
  const schema = inferSchemaBy(table, options, by);
  const { target, classes } = schema;
  if (classes === undefined || how === "keep") return { table, schema, findings: [] };
  const counts = countsOf(columnOf(table, target), readingOf(schema, target), classes);
  const below = how === undefined ? fewestOfClass : rareBelow;
  const rare = classes.filter((_, k) => counts[k] > 0 && counts[k] < below);
  if (rare.length === 0) return { table, schema, findings: [] };
  const rows = classes.reduce((sum, name, k) => (rare.includes(name) ? sum + counts[k] : sum), 0);
  const joins = classes.includes(mergedName) && !rare.includes(mergedName);
  const merges = how === "merge" && (rows >= fewestOfClass || joins);
  const left = classes.length - rare.length + (merges && !joins ? 1 : 0);
  if (left < 2) return { table, schema, findings: [] };
  const settled = merges ? { dropped: [], merged: rare } : { dropped: rare, merged: [] };
  const changed = withSettledClasses(table, schema, settled);
  const kinds = merges ? { kinds: { ...options.kinds, [target]: "category" as const } } : {};
  const named = `the target ${shorten(target)}`;
  const shown = `${rare.slice(0, 5).map(shorten).join(", ")}${rare.length > 5 ? ` and ${rare.length - 5} more` : ""}`;
  const which = `${rows === 1 ? "1 row" : `${rows} rows`} of ${rare.length === 1 ? "the class" : "the classes"} ${shown}`;
  const cure = text`${{ option: "rareClasses", value: "keep" }} keeps them`;
  const statement = merges
    ? `${named}: ${which} taken for the class ${shorten(mergedName)}`
    : `${named}: ${which} left out, fewer than ${below} of each`;
  return {
    table: changed,
    schema: inferSchemaBy(changed, { ...options, ...kinds }, by),
    findings: [finding("warning", "rare-class", statement, cure, { column: target })],
    ...{ settled, leftOut: merges ? 0 : rows },
  };
}

/** A table with the classes dropped and merged as a training has settled them. */
export function withSettledClasses(table: Table, schema: Schema, { dropped, merged }: SettledClasses): Table {
  const column = columnOf(table, schema.target);
  const { codes, dictionary } = classTexts(column, readingOf(schema, schema.target));
  const changed = merged.length > 0 ? mergedColumn(column.name, codes, dictionary, merged) : undefined;
  const isDropped = dictionary.map((name) => dropped.includes(name));
  const target = changed ?? without(column, (row) => codes[row] >= 0 && isDropped[codes[row]]);
  return { ...table, columns: table.columns.map((one) => (one === column ? target : one)) };
}

function countsOf(column: Column, reading: ColumnReading, classes: readonly string[]): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const position of classPositions(column, reading, classes)) if (position >= 0) counts[position]++;
  return counts;
}

/** The class of each row in words. */
function classTexts(column: Column, reading: ColumnReading): Pick<TextColumn, "codes" | "dictionary"> {
  const { kind } = reading;
  if (kind === "category") return textsOf(column, reading);
  const values = kind === "boolean" ? booleansOf(column, reading) : numbersOf(column, reading);
  const type = kind === "boolean" ? "boolean" : "number";
  if (type === "number") return textsOf({ name: column.name, type, values });
  return textsOf({
    name: column.name,
    type: "boolean",
    values: Uint8Array.from(values, (v) => (Number.isNaN(v) ? 255 : v)),
  });
}

function mergedColumn(
  name: string,
  codes: Int32Array,
  dictionary: readonly string[],
  merged: readonly string[],
): TextColumn {
  const names = [...new Set(dictionary.map((one) => (merged.includes(one) ? mergedName : one)))];
  const place = new Map(names.map((one, i) => [one, i]));
  const moved = dictionary.map((one) => place.get(merged.includes(one) ? mergedName : one) ?? -1);
  return { name, type: "text", codes: codes.map((code) => (code < 0 ? -1 : moved[code])), dictionary: names };
}

/** The same column with no value in some rows. */
function without(column: Column, isLeftOut: (row: number) => boolean): Column {
  switch (column.type) {
    case "text":
      return { ...column, codes: column.codes.map((code, row) => (isLeftOut(row) ? -1 : code)) };
    case "boolean":
      return { ...column, values: column.values.map((value, row) => (isLeftOut(row) ? 255 : value)) };
    case "date":
    case "number": {
      const values = Float64Array.from(column.values, (value, row) => (isLeftOut(row) ? Number.NaN : value));
      return { ...column, values };
    }
    default:
      return column satisfies never;
  }
}
