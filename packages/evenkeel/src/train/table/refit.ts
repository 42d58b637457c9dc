import type { Checkpoint } from "../../io/index.ts";
import type { Schema, Split, Table, TableModel } from "../../tabular/index.ts";
import { joinedRows } from "../../tabular/table/split.ts";
import type { EpochRecord, History } from "../fit/history.ts";
import { NonFiniteLossError } from "../fit/nonFinite.ts";
import { type Ranks, together } from "../ranks/ranks.ts";
import type { TableMetric } from "./events.ts";
import { bestLength, foldOf, type LengthFold, trainFolds } from "./folds.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { evenBatchSize, type TablePlan } from "./plan.ts";
import { type PartScores, type ScoredStage, scoreStage } from "./scores.ts";
import { fitStage, newStage, type TableStage } from "./stage.ts";
import type { StatisticsChoice } from "./statistics.ts";

/** The second training, on training and validation rows, and the folds that say how long it is. */
export interface TableRefit {
  /** Its history, without validation scores. If the refit failed, the epochs before that. */
  readonly history: History<TableMetric>;
  /** Its training rows, in the order of the table. */
  readonly rows: Int32Array;
  /** How many epochs it trains; undefined if that is not known, because the folds did not end. */
  readonly epochs: number | undefined;
  /** The trainings that say how many, that of the validation rows first; absent if it is alone. */
  readonly folds?: readonly LengthFold[];
  /** Wall-clock seconds of the folds after the first. */
  readonly foldSeconds: number;
  /** Whether the model has its weights: not if it was interrupted or failed. */
  readonly kept: boolean;
  /** Why it or a fold failed: a loss or a gradient was NaN or infinite. Resuming would only repeat that. */
  readonly error?: NonFiniteLossError;
  /** The model of the first training, to which all validation scores belong. */
  readonly validated: TableModel;
}

interface FinishedTraining extends ScoredStage {
  readonly history: History<TableMetric>;
  readonly keptEpoch: number;
  /** Its state at the end. */
  readonly checkpoint: Checkpoint;
}

/**
 * Repeats the training from the same seed, with the validation rows among the training rows, for as
 * many epochs as were best in the first training or, with several folds, in all of them. The rate of
 * an epoch is that of the first training's plan: rows, and so steps an epoch, differ. Its batches are
 * of equal size, and BatchNorm keeps recomputed statistics by default, because there are no rows to
 * compare them with the running averages on. If a fold or the refit is interrupted, or its loss is
 * NaN or infinite, it returns the first training.
 */
export async function refit(
  table: Table,
  schema: Schema,
  split: Split,
  plan: TablePlan,
  options: TrainTableOptions,
  first: FinishedTraining,
  ranks: Ranks | undefined,
): Promise<{ scored: ScoredStage; refit: TableRefit }> {
  const rows = joinedRows(split.train, split.validation);
  const begun = { first: first.checkpoint, history: first.history };
  const others = plan.lengthFolds > 1 ? await trainFolds(table, schema, split, plan, options, begun, ranks) : undefined;
  const { seconds: foldSeconds = 0, aborted = false, error: failed } = others ?? {};
  const folds = others && [foldOf(first.history), ...others.folds];
  const told = { rows, foldSeconds, ...(folds && { folds }), validated: first.model };
  if (aborted || failed !== undefined) {
    const history = noHistory;
    return {
      scored: first,
      refit: { ...told, history, epochs: undefined, kept: false, ...(failed && { error: failed }) },
    };
  }
  const epochs = folds === undefined ? first.keptEpoch : bestLength(folds, plan.enough);
  const again = { ...plan, epochs, batchSize: evenBatchSize(rows.length, plan.batchSize) };
  const stage = together(ranks, () => newStage(table, schema, again, { train: rows }, options, ranks));
  const state = { first: first.checkpoint, ...(others && { folds: others.folds }) };
  const seconds = first.history.seconds + foldSeconds;
  const { history, error } = await trainAgain(stage, again, options, { state, seconds, scheduled: plan.epochs });
  const kept = error === undefined && history.reason === "completed";
  const done = { ...told, history, epochs, kept, ...(error && { error }) };
  if (!kept) return { scored: first, refit: done };
  const kind = plan.statistics === "better" ? "recomputed" : plan.statistics;
  const parts = { ...split, validation: new Int32Array(0) };
  const scored = together(ranks, () => scoreStage(table, schema, parts, stage, kind));
  return { scored: { ...scored, ...withValidation(scored, first) }, refit: done };
}

/** That of a training that has not begun. */
const noHistory: History<TableMetric> = {
  ...{ epochs: [], reason: "aborted", bestEpoch: undefined, restored: false, steps: 0, seconds: 0 },
};

/** What was done before the refit. */
interface Before {
  /** What its checkpoints hold of that. */
  readonly state: Pick<Checkpoint, "first" | "folds">;
  readonly seconds: number;
  /** The epochs that the rates were planned for. */
  readonly scheduled: number;
}

/** The second training itself; a loss that is NaN or infinite ends it with the epochs before. */
async function trainAgain(
  stage: TableStage,
  plan: TablePlan,
  { signal, resume: at, onEpoch }: TrainTableOptions,
  { state, seconds: before, scheduled }: Before,
): Promise<Pick<TableRefit, "history" | "error">> {
  const resume = at?.first === undefined || at.inFold === true ? undefined : at;
  const epochs = [...(resume?.history ?? [])] as EpochRecord<TableMetric>[];
  try {
    // The plan ends at the best epoch, so nothing is to end it before.
    return await fitStage(
      stage,
      { ...plan, patience: false },
      {
        ...{ stage: "refit", signal, resume, scheduled },
        onEpoch: (event, record) => {
          epochs.push(record);
          return onEpoch?.({
            ...{ stage: "refit", fold: 0, ...event, seconds: before + event.seconds },
            checkpoint: () => ({ ...event.checkpoint(), ...state }),
          });
        },
      },
    );
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
