import { type TableModel, unfamiliarValues } from "evenkeel/tabular";
import { wholeText } from "../../shell/figures.ts";
import type { Features } from "./readFeatures.ts";

/**
 * What is said of values that predictions have to be made without, a note for each column that is
 * there.
 * @throws CommandError if a value is not of its column's kind
 */
export function unfamiliarNotes({ preprocessing }: TableModel, { table, absent }: Features): string[] {
  const total = `${wholeText(table.rows)} ${table.rows === 1 ? "row" : "rows"}`;
  const of = (rows: number) => `${wholeText(rows)} of ${total}`;
  const columns = unfamiliarValues(preprocessing, table).filter(({ column }) => !absent.includes(column));
  return columns.flatMap(({ column, missing, unknown, examples }) => {
    const shown = examples.map((text) => JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text)).join(", ");
    return [
      ...(missing > 0
        ? [`note: "${column}" has no value in ${of(missing)}: taken as the training took missing ones`]
        : []),
      ...(unknown > 0
        ? [`note: "${column}" holds categories in ${of(unknown)} that the training did not have: ${shown}`]
        : []),
    ];
  });
}
