import { booleansOf, datesOf, numbersOf, textsOf } from "../schema/read.ts";
import type { ColumnReading } from "../schema/schema.ts";
import type { Column } from "../table/table.ts";

/** Values of one column, with what makes two of them equal. */
export type Values = Float64Array | Float32Array | Int32Array;

/**
 * At least so many rows for each value, on average, before "each value has one target" says
 * anything.
 */
const rowsPerValue = 5;
/** More values than this are not looked at one by one. */
const mostValues = 10_000;

/**
 * Why a feature gives the target away, in words that go on after the feature's name; undefined if
 * it does not. Numbers do where they are a straight line of the target (|r| > 0.9999 on the rows
 * that have both); anything does whose values each go with one value of the target.
 * @param target NaN or -1 where it is missing
 */
export function leakOf(column: Column, reading: ColumnReading, target: Values, isNumber: boolean): string | undefined {
  const { kind } = reading;
  const missing = (value: number) => Number.isNaN(value) || (!isNumber && value < 0);
  const values = kind === "category" ? textsOf(column, reading).codes : measured(column, reading);
  if (isNumber && kind !== "category") {
    if (isCopy(values, target)) return "is a copy of the target";
    const r = correlation(values, target);
    if (Math.abs(r) > 0.9999) return `follows the target in a straight line (r = ${r.toFixed(6)})`;
  }
  const meaning = new Map<number, number>();
  const most = Math.min(mostValues, target.length / rowsPerValue);
  let rows = 0;
  for (let i = 0; i < target.length; i++) {
    const value = values[i];
    if (missing(target[i]) || Number.isNaN(value) || (kind === "category" && value < 0)) continue;
    rows++;
    const known = meaning.get(value);
    if (known === undefined) {
      if (meaning.size >= most) return undefined;
      meaning.set(value, target[i]);
    } else if (known !== target[i]) return undefined;
  }
  if (meaning.size < 2 || meaning.size * rowsPerValue > rows || new Set(meaning.values()).size < 2) return undefined;
  return `gives the target away: each of its ${meaning.size} values goes with one value of the target`;
}

function measured(column: Column, reading: ColumnReading): Values {
  if (reading.kind === "boolean") return booleansOf(column, reading);
  return reading.kind === "date" ? datesOf(column, reading) : numbersOf(column, reading);
}

function isCopy(a: Values, b: Values): boolean {
  let rows = 0;
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i]) || Number.isNaN(b[i])) continue;
    if (a[i] !== b[i]) return false;
    rows++;
  }
  return rows > 1;
}

/**
 * Pearson's, over the rows where both are numbers; 0 where fewer than 10 have both, or one does not
 * vary.
 */
function correlation(a: Values, b: Values): number {
  let [n, meanA, meanB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i]) || Number.isNaN(b[i])) continue;
    n++;
    meanA += (a[i] - meanA) / n;
    meanB += (b[i] - meanB) / n;
  }
  if (n < 10) return 0;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i]) || Number.isNaN(b[i])) continue;
    const [da, db] = [a[i] - meanA, b[i] - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa > 0 && bb > 0 ? ab / (Math.sqrt(aa) * Math.sqrt(bb)) : 0;
}
