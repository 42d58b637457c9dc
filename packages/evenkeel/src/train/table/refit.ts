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

/** The training once more, on training and validation rows. */
export interface TableRefit {
  /** How it went. There are no validation scores in it. If it failed, what was finished before. */
  readonly history: History<TableMetric>;
  /** The rows that it trained on, in the order of the table. */
  readonly rows: Int32Array;
  /** Whether the model has its weights: not if it was interrupted, or failed. */
  readonly kept: boolean;
  /**
   * Why it failed: its loss or a gradient stopped being a number. To resume it would only repeat
   * that.
   */
  readonly error?: NonFiniteLossError;
  /** The model of the first training, which all validation scores are of. */
  readonly validated: TableModel;
}

interface FinishedTraining extends ScoredStage {
  readonly history: History<TableMetric>;
  /** Where it stood at its end. */
  readonly checkpoint: Checkpoint;
}

/**
 * Trains as before, from the same seed, with the validation rows among the others. Nothing is
 * chosen: epochs are those of the plan, batches are as many as fill evenly, and batch normalization
 * keeps recomputed statistics unless others were asked for, since there are no rows to tell whether
 * its running averages are as good. What it gives is what it was given if it is interrupted, or if
 * its loss stops being a number.
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

/** The training itself; a loss that is no number ends it, with what came before. */
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
 * Scores with those that the first training had on the validation rows, which are no longer new to
 * the second.
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
