import type { Column } from "../table/table.ts";
import { numbersOf, type Reading } from "./read.ts";
import type { ColumnKind } from "./schema.ts";

const names =
  /^(?:id|ids|uuid|guid|key|index|idx|row|rows|row_?(?:id|nr|no|num|number|index)|unnamed: ?\d+|.*(?:[_ .-]id|Id|ID))?$/;

/**
 * Why numbers are taken for the name of a row, not for something measured: whole numbers, each
 * once, that count up by one from 0 or 1, or whose column is called like an identifier. Undefined
 * if they are not.
 */
export function identifierOf(column: Column, kind: ColumnKind, reading: Reading): string | undefined {
  if (kind !== "numeric" || column.type === "date" || column.type === "boolean") return undefined;
  const named = names.test(column.name);
  let values: Float64Array | Float32Array;
  try {
    values = numbersOf(column, reading);
  } catch {
    return undefined; // strings among the numbers, which are an error of their own
  }
  if (values.length < 3 || !values.every(Number.isSafeInteger)) return undefined;
  const counting = values.every((value, i) => value === values[0] + i);
  if (counting && (named || values[0] === 0 || values[0] === 1)) return "it numbers the rows";
  if (!named) return undefined;
  const sorted = values.slice().sort();
  const repeated = sorted.some((value, i) => i > 0 && value === sorted[i - 1]);
  return repeated ? undefined : "it is an identifier: another whole number in every row";
}
