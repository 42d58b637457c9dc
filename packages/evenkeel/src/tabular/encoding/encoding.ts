import type { DateFormat } from "../schema/values/dateFormat.ts";
import type { NumberFormat } from "../schema/values/numberFormat.ts";
import type { Scaling } from "./scaling/scaling.ts";

/** What was learnt of a column from the training rows: plain data, which is saved with a model. */
export type Encoding = NumericEncoding | BooleanEncoding | CategoryEncoding | DateEncoding;

/** A number, scaled; then 1 where it is missing, if `indicator`. */
export interface NumericEncoding extends Scaling {
  readonly kind: "numeric";
  readonly column: string;
  /** How its numbers are written; 1,234.5 unless given. */
  readonly numbers?: NumberFormat;
  readonly indicator: boolean;
}

/** 0 or 1, `common` where the value is missing; then 1 where it is missing, if `indicator`. */
export interface BooleanEncoding {
  readonly kind: "boolean";
  readonly column: string;
  readonly common: 0 | 1;
  readonly indicator: boolean;
}

/**
 * One input of 0 or 1 for each category; or, embedded, one code: 1 for the first category, 0 for
 * texts that training did not have and where the value is missing. Without embedding such a row is
 * all zeros.
 */
export interface CategoryEncoding {
  readonly kind: "category";
  readonly column: string;
  readonly categories: readonly string[];
  readonly embedded: boolean;
}

/**
 * Years with their fraction, scaled as a number is; then the sine and cosine of those parts that
 * vary among the training rows, 0 where the value is missing; then 1 where it is missing, if
 * `indicator`.
 */
export interface DateEncoding extends Scaling {
  readonly kind: "date";
  readonly column: string;
  /** How its dates are written, where that is not clear of itself. */
  readonly dates?: DateFormat;
  readonly parts: readonly DatePart[];
  readonly indicator: boolean;
}

export type DatePart = "month" | "weekday" | "hour";
export const dateParts: readonly DatePart[] = ["month", "weekday", "hour"];

/** What the target becomes, and how it is undone. */
export type TargetEncoding = NumberTarget | ClassTarget;

/** (y - mean) / std, of log(y) if `log`. */
export interface NumberTarget {
  readonly task: "regression";
  readonly column: string;
  readonly kind: "numeric" | "boolean";
  readonly numbers?: NumberFormat;
  readonly log: boolean;
  readonly mean: number;
  readonly std: number;
  /** The smallest and the largest target of the training rows, in its own unit. */
  readonly least: number;
  readonly most: number;
  /** Whether predictions are held between these. */
  readonly clamp: boolean;
  /** How far a prediction interval goes to both sides, in the target's unit or, if `log`, that of its logarithm. */
  readonly interval?: { readonly level: number; readonly width: number };
}

interface ClassTarget {
  readonly task: "binary" | "multiclass";
  readonly column: string;
  readonly kind: "numeric" | "boolean" | "category";
  readonly numbers?: NumberFormat;
  readonly classes: readonly string[];
  /** Two classes: from what probability of the second on a row is of it; the likelier if absent. */
  readonly threshold?: number;
}

/** The names of the inputs that a column becomes, in order; none for one that is embedded. */
export function inputNames(encoding: Encoding): string[] {
  const { column } = encoding;
  const missing = encoding.kind !== "category" && encoding.indicator ? [`${column} (missing)`] : [];
  switch (encoding.kind) {
    case "numeric":
    case "boolean":
      return [column, ...missing];
    case "category":
      return encoding.embedded ? [] : encoding.categories.map((category) => `${column} = ${category}`);
    case "date": {
      const waves = encoding.parts.flatMap((part) => [`${column}: ${part} (sin)`, `${column}: ${part} (cos)`]);
      return [`${column}: year`, ...waves, ...missing];
    }
    default:
      return encoding satisfies never;
  }
}
