import type { DatePart } from "../encoding/encoding.ts";

/**
 * What is exactly known of the training rows' values in a column, where the rows at hand are only a
 * sample of them: a preprocessing is then fitted by it, and only quantiles come from the sample.
 */
export type ColumnSummary = NumberSummary | TextSummary;

/** Of numbers; of booleans as 0 and 1; of dates as years with their fraction; of a target as it is scaled. */
export interface NumberSummary {
  readonly kind: "number";
  readonly present: number;
  readonly missing: number;
  readonly mean: number;
  /** With the divisor n. */
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
  /** Different values: all, if there are no more than two. */
  readonly distinct: readonly number[];
  /** Of dates: the parts that vary. */
  readonly parts?: readonly DatePart[];
}

export interface TextSummary {
  readonly kind: "text";
  /** In how many rows each text is. */
  readonly counts: ReadonlyMap<string, number>;
  readonly missing: number;
}

/** By the names of columns. */
export type TableSummary = ReadonlyMap<string, ColumnSummary>;

/** That of a column of numbers; undefined if nothing is known. */
export function numbersIn(summary: ColumnSummary | undefined): NumberSummary | undefined {
  return summary?.kind === "number" ? summary : undefined;
}

/** Whether a column has any value. */
export function hasValues(summary: ColumnSummary): boolean {
  return summary.kind === "number" ? summary.present > 0 : summary.counts.size > 0;
}

/** Whether a column has more than one value. */
export function varies(summary: ColumnSummary): boolean {
  return (summary.kind === "number" ? summary.distinct.length : summary.counts.size) > 1;
}

/**
 * A sample with the smallest and the largest of all values in place of its own, so that no value lies
 * beyond it. One that has no room for both gets them besides; without any value, the mean stands between
 * them. `values` stay as they are.
 */
export function withExtremes(
  values: Float64Array,
  { least, most, present, mean }: Pick<NumberSummary, "least" | "most" | "present" | "mean">,
): Float64Array {
  if (present === 0) return values.slice();
  if (values.length < 2) return Float64Array.of(least, values[0] ?? Math.min(Math.max(mean, least), most), most);
  const widened = values.slice();
  let [low, high] = [0, 0];
  for (let i = 1; i < widened.length; i++) {
    if (widened[i] < widened[low]) low = i;
    if (widened[i] > widened[high]) high = i;
  }
  if (low === high) high = (low + 1) % widened.length;
  if (least < widened[low]) widened[low] = least;
  if (most > widened[high]) widened[high] = most;
  return widened;
}
