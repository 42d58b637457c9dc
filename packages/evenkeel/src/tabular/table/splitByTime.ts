import { because, refuse, text } from "../../core/index.ts";
import { shorten } from "../schema/columns.ts";
import { datesOf, numbersOf } from "../schema/read.ts";
import { readingOf, type Schema } from "../schema/schema.ts";
import { splitColumn, withoutValue } from "./blocks.ts";
import type { Table } from "./table.ts";

/**
 * Which part each row is in by its time: 0 training, 1 test, 2 validation. Rows of one time are
 * together; a border goes to the change of time that is nearest to the share asked for.
 *
 * @throws RangeError if there is no such column, it holds neither dates nor numbers, a row has no
 *   time, or there are fewer times than parts
 */
export function splitByTime(
  table: Table,
  schema: Schema,
  rows: Int32Array,
  time: string,
  [test, validation]: readonly [test: number, validation: number],
): Uint8Array {
  const all = timesOf(table, schema, time);
  const times = Float64Array.from(rows, (row) => all[row]);
  const without = times.findIndex(Number.isNaN);
  if (without >= 0) throw withoutValue("time", time, rows[without]);
  const sorted = times.slice().sort();
  const starts = startsOf(sorted);
  const parts = [0, ...(validation > 0 ? [2] : []), ...(test > 0 ? [1] : [])];
  if (starts.length < parts.length) {
    throw refuse(
      "wrong-value",
      "splitRows",
      text`${{ option: "time" }}: column ${shorten(time)} has ${starts.length} different values in the rows with a target, which do not fill ${parts.length} parts`,
    );
  }
  // From the latest back, so that each part leaves a time to those before it.
  let [end, last] = [rows.length, starts.length];
  const begins = new Map<number, number>();
  for (const [left, part] of [...parts.entries()].reverse()) {
    if (part === 0) break;
    const wanted = end - (part === 1 ? test : validation);
    let at = last - 1;
    while (at > left && Math.abs(starts[at - 1] - wanted) <= Math.abs(starts[at] - wanted)) at--;
    [end, last] = [starts[at], at];
    begins.set(part, sorted[end]);
  }
  const [validationFrom, testFrom] = [begins.get(2) ?? Infinity, begins.get(1) ?? Infinity];
  return Uint8Array.from(times, (value) => (value >= testFrom ? 1 : value >= validationFrom ? 2 : 0));
}

/** Where each different value begins. */
function startsOf(sorted: Float64Array): number[] {
  const starts: number[] = [];
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) starts.push(i);
  return starts;
}

function timesOf(table: Table, schema: Schema, time: string): Float64Array | Float32Array {
  const column = splitColumn(table, "time", time);
  const reading = readingOf(schema, time);
  try {
    return reading.kind === "date" || column.type === "date" ? datesOf(column, reading) : numbersOf(column, reading);
  } catch (error) {
    const statement = text`${{ option: "time" }}: column ${shorten(time)} holds neither dates nor numbers`;
    const cure = text`say how its dates are written in ${{ option: "kinds" }}, or name another column`;
    throw because(refuse("wrong-value", "splitRows", statement, cure, { column: time }), error);
  }
}
