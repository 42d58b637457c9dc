import type { CategoryEncoding, Encoding } from "../encoding/encoding.ts";
import type { FittedPreprocessing } from "../encoding/fittedPreprocessing.ts";
import { columnOf } from "../schema/columns.ts";
import { booleansOf, datesOf, numbersOf, textsOf } from "../schema/read.ts";
import type { Column, Table } from "../table/table.ts";

/** What a column holds that a model was not taught to read. */
export interface Unfamiliar {
  readonly column: string;
  /**
   * Rows without a value: the model takes the median, the commoner of false and true, or no
   * category.
   */
  readonly missing: number;
  /** Rows with a category that the training rows did not have: the model takes no category. */
  readonly unknown: number;
  /** The first such categories, at most five. */
  readonly examples: readonly string[];
}

const mostExamples = 5;

/**
 * The columns in which rows have no value, or a category that training did not have. Predictions
 * are made all the same; this says how many of them rest on a guess.
 *
 * @throws RangeError if a column is missing, or a value is not of its column's kind
 */
export function unfamiliarValues(preprocessing: FittedPreprocessing, table: Table): Unfamiliar[] {
  const { inputs, nulls } = preprocessing.toJSON();
  return inputs
    .map((encoding) => lookInto(encoding, columnOf(table, encoding.column), nulls))
    .filter(({ missing, unknown }) => missing + unknown > 0);
}

function lookInto(encoding: Encoding, column: Column, nulls: readonly string[]): Unfamiliar {
  const missing = (values: Float64Array | Float32Array) => {
    return { column: encoding.column, missing: countMissing(values), unknown: 0, examples: [] };
  };
  switch (encoding.kind) {
    case "numeric":
      return missing(numbersOf(column, { ...encoding, nulls }));
    case "boolean":
      return missing(booleansOf(column, { nulls }));
    case "date":
      return missing(datesOf(column, { ...encoding, nulls }));
    case "category":
      return lookIntoCategories(encoding, column, nulls);
    default:
      return encoding satisfies never;
  }
}

function countMissing(values: Float64Array | Float32Array): number {
  let missing = 0;
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) missing++;
  return missing;
}

function lookIntoCategories(
  { column: name, categories }: CategoryEncoding,
  column: Column,
  nulls: readonly string[],
): Unfamiliar {
  const { codes, dictionary } = textsOf(column, { nulls, notNull: categories });
  const known = new Set(categories);
  const isUnknown = dictionary.map((text) => !known.has(text));
  const seen = new Set<number>();
  let [missing, unknown] = [0, 0];
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] < 0) missing++;
    else if (isUnknown[codes[i]]) {
      unknown++;
      if (seen.size < mostExamples) seen.add(codes[i]);
    }
  }
  return { column: name, missing, unknown, examples: [...seen].map((code) => dictionary[code]) };
}
