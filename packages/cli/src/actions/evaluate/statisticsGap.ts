import { data, nn } from "evenkeel";
import { type AnyTableModel, networkOf, Preprocessing, type Table, TreeModel } from "evenkeel/tabular";
import { batchNormGap } from "evenkeel/train";

/** How the loss of a network changes if BatchNorm uses the statistics of these rows. */
export interface StatisticsGap {
  /**
   * The kind of loss: the log loss for classes, the mean squared error of the scaled target for
   * numbers.
   */
  readonly loss: "logLoss" | "mse";
  /** The loss with the model's running statistics. */
  readonly running: number;
  /** The loss with the statistics of these rows, batch by batch. */
  readonly batch: number;
  readonly rows: number;
}

/** Enough rows to see a difference; they are a single batch. */
const mostRows = 8192;

/** Returns undefined without BatchNorm, for trees, and for a single row, which has no variance. */
export function statisticsGap(model: AnyTableModel, table: Table, rows: Int32Array): StatisticsGap | undefined {
  if (model instanceof TreeModel) return undefined;
  const { norm, hidden } = model.network.options;
  if (norm !== "batch" || hidden.length === 0 || rows.length < 2) return undefined;
  const taken = spread(rows);
  const preprocessing = Preprocessing.fromJSON(model.preprocessing.toJSON());
  const { x, codes } = preprocessing.inputs(table, taken);
  const y = preprocessing.targets(table, taken);
  const dataset = new data.TensorDataset(...(codes === undefined ? [x, y] : [x, codes, y]));
  const { task } = preprocessing;
  const loss =
    task === "regression"
      ? new nn.MSELoss()
      : task === "binary"
        ? new nn.BCEWithLogitsLoss()
        : new nn.CrossEntropyLoss();
  const { running, batch } = batchNormGap(networkOf(model), new data.DataLoader(dataset, { batchSize: taken.length }), {
    loss: (output, target) => loss(output, target),
  });
  const kind = task === "regression" ? "mse" : "logLoss";
  return { loss: kind, running: running.loss, batch: batch.loss, rows: taken.length };
}

/** Evenly spaced rows, because a table may be sorted. */
function spread(rows: Int32Array): Int32Array {
  if (rows.length <= mostRows) return rows;
  return Int32Array.from({ length: mostRows }, (_, i) => rows[Math.floor((i * rows.length) / mostRows)]);
}
