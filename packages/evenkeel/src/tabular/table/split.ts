import { checkDeclared, defaultOf, refuse, text } from "../../core/index.ts";
import { classPositions } from "../encoding/target/targetClasses.ts";
import { columnOf, shorten } from "../schema/columns.ts";
import { numbersOf } from "../schema/read.ts";
import { readingOf, type Schema } from "../schema/schema.ts";
import { type Blocks, copyBlocks, groupBlocks, singleRows } from "./blocks.ts";
import { copiesIn } from "./copies.ts";
import { drawParts } from "./drawParts.ts";
import { givenParts } from "./givenParts.ts";
import { splitByTime } from "./splitByTime.ts";
import { splitOptions } from "./splitOptions.ts";
import type { SplitOptions } from "./splitOptions.types.ts";
import type { Table } from "./table.ts";

/**
 * Positions of rows in a table: what is trained on, what choices are made by, and what is scored
 * once at the end.
 */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/** Shares of the rows unless others are asked for. */
export const defaultShares = {
  validation: splitOptions.validation.default,
  test: splitOptions.test.default,
};

/**
 * Splits the rows that have a target into three parts, each in the order of the table. Shares are of
 * those rows, rounded, but no part that was asked for is empty. The order is drawn as by
 * torch.randperm. Copies of a row, those with the same features and target, are in the same part.
 * Stratified, each class is shared out alike, and its last row is for training.
 *
 * With `group`, all rows of a group are in one part. With `time`, nothing is drawn: the oldest rows
 * are trained on, and the latest are the test.
 *
 * @param findCopies `copiesIn` where it is asked more than once
 * @throws TypeError if an option is of the wrong kind
 * @throws RangeError if shares are not from 0 to below 1 in sum, the table has too few rows or
 *   groups for the parts, or options exclude each other
 */
export function splitRows(table: Table, schema: Schema, options: SplitOptions = {}, findCopies = copiesIn): Split {
  checkDeclared("splitRows", options, splitOptions);
  const { seed = defaultOf(splitOptions, "seed"), group, time } = options;
  if (group !== undefined && time !== undefined) {
    throw refuse(
      "conflict",
      "splitRows",
      text`rows are split either by ${{ option: "group" }} or by ${{ option: "time" }}`,
      "leave one of them out",
    );
  }
  const stratified = isStratified(schema, options);
  const strata = strataOf(table, schema);
  const given = givenParts(table, schema, strata, options);
  const rows = rowsWith(strata, given.isGiven);
  const shares = [given.test === undefined ? options.test : 0, given.validation === undefined ? options.validation : 0];
  const wanted = wantedRows(shares as (number | undefined)[], rows.length);
  const part = () => {
    if (time !== undefined) return splitByTime(table, schema, rows, time, wanted);
    const classes = schema.classes === undefined ? undefined : strata;
    const order = { rows, seed, wanted, stratified };
    return drawParts(
      blocksOf(table, schema, rows, group, wanted, findCopies),
      classes,
      schema.classes?.length ?? 1,
      order,
    );
  };
  const parts = part();
  const take = (wanted: number) => rowsIn(wanted, parts, rows);
  const split = { train: take(0), validation: given.validation ?? take(2), test: given.test ?? take(1) };
  if (group !== undefined && given.isGiven !== undefined) given.checkGroups(split, group);
  return split;
}

/** The rows that are in a part, in their order. */
function rowsIn(wanted: number, parts: Uint8Array, rows: Int32Array): Int32Array {
  let count = 0;
  for (let i = 0; i < parts.length; i++) if (parts[i] === wanted) count++;
  const taken = new Int32Array(count);
  for (let i = 0, at = 0; at < count; i++) if (parts[i] === wanted) taken[at++] = rows[i];
  return taken;
}

function blocksOf(
  table: Table,
  schema: Schema,
  rows: Int32Array,
  group: string | undefined,
  [test, validation]: readonly number[],
  findCopies: typeof copiesIn,
): Blocks {
  if (test + validation === 0) return singleRows(rows);
  return group === undefined ? copyBlocks(table, schema, rows, findCopies) : groupBlocks(table, schema, rows, group);
}

function isStratified(schema: Schema, { stratify, group, time }: SplitOptions): boolean {
  const by = group !== undefined ? "group" : time !== undefined ? "time" : undefined;
  if (stratify !== true) return stratify ?? (schema.classes !== undefined && by === undefined);
  if (schema.classes === undefined) {
    throw refuse(
      "wrong-value",
      "splitRows",
      text`${{ option: "stratify" }} is for classes, and ${shorten(schema.target)} is a number`,
      "leave it out",
    );
  }
  if (by === undefined) return true;
  throw refuse(
    "conflict",
    "splitRows",
    text`${{ option: "stratify", value: true }} cannot be combined with ${{ option: by }}, which decides which rows are together`,
    "leave one of them out",
  );
}

/** How many rows the test and the validation part are to have. */
function wantedRows(shares: readonly (number | undefined)[], rows: number): [test: number, validation: number] {
  const [test = defaultShares.test, validation = defaultShares.validation] = shares;
  if (validation + test >= 1) throw nothingLeft(validation, test);
  const wanted = [test, validation].map((share) => (share === 0 ? 0 : Math.max(1, Math.round(share * rows))));
  const parts = 1 + wanted.filter((count) => count > 0).length;
  // Rounded up, two shares may take every row of a small table.
  while (rows <= wanted[0] + wanted[1] && Math.max(...wanted) > 1) wanted[wanted[0] >= wanted[1] ? 0 : 1]--;
  if (rows - wanted[0] - wanted[1] >= 1) return [wanted[0], wanted[1]];
  if (parts === 1) throw refuse("wrong-value", "splitRows", "no row with a target is left for training");
  throw refuse(
    "wrong-value",
    "splitRows",
    `${rows} rows with a target do not fill ${parts} parts (training and the shares asked for)`,
  );
}

/** The rows of two parts in the order of the table. */
export function joinedRows(a: Int32Array, b: Int32Array): Int32Array {
  const rows = new Int32Array(a.length + b.length);
  rows.set(a);
  rows.set(b, a.length);
  return rows.sort();
}

function nothingLeft(validation: number, test: number): Error {
  const shares = text`${{ option: "validation", value: validation }} and ${{ option: "test", value: test }}`;
  const together = Number((validation + test).toPrecision(12));
  return refuse("conflict", "splitRows", [...shares, ` are ${together} together, which leaves nothing for training`]);
}

/** The class of every row, 0 for numbers; -1 where the target is missing. */
function strataOf(table: Table, schema: Schema): Int32Array {
  const { target, classes } = schema;
  const column = columnOf(table, target);
  const reading = readingOf(schema, target);
  if (classes !== undefined) return classPositions(column, reading, classes);
  const values = numbersOf(column, reading);
  const strata = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) strata[i] = -1;
  return strata;
}

/** The rows that have a target and are not given to a part. */
function rowsWith(strata: Int32Array, isGiven?: Uint8Array): Int32Array {
  let count = 0;
  const free = (i: number) => strata[i] >= 0 && isGiven?.[i] !== 1;
  for (let i = 0; i < strata.length; i++) if (free(i)) count++;
  const rows = new Int32Array(count);
  let at = 0;
  for (let i = 0; i < strata.length; i++) if (free(i)) rows[at++] = i;
  return rows;
}

/** The rows that have a target, in the order of the table. */
export function rowsWithTarget(table: Table, schema: Schema): Int32Array {
  return rowsWith(strataOf(table, schema));
}
