import { setImmediate } from "node:timers/promises";
import type { AnyTableModel, Predictions, Table } from "evenkeel/tabular";

/** Predictions of some rows that follow each other. */
export interface PredictedBlock {
  /** Positions in the table. */
  readonly rows: Int32Array;
  readonly predictions: Predictions;
  /** Which of these rows have a prediction that was clamped: positions among them. */
  readonly clamped: ReadonlySet<number>;
}

/** Rows that are predicted, and written, at a time: few enough to be held as JavaScript values. */
const blockRows = 16_384;

/**
 * Predicts rows block by block, so that millions need no more memory than a block, and a Ctrl-C is
 * heard between two.
 *
 * @throws CommandError if a value is not of its column's kind @throws the reason of `signal` once
 *   it is aborted
 */
export async function* predictBlocks(
  model: AnyTableModel,
  table: Table,
  { rows, signal }: { readonly rows?: Int32Array | undefined; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<PredictedBlock> {
  const total = rows?.length ?? table.rows;
  for (let start = 0; start < total; start += blockRows) {
    await setImmediate();
    signal?.throwIfAborted();
    const count = Math.min(blockRows, total - start);
    const taken = rows?.subarray(start, start + count) ?? Int32Array.from({ length: count }, (_, i) => start + i);
    const predictions = model.predict(table, taken);
    yield { rows: taken, predictions, clamped: new Set(predictions.clamped) };
  }
}
