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
  const encodings = new Map(preprocessing.toJSON().inputs.map((encoding) => [encoding.column, encoding]));
  // Training had rows without a value, and an input that says so.
  const knowsMissing = (column: string) => {
    const encoding = encodings.get(column);
    return encoding !== undefined && encoding.kind !== "category" && encoding.indicator;
  };
  const columns = unfamiliarValues(preprocessing, table).filter(({ column }) => !absent.includes(column));
  return columns.flatMap(({ column, missing, unknown, examples }) => {
    const shown = examples.map((text) => JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text)).join(", ");
    if (missing === table.rows && table.rows > 1 && !knowsMissing(column)) {
      return [
        `warning: "${column}" is empty in all ${total}, and in training had values: is it called otherwise, or written in another way?`,
      ];
    }
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
