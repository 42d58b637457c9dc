import { columnOf } from "../schema/columns.ts";
import { readingOf, type Schema } from "../schema/schema.ts";
import { type Cells, cellsOf, hashRows, type RowHashes } from "./rowHashes.ts";
import type { Table } from "./table.ts";

/** Rows that repeat others: the same features and the same target. */
export interface Copies {
  /** For each of the rows given, the position of the first that it equals; its own if none. */
  readonly firstOf: Int32Array;
  /** How many rows repeat an earlier one. */
  readonly repeated: number;
  /** How many rows are repeated. */
  readonly originals: number;
}

/** Equal pairs must be this much more frequent than if the columns were independent. */
const timesChance = 100;
/** Of the pairs of rows with equal features, the share that must agree in the target. */
const agreement = 0.95;
/** Repeats of more rows than this, and than a hundredth of the table, are common values. */
const mostRepeats = 10;
/** Rows by which the frequency of equal values in a column is estimated. */
const sampleSize = 10_000;

/**
 * The copies among `rows`; undefined if there are none. In a table of few possible rows, such as
 * one of three categories, rows are equal by chance, and not copies. Rows are therefore taken for
 * copies if there are over 100 times as many equal pairs as independent columns would give, and if
 * rows with equal features also agree in the target (in 95% of the pairs). A row that makes up over
 * a hundredth of the table, and occurs more than 10 times, is no copy either.
 */
export function copiesIn(table: Table, schema: Schema, rows: Int32Array): Copies | undefined {
  const cellsIn = (name: string) => cellsOf(columnOf(table, name), readingOf(schema, name));
  const features = schema.columns.filter(({ use }) => use === "feature").map(({ name }) => cellsIn(name));
  if (features.length === 0 || rows.length < 2) return undefined;
  const target = cellsIn(schema.target);
  const hashes = hashRows(features, rows);
  const firstByFeatures = firstEqual(hashes);
  const pairsByFeatures = pairsOf(firstByFeatures);
  if (pairsByFeatures === 0) return undefined;
  const firstOf = firstEqual(hashRows([target], rows, hashes));
  const pairs = pairsOf(firstOf);
  if (pairs === 0 || pairs < agreement * pairsByFeatures) return undefined;
  if (pairs < timesChance * pairsByChance([...features, target], rows)) return undefined;
  return withoutCommon(firstOf);
}

/**
 * {@link copiesIn} that remembers its last answer, for what checks a table and then splits it. What
 * it is asked for must not change in between.
 */
export function rememberingCopies(): typeof copiesIn {
  let last: { table: Table; schema: Schema; rows: Int32Array; copies: Copies | undefined } | undefined;
  return (table, schema, rows) => {
    const isLast = last?.table === table && last.schema === schema && areEqual(last.rows, rows);
    if (!isLast || last === undefined) last = { table, schema, rows, copies: copiesIn(table, schema, rows) };
    return last.copies;
  };
}

function areEqual(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Sizes of the sets of equal rows, at the position of the first row of each. */
function sizesOf(firstOf: Int32Array): Int32Array {
  const sizes = new Int32Array(firstOf.length);
  for (let i = 0; i < firstOf.length; i++) sizes[firstOf[i]]++;
  return sizes;
}

/** How many pairs of rows are equal. */
function pairsOf(firstOf: Int32Array): number {
  let pairs = 0;
  for (const size of sizesOf(firstOf)) pairs += (size * (size - 1)) / 2;
  return pairs;
}

function withoutCommon(firstOf: Int32Array): Copies | undefined {
  const most = Math.max(mostRepeats, firstOf.length / 100);
  const sizes = sizesOf(firstOf);
  let [repeated, originals] = [0, 0];
  for (let i = 0; i < firstOf.length; i++) {
    if (sizes[firstOf[i]] > most) firstOf[i] = i;
    else if (firstOf[i] !== i) repeated++;
    else if (sizes[i] > 1) originals++;
  }
  return repeated === 0 ? undefined : { firstOf, repeated, originals };
}

/** Equal pairs to expect if each column were drawn by itself; estimated from a sample of rows. */
function pairsByChance(columns: readonly Cells[], rows: Int32Array): number {
  const sample = sampleOf(rows);
  const all = (rows.length * (rows.length - 1)) / 2;
  const sampled = (sample.length * (sample.length - 1)) / 2;
  let expected = all;
  for (const column of columns) {
    expected *= Math.max(0.5, pairsOf(firstEqual(hashRows([column], sample)))) / sampled;
    if (expected < 1e-9) break;
  }
  return expected;
}

/** A part of the rows that depends on their number alone, spread over the whole table. */
function sampleOf(rows: Int32Array): Int32Array {
  if (rows.length <= sampleSize) return rows;
  // A multiplicative generator: a plain stride would follow the period of a sorted table.
  let state = 1;
  return Int32Array.from({ length: sampleSize }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return rows[Math.floor((state / 2_147_483_647) * rows.length)];
  });
}

/** For each row the position of the first with the same hash. */
export function firstEqual({ low, high }: RowHashes): Int32Array {
  const n = low.length;
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2, 2 * n)))).fill(-1);
  const mask = slots.length - 1;
  const firstOf = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    let slot = low[i] & mask;
    for (; slots[slot] >= 0; slot = (slot + 1) & mask) {
      const other = slots[slot];
      if (low[other] === low[i] && high[other] === high[i]) break;
    }
    if (slots[slot] < 0) slots[slot] = i;
    firstOf[i] = slots[slot];
  }
  return firstOf;
}
