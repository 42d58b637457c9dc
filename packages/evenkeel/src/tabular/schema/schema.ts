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
export const dateOrders: readonly DateOrder[] = ["dmy", "mdy"];
export const toldKinds: readonly ToldKind[] = [...columnKinds, "date:dmy", "date:mdy"];
export const tasks: readonly Task[] = ["regression", "binary", "multiclass"];

export interface ColumnSchema {
  readonly name: string;
  readonly kind: ColumnKind;
  /** How its dates of numbers alone are read, in this table and in any other. */
  readonly dateOrder?: DateOrder;
  /** What the column is for. */
  readonly use: "feature" | "target" | "ignored";
  /** Why it is ignored, in words for a person. */
  readonly why?: string;
}

/** What is known of a table's columns, and what is to be predicted. */
export interface Schema {
  /** In the order of the table. */
  readonly columns: readonly ColumnSchema[];
  readonly target: string;
  readonly task: Task;
  /**
   * The target's classes in the order of the network's outputs; for binary the second is the
   * positive one.
   */
  readonly classes?: readonly string[];
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
