import type { AnyTableModel, Unfamiliar } from "evenkeel/tabular";
import type { PredictedBlock } from "./predictBlocks.ts";

/** What JSON says of a row beside its prediction, where there is something to say. */
export interface RowMark {
  readonly name: string;
  mark(block: PredictedBlock, i: number): true | readonly string[] | undefined;
}

/**
 * `outside`: the columns whose number or date is outside the range of the training rows. `clamped`:
 * true where the prediction was held in the range of their targets.
 */
export function rowMarks({ preprocessing }: AnyTableModel, unfamiliar: readonly Unfamiliar[]): RowMark[] {
  const columns = new Map<number, string[]>();
  for (const { column, outside } of unfamiliar) {
    for (const row of outside?.rows ?? []) {
      const names = columns.get(row);
      if (names === undefined) columns.set(row, [column]);
      else names.push(column);
    }
  }
  const outside: RowMark = { name: "outside", mark: ({ rows }, i) => columns.get(rows[i]) };
  const clamped: RowMark = { name: "clamped", mark: (block, i) => (block.clamped.has(i) ? true : undefined) };
  return preprocessing.task === "regression" ? [outside, clamped] : [outside];
}
