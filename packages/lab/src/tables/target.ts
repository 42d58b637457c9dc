import type { Table } from "evenkeel/tabular";

/** The column of an own table to predict until the visitor chooses another: the last, as tables are mostly written. */
export function usualTarget({ columns }: Table): string {
  return columns.at(-1)?.name ?? "";
}
