import type { Checkpoint } from "../../io/index.ts";
import type { Schema, Split, Table, TableModel } from "../../tabular/index.ts";
import { joinedRows } from "../../tabular/table/split.ts";
import type { EpochRecord, History } from "../fit/history.ts";
import { NonFiniteLossError } from "../fit/nonFinite.ts";
import type { TableMetric } from "./events.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { evenBatchSize, type TablePlan } from "./plan.ts";
import { type PartScores, type ScoredStage, scoreStage } from "./scores.ts";
import { fitStage, newStage, type TableStage } from "./stage.ts";
import type { StatisticsChoice } from "./statistics.ts";

/** The second training, on training and validation rows. */
export interface TableRefit {
  /** Its history, without validation scores. If the refit failed, the epochs before that. */
  readonly history: History<TableMetric>;
  /** Its training rows, in the order of the table. */
  readonly rows: Int32Array;
  /** Whether the model has its weights: not if it was interrupted or failed. */
  readonly kept: boolean;
  /** Why it failed: its loss or a gradient was NaN or infinite. Resuming would only repeat that. */
  readonly error?: NonFiniteLossError;
  /** The model of the first training, to which all validation scores belong. */
  readonly validated: TableModel;
}

interface FinishedTraining extends ScoredStage {
  readonly history: History<TableMetric>;
  /** Its state at the end. */
  readonly checkpoint: Checkpoint;
}

/**
 * Repeats the training from the same seed, with the validation rows among the training rows.
 * Nothing is chosen: it trains for the planned number of epochs, its batches are of equal size, and
 * BatchNorm keeps recomputed statistics by default, because there are no rows to compare them with
 * the running averages on. If it is interrupted, or its loss is NaN or infinite, it returns the
 * first training.
 */
export async function refit(
  table: Table,
  schema: Schema,
  split: Split,
  plan: TablePlan,
  options: TrainTableOptions,
  first: FinishedTraining,
): Promise<{ scored: ScoredStage; refit: TableRefit }> {
  const rows = joinedRows(split.train, split.validation);
  const again = { ...plan, batchSize: evenBatchSize(rows.length, plan.batchSize) };
  const stage = newStage(table, schema, again, { train: rows }, options);
  const { history, error } = await trainAgain(stage, again, options, first);
  const kept = error === undefined && history.reason === "completed";
  const done = { history, rows, kept, ...(error && { error }), validated: first.model };
  if (!kept) return { scored: first, refit: done };
  const kind = plan.statistics === "better" ? "recomputed" : plan.statistics;
  const scored = scoreStage(table, schema, { ...split, validation: new Int32Array(0) }, stage, kind);
  return { scored: { ...scored, ...withValidation(scored, first) }, refit: done };
}

/** The second training itself; a loss that is NaN or infinite ends it with the epochs before. */
async function trainAgain(
  stage: TableStage,
  plan: TablePlan,
  { signal, resume: at, onEpoch }: TrainTableOptions,
  first: FinishedTraining,
): Promise<Pick<TableRefit, "history" | "error">> {
  const resume = at?.first === undefined ? undefined : at;
  const epochs = [...(resume?.history ?? [])] as EpochRecord<TableMetric>[];
  try {
    return await fitStage(stage, plan, {
      ...{ stage: "refit", signal, resume },
      onEpoch: (event, record) => {
        epochs.push(record);
        return onEpoch?.({
          ...{ stage: "refit", ...event, seconds: first.history.seconds + event.seconds },
          checkpoint: () => ({ ...event.checkpoint(), first: first.checkpoint }),
        });
      },
    });
  } catch (error) {
    if (!(error instanceof NonFiniteLossError)) throw error;
    const bestEpoch = epochs.findLast(({ improved }) => improved)?.epoch;
    const [steps, seconds] = [error.step - 1, epochs.at(-1)?.seconds ?? 0];
    return { history: { epochs, reason: "aborted", bestEpoch, restored: false, steps, seconds }, error };
  }
}

/**
 * Scores with the first training's validation scores, because the second was trained on these rows.
 */
function withValidation(again: ScoredStage, first: ScoredStage): Pick<ScoredStage, "scores" | "statistics"> {
  const both = (before: PartScores, after: PartScores): PartScores => ({ ...before, ...after });
  const scores = both(first.scores, again.scores);
  if (again.statistics === undefined || first.statistics === undefined) return { scores };
  const statistics: StatisticsChoice<PartScores> = {
    kept: again.statistics.kept,
    asTrained: both(first.statistics.asTrained, again.statistics.asTrained),
    recomputed: both(first.statistics.recomputed, again.statistics.recomputed),
  };
  return { scores, statistics };
}
