import { timeOf, yearOf } from "../encoding/calendar.ts";
import type { CategoryEncoding, Encoding, NumberInputs } from "../encoding/encoding.ts";
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
  /**
   * Rows with a category that the training rows did not have, or in too few rows (`rareBelow`): the
   * model takes no category.
   */
  readonly unknown: number;
  /** The first such categories, at most five. */
  readonly examples: readonly string[];
  /** Undefined where all numbers, or dates, are between the least and the most of training. */
  readonly outside?: Outside;
}

/** Numbers or dates beyond those of the training rows; dates in milliseconds since 1970. */
export interface Outside {
  readonly kind: "numeric" | "date";
  /** Positions of the rows, ascending. */
  readonly rows: Int32Array;
  /** The smallest and the largest value of the training rows. */
  readonly least: number;
  readonly most: number;
  /** The value that is furthest from these, the first of equal ones. */
  readonly furthest: number;
  /** Whether the model holds its inputs within bounds; if not, it extrapolates. */
  readonly squashed: boolean;
}

const mostExamples = 5;

/**
 * The columns in which rows have no value, a category that training did not have, or a number or
 * date outside the range that training had. Predictions are made all the same; this says how many
 * of them rest on a guess.
 *
 * @throws RangeError if a column is missing, or a value is not of its column's kind
 */
export function unfamiliarValues(preprocessing: FittedPreprocessing, table: Table): Unfamiliar[] {
  const { inputs, nulls } = preprocessing.toJSON();
  return inputs
    .map((encoding) => lookInto(encoding, columnOf(table, encoding.column), nulls))
    .filter(({ missing, unknown, outside }) => missing + unknown > 0 || outside !== undefined);
}

function lookInto(encoding: Encoding, column: Column, nulls: readonly string[]): Unfamiliar {
  switch (encoding.kind) {
    case "numeric": {
      const values = numbersOf(column, { ...encoding, nulls });
      return { ...withoutValue(encoding.column, values), ...lookOutside("numeric", encoding, values) };
    }
    case "boolean":
      return withoutValue(encoding.column, booleansOf(column, { nulls }));
    case "date": {
      const times = datesOf(column, { ...encoding, nulls });
      return { ...withoutValue(encoding.column, times), ...lookOutside("date", encoding, times.map(yearOf)) };
    }
    case "category":
      return lookIntoCategories(encoding, column, nulls);
    default:
      return encoding satisfies never;
  }
}

function withoutValue(column: string, values: Float64Array | Float32Array): Unfamiliar {
  let missing = 0;
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) missing++;
  return { column, missing, unknown: 0, examples: [] };
}

/** @param values numbers, or years */
function lookOutside(
  kind: Outside["kind"],
  { least, most, squash, coding }: NumberInputs,
  values: Float64Array | Float32Array,
): Pick<Unfamiliar, "outside"> {
  const rows: number[] = [];
  let [furthest, distance] = [least, 0];
  for (let i = 0; i < values.length; i++) {
    const beyond = Math.max(least - values[i], values[i] - most);
    if (!(beyond > 0)) continue;
    rows.push(i);
    if (beyond > distance) [furthest, distance] = [values[i], beyond];
  }
  if (rows.length === 0) return {};
  const seen = { least, most, furthest };
  const shown = kind === "numeric" ? seen : { least: timeOf(least), most: timeOf(most), furthest: timeOf(furthest) };
  return { outside: { kind, rows: Int32Array.from(rows), ...shown, squashed: squash || coding !== "scaled" } };
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
