import { itemNamed } from "../table/named.ts";
import type { DateFormat } from "./values/dateFormat.ts";
import type { NumberFormat } from "./values/numberFormat.ts";

/**
 * What a column means. A `date` becomes numbers (years, and the parts of the calendar that vary);
 * `text` is free text or an identifier, which no network here can use.
 */
export type ColumnKind = "numeric" | "category" | "boolean" | "date" | "text";

/** Which comes first in dates of numbers alone, the day or the month: 31/12/1999 or 12/31/1999. */
export type DateOrder = "dmy" | "mdy";

/**
 * What a column can be said to mean: its kind, and of dates that do not tell their order also that.
 */
export type ToldKind = ColumnKind | `date:${DateOrder}`;

export type Task = "regression" | "binary" | "multiclass";

export const columnKinds: readonly ColumnKind[] = ["numeric", "category", "boolean", "date", "text"];
export const toldKinds: readonly ToldKind[] = [...columnKinds, "date:dmy", "date:mdy"];
export const tasks: readonly Task[] = ["regression", "binary", "multiclass"];

export interface ColumnSchema {
  readonly name: string;
  readonly kind: ColumnKind;
  /** How its numbers are written, in this table and in any other; 1,234.5 unless given. */
  readonly numbers?: NumberFormat;
  /** How its dates are written, where that is not clear of itself. */
  readonly dates?: DateFormat;
  /** Texts that are values here, although they mean in other columns that there is none. */
  readonly notNull?: readonly string[];
  /**
   * The first number that can be read in two ways, where nothing in the table says in which. No
   * network is trained on such a column.
   */
  readonly unclear?: string;
  /** The first text that is no number like the others, of a column that is numeric but for some. */
  readonly odd?: string;
  /** What the column is for. */
  readonly use: "feature" | "target" | "ignored";
  /** Why it is ignored, in words for a person. */
  readonly why?: string;
  /** That it is a feature because `features` names it. */
  readonly named?: true;
}

/** What is known of a table's columns, and what is to be predicted. */
export interface Schema {
  /** In the order of the table. */
  readonly columns: readonly ColumnSchema[];
  /** The texts that mean that there is no value; the usual ones unless given. */
  readonly nulls?: readonly string[];
  readonly target: string;
  readonly task: Task;
  /**
   * The target's classes in the order of the network's outputs; for binary the second is the
   * positive one.
   */
  readonly classes?: readonly string[];
}

/** What a column is and how its texts are read. */
export function readingOf({ columns, nulls }: Schema, name: string): ColumnReading {
  const column = itemNamed(columns, name);
  return { kind: "numeric", ...column, ...(nulls && { nulls }) };
}

/** A column of a schema, with what the schema says of all of them. */
export interface ColumnReading
  extends Pick<ColumnSchema, "kind" | "numbers" | "dates" | "notNull" | "unclear" | "odd"> {
  readonly nulls?: readonly string[] | undefined;
}

/** Why a column is ignored that its owner chose to ignore: nothing more is said about it. */
export const askedReasons = {
  ignore: "asked to be ignored",
  features: "not among the features asked for",
  group: "the rows are split by it",
} as const;

export function isAsked(why: string | undefined): boolean {
  return Object.values(askedReasons).some((reason) => reason === why);
}
