import { problemOf } from "evenkeel/problem";
import { type Column, type ColumnReading, type ColumnValues, readColumn } from "evenkeel/tabular";

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

/** @param schema what the column means: its values, and what counts as missing, are read by it */
export function summaryOf(column: Column, schema: ColumnReading): ColumnSummary {
  const read = columnRead(column, schema);
  switch (read.kind) {
    case "numeric":
      return ofNumbers(read.values, (value) => value);
    case "date": {
      const { mean, ...range } = ofNumbers(read.values, isoDate);
      return range;
    }
    case "boolean": {
      const counts = [0, 0];
      for (const value of read.values) if (!Number.isNaN(value)) counts[value]++;
      return ofCounts(["false", "true"], counts, read.values.length);
    }
    case "category":
    case "text": {
      const counts = new Array<number>(read.dictionary.length).fill(0);
      for (const code of read.codes) if (code >= 0) counts[code]++;
      return ofCounts(read.dictionary, counts, read.codes.length);
    }
    default:
      return read satisfies never;
  }
}

/** Truth words stay the words that they are, and so do texts that are not what they should be. */
function columnRead(column: Column, schema: ColumnReading): ColumnValues {
  const asTexts = { kind: "text", nulls: schema.nulls } as const;
  if (column.type === "text" && schema.kind === "boolean") return readColumn(column, asTexts);
  try {
    return readColumn(column, schema);
  } catch (error) {
    if (problemOf(error) === undefined) throw error;
    return readColumn(column, asTexts);
  }
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
