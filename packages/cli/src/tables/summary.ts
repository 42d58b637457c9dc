import { type Column, type ColumnSchema, isNullCategory, parseDate, type TextColumn } from "evenkeel/tabular";

/** What a column holds, in figures. */
export interface ColumnSummary {
  readonly missing: number;
  /** Of numbers and of dates, these as ISO texts. */
  readonly lowest?: number | string;
  readonly highest?: number | string;
  readonly mean?: number;
  /** Different texts, or truth values. */
  readonly distinct?: number;
  /** The most frequent of them first. */
  readonly most?: readonly { readonly value: string; readonly rows: number }[];
}

/** How many of the most frequent texts are named. */
const named = 20;

/** @param schema what the column means, so that texts of dates are summed up as dates */
export function summaryOf(column: Column, schema?: Pick<ColumnSchema, "kind" | "dateOrder">): ColumnSummary {
  if (column.type === "text" && schema?.kind === "date") return ofDates(timesOf(column, schema));
  switch (column.type) {
    case "number":
      return ofNumbers(column.values, (value) => value);
    case "date":
      return ofDates(column.values);
    case "boolean": {
      const counts = [0, 0];
      for (const value of column.values) if (value !== 255) counts[value]++;
      return ofCounts(["false", "true"], counts, column.values.length);
    }
    case "text": {
      const counts = new Array<number>(column.dictionary.length).fill(0);
      // A training takes "NA" among categories for missing, and free text as it is.
      const isNull = column.dictionary.map((text) => schema?.kind === "category" && isNullCategory(text));
      for (const code of column.codes) if (code >= 0 && !isNull[code]) counts[code]++;
      return ofCounts(column.dictionary, counts, column.codes.length);
    }
    default:
      return column satisfies never;
  }
}

function ofDates(times: Float64Array): ColumnSummary {
  const { mean, ...range } = ofNumbers(times, isoDate);
  return range;
}

function timesOf({ codes, dictionary }: TextColumn, { dateOrder }: Pick<ColumnSchema, "dateOrder">): Float64Array {
  const times = dictionary.map((text) => parseDate(text, dateOrder));
  return Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : times[code]));
}

function ofNumbers<Shown extends number | string>(
  values: Float64Array | Float32Array,
  shown: (value: number) => Shown,
) {
  let [missing, sum, lowest, highest] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (Number.isNaN(value)) {
      missing++;
      continue;
    }
    sum += value;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  const present = values.length - missing;
  return present === 0 ? { missing } : { missing, lowest: shown(lowest), highest: shown(highest), mean: sum / present };
}

/** The day alone where that is all that is known. */
function isoDate(time: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return String(time);
  return date.toISOString().replace(/T00:00:00\.000Z$/, "");
}

function ofCounts(values: readonly string[], counts: readonly number[], rows: number): ColumnSummary {
  const present = counts.reduce((sum, count) => sum + count, 0);
  const found = values.map((value, i) => ({ value, rows: counts[i] })).filter((one) => one.rows > 0);
  const most = found.sort((a, b) => b.rows - a.rows).slice(0, named);
  return { missing: rows - present, distinct: found.length, most };
}
