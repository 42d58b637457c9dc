import type { DateFormat } from "../schema/values/dateFormat.ts";
import type { NumberFormat } from "../schema/values/numberFormat.ts";
import type { Scaling } from "./scaling/scaling.ts";

/** What was learnt of a column from the training rows: plain data, which is saved with a model. */
export type Encoding = NumericEncoding | BooleanEncoding | CategoryEncoding | DateEncoding;

/**
 * The inputs that a number becomes, or the year of a date. First one of its value:
 * - "scaled": as its scaling says;
 * - "signs": -1 for the smaller and 1 for the larger of the two values that training rows had, and
 *   what lies between them in proportion;
 * - "none": no input, as the training rows had one value.
 */
export interface NumberInputs extends Scaling {
  readonly coding: "scaled" | "signs" | "none";
  /**
   * Then the piecewise-linear encoding of the value: an input for each bin between two of these
   * edges, which increase. None, or three at least.
   */
  readonly edges: readonly number[];
}

/** A number as {@link NumberInputs}; then 1 where it is missing, if `indicator`. */
export interface NumericEncoding extends NumberInputs {
  readonly kind: "numeric";
  readonly column: string;
  /** How its numbers are written; 1,234.5 unless given. */
  readonly numbers?: NumberFormat;
  readonly indicator: boolean;
}

/**
 * 0 or 1, or -1 or 1 for "signs"; that of `common` where the value is missing; then 1 where it is
 * missing, if `indicator`.
 */
export interface BooleanEncoding {
  readonly kind: "boolean";
  readonly column: string;
  readonly coding: "zeroOne" | "signs" | "none";
  readonly common: 0 | 1;
  readonly indicator: boolean;
}

/**
 * What a category becomes; a row is unknown where the value is missing, or is none of `categories`:
 * - "oneHot": an input of 0 or 1 for each category; an unknown row is all zeros;
 * - "signs": one input, -1 for the first of two categories, 1 for the second, 0 for an unknown row;
 * - "embedding": one code, 1 for the first category, 0 for an unknown row;
 * - "none": no input, as the training rows had one category.
 */
export interface CategoryEncoding {
  readonly kind: "category";
  readonly column: string;
  readonly coding: "oneHot" | "signs" | "embedding" | "none";
  readonly categories: readonly string[];
  /** Categories in fewer training rows than this are not among `categories`. */
  readonly rareBelow: number;
}

/**
 * Years with their fraction as {@link NumberInputs}; then the sine and cosine of those parts that
 * vary among the training rows, 0 where the value is missing; then 1 where it is missing, if
 * `indicator`.
 */
export interface DateEncoding extends NumberInputs {
  readonly kind: "date";
  readonly column: string;
  /** How its dates are written, where that is not clear of itself. */
  readonly dates?: DateFormat;
  readonly parts: readonly DatePart[];
  readonly indicator: boolean;
}

export type DatePart = "month" | "yearDay" | "weekday" | "hour";
export const dateParts: readonly DatePart[] = ["month", "yearDay", "weekday", "hour"];

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
