import { refuse } from "../../../core/index.ts";
import { shorten } from "../../schema/columns.ts";
import { largestFloat32, numbersOf, type Reading } from "../../schema/read.ts";
import type { Column } from "../../table/table.ts";
import type { TargetEncoding } from "../encoding.ts";
import { classPositions } from "./targetClasses.ts";

/**
 * The target in its own unit.
 * @throws RangeError naming the first row where it is missing, infinite or beyond float32
 */
export function ownUnit(column: Column, reading: Reading, rows?: Int32Array): Float64Array {
  const values = new Float64Array(numbersOf(column, reading, rows));
  const wrong = values.findIndex((value) => !(Math.abs(value) <= largestFloat32));
  if (wrong < 0) return values;
  const what = Number.isNaN(values[wrong]) ? "has no value" : `is ${values[wrong]}, more than float32 can hold,`;
  throw refuse(
    "wrong-value",
    "",
    `the target ${shorten(column.name)} ${what} in row ${rows?.[wrong] ?? wrong}`,
    "leave that row out",
    { column: column.name, row: rows?.[wrong] ?? wrong },
  );
}

/**
 * Positions of classes.
 * @throws RangeError naming the first row where the class is missing or unknown
 */
export function positions(
  column: Column,
  target: TargetEncoding,
  nulls: readonly string[],
  rows?: Int32Array,
): Int32Array {
  if (target.task === "regression") throw refuse("wrong-value", "", "a number has no classes");
  const classes = classPositions(column, { ...target, nulls }, target.classes, rows);
  const missing = classes.indexOf(-1);
  if (missing < 0) return classes;
  throw refuse(
    "wrong-value",
    "",
    `the target ${shorten(column.name)} has no value in row ${rows?.[missing] ?? missing}`,
    "leave that row out",
    { column: column.name, row: rows?.[missing] ?? missing },
  );
}
