import { refuse, text } from "../../core/index.ts";
import { noColumn, shorten } from "../schema/columns.ts";
import { askedReasons, readingOf, type Schema } from "../schema/schema.ts";
import { copiesIn } from "./copies.ts";
import { itemNamed } from "./named.ts";
import { type Cells, cellsOf, isMissing } from "./rowHashes.ts";
import type { SplitOptions } from "./splitOptions.types.ts";
import type { Column, Table } from "./table.ts";

/** Rows that are to be in one part, as sets that cover all rows. */
export interface Blocks {
  /** For each row the position of the first row of its block. */
  readonly firstOf: Int32Array;
  /** How many rows the block has, at the position of its first row; elsewhere 0. */
  readonly sizes: Int32Array;
  /** What a block is called in a message; undefined where each is a row. */
  readonly name?: "copies" | "groups";
}

/** Each row by itself. */
export function singleRows({ length }: Int32Array): Blocks {
  const firstOf = new Int32Array(length);
  for (let i = 0; i < length; i++) firstOf[i] = i;
  return { firstOf, sizes: new Int32Array(length).fill(1) };
}

/** Copies of a row together. @param findCopies `copiesIn` where it is asked more than once */
export function copyBlocks(table: Table, schema: Schema, rows: Int32Array, findCopies = copiesIn): Blocks {
  const copies = findCopies(table, schema, rows);
  return copies === undefined ? singleRows(rows) : { ...sized(copies.firstOf), name: "copies" };
}

/**
 * Rows with the same value of a column together.
 * @throws RangeError if there is no such column, or a row has no value in it
 */
export function groupBlocks(table: Table, schema: Schema, rows: Int32Array, group: string): Blocks {
  const groups = groupsOf(table, schema, group);
  const firstOfGroup = new Map<number, number>();
  const firstOf = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    if (isMissing(groups, rows[i])) throw withoutValue("group", group, rows[i]);
    const one = groups[rows[i]];
    const first = firstOfGroup.get(one) ?? i;
    if (first === i) firstOfGroup.set(one, i);
    firstOf[i] = first;
  }
  return { ...sized(firstOf), name: "groups" };
}

/**
 * The group of each row as the schema reads it: 5 and 5.0 are one.
 * @throws RangeError if there is no such column
 */
export function groupsOf(table: Table, schema: Schema, group: string): Cells {
  return cellsOf(splitColumn(table, "group", group), readingOf(schema, group));
}

/** The column that `group` or `time` names. @throws RangeError if there is none */
export function splitColumn(table: Table, option: "group" | "time", name: string): Column {
  const column = itemNamed(table.columns, name);
  if (column === undefined) throw noColumn("splitRows", text`${{ option }}: the table`, table, name);
  return column;
}

/** A row that belongs nowhere. */
export function withoutValue(option: "group" | "time", column: string, row: number): Error {
  return refuse(
    "wrong-value",
    "splitRows",
    text`${{ option }}: column ${shorten(column)} has no value in row ${row}`,
    "give it one, or leave such rows out",
    { column, row },
  );
}

/** How many rows of a table are different, and how many sets of them are independent. */
export interface DifferentRows {
  /** Rows that are no copies of others. */
  readonly distinct: number;
  /** The groups, where rows are split by groups; otherwise the distinct rows. */
  readonly independent: number;
}

/** Counts among `rows`; copies and groups are those that `splitRows` keeps together. */
export function countDifferent(
  table: Table,
  schema: Schema,
  rows: Int32Array,
  { group }: Pick<SplitOptions, "group">,
): DifferentRows {
  const count = ({ sizes }: Blocks) => sizes.reduce((sum, size) => sum + (size > 0 ? 1 : 0), 0);
  const distinct = count(copyBlocks(table, schema, rows));
  if (group === undefined) return { distinct, independent: distinct };
  return { distinct, independent: Math.min(distinct, count(groupBlocks(table, schema, rows, group))) };
}

function sized(firstOf: Int32Array): Pick<Blocks, "firstOf" | "sizes"> {
  const sizes = new Int32Array(firstOf.length);
  for (let i = 0; i < firstOf.length; i++) sizes[firstOf[i]]++;
  return { firstOf, sizes };
}

/**
 * The schema of a table whose rows are split by a group: that column is no feature, since new rows
 * are of other groups, unless it was named as one.
 * @throws RangeError if it is the target
 */
export function withoutGroup(schema: Schema, { group }: Pick<SplitOptions, "group">): Schema {
  if (group === undefined) return schema;
  if (group === schema.target) {
    const statement = text`${{ option: "group" }}: ${shorten(group)} is the target`;
    throw refuse("conflict", "splitRows", statement, "name another column", { column: group });
  }
  const columns = schema.columns.map((column) =>
    column.name === group && column.named === undefined
      ? { ...column, use: "ignored" as const, why: askedReasons.group }
      : column,
  );
  return { ...schema, columns };
}
