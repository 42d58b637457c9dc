import { checkDeclared, defaultOf, refuse, text } from "../../core/index.ts";
import { Generator, randperm } from "../../random/index.ts";
import { classPositions } from "../encoding/targetClasses.ts";
import { columnOf, shorten } from "../schema/columns.ts";
import { numbersOf } from "../schema/read.ts";
import { readingOf, type Schema } from "../schema/schema.ts";
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
  validation: defaultOf(splitOptions, "validation"),
  test: defaultOf(splitOptions, "test"),
};

/**
 * Splits the rows that have a target at random into three parts, each in the order of the table.
 * Shares are of those rows, rounded, but no part that was asked for is empty. Stratified, each
 * class is shared out alike, and its last row is for training. The order is drawn as by
 * torch.randperm.
 *
 * @throws TypeError if an option is of the wrong kind
 * @throws RangeError if shares are not from 0 to below 1 in sum, or the table has too few rows for
 *   the parts
 */
export function splitRows(table: Table, schema: Schema, options: SplitOptions = {}): Split {
  checkDeclared("splitRows", options, splitOptions);
  const {
    validation = defaultShares.validation,
    test = defaultShares.test,
    seed = defaultOf(splitOptions, "seed"),
    stratify = schema.classes !== undefined,
  } = options;
  if (validation + test >= 1) throw nothingLeft(validation, test);
  if (stratify && schema.classes === undefined) {
    throw refuse(
      "wrong-value",
      "splitRows",
      text`${{ option: "stratify" }} is for classes, and ${shorten(schema.target)} is a number`,
      "leave it out",
    );
  }
  const strata = strataOf(table, schema);
  const rows = rowsWith(strata);
  const wanted = [test, validation].map((share) => (share === 0 ? 0 : Math.max(1, Math.round(share * rows.length))));
  const parts = 1 + wanted.filter((count) => count > 0).length;
  // Rounded up, two shares may take every row of a small table.
  while (rows.length <= wanted[0] + wanted[1] && Math.max(...wanted) > 1) wanted[wanted[0] >= wanted[1] ? 0 : 1]--;
  if (rows.length - wanted[0] - wanted[1] < 1) {
    throw refuse(
      "wrong-value",
      "splitRows",
      `${rows.length} rows with a target do not fill ${parts} parts (training and the shares asked for)`,
    );
  }
  const one = !stratify;
  const counts = new Array<number>(one ? 1 : (schema.classes?.length ?? 0)).fill(0);
  for (let i = 0; i < rows.length; i++) counts[one ? 0 : strata[rows[i]]]++;
  const left = counts.map((count) => Math.max(0, count - 1));
  const quotas = wanted.map((count) => {
    const shares = shareOut(count, counts, left);
    for (const [i, share] of shares.entries()) left[i] -= share;
    return shares;
  });
  if (quotas.some((shares, i) => wanted[i] > 0 && shares.every((share) => share === 0))) {
    throw refuse(
      "wrong-value",
      "splitRows",
      `${counts.length} classes in ${rows.length} rows are too many to stratify: each needs a row for training`,
      text`say ${{ option: "stratify", value: false }}, or give more rows`,
    );
  }
  const order = randperm(rows.length, new Generator(seed));
  const part = new Uint8Array(rows.length); // 0 training, 1 test, 2 validation
  for (let i = 0; i < order.length; i++) {
    const stratum = one ? 0 : strata[rows[order[i]]];
    if (quotas[0][stratum]-- > 0) part[order[i]] = 1;
    else if (quotas[1][stratum]-- > 0) part[order[i]] = 2;
  }
  const take = (wanted: number) => rows.filter((_, i) => part[i] === wanted);
  return { train: take(0), validation: take(2), test: take(1) };
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

function rowsWith(strata: Int32Array): Int32Array {
  let count = 0;
  for (let i = 0; i < strata.length; i++) if (strata[i] >= 0) count++;
  const rows = new Int32Array(count);
  let at = 0;
  for (let i = 0; i < strata.length; i++) if (strata[i] >= 0) rows[at++] = i;
  return rows;
}

/**
 * `total` in proportion to `counts`, by largest remainder, but nowhere more than what is `left`.
 */
function shareOut(total: number, counts: readonly number[], left: readonly number[]): number[] {
  const sum = counts.reduce((a, b) => a + b, 0);
  const exact = counts.map((count) => (total * count) / sum);
  const shares = exact.map((share, i) => Math.min(Math.floor(share), left[i]));
  let rest = total - shares.reduce((a, b) => a + b, 0);
  const order = counts.map((_, i) => i).sort((a, b) => exact[b] - shares[b] - (exact[a] - shares[a]) || a - b);
  for (let given = true; rest > 0 && given; ) {
    given = false;
    for (const i of order) {
      if (rest === 0 || shares[i] >= left[i]) continue;
      shares[i]++;
      rest--;
      given = true;
    }
  }
  return shares;
}
