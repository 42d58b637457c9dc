import { defaultOf, withoutUndefined } from "../../core/index.ts";
import type { Checkpoint } from "../../io/index.ts";
import { combineMembers, Preprocessing, type Schema, type Table, TabularNet } from "../../tabular/index.ts";
import { sizeFor } from "../../tabular/model/layers.ts";
import type { TableSummary } from "../../tabular/summary/columnSummary.ts";
import { accuracy, type Metric } from "../evaluate/metrics.ts";
import { follow } from "../fit/follow.ts";
import type { EpochRecord } from "../fit/history.ts";
import type { Ranks } from "../ranks/ranks.ts";
import { encode } from "./encode.ts";
import { metricOf, type TableEpochEvent, type TableMetric } from "./events.ts";
import { lossOf } from "./loss.ts";
import { trainTableOptions } from "./options.ts";
import type { TrainTableOptions } from "./options.types.ts";
import type { TablePlan } from "./plan.ts";
import { type RowStream, type Rows, TableTrainer, type TrainerRun } from "./trainer.ts";
import { UnitError } from "./unitError.ts";

/** A network before its training, and the encoded rows to train it on. */
export interface TableStage {
  /** The rows of the table that `train` and `validation` are. */
  readonly places: { readonly train: Int32Array; readonly validation?: Int32Array };
  readonly preprocessing: Preprocessing;
  readonly trainer: TableTrainer<TabularNet>;
  readonly train: Rows;
  /** The training rows, where memory does not hold them: those of `train` are a sample then. */
  readonly stream?: RowStream;
  /** The rows that it is scored on after each epoch, if there are any. */
  readonly validation?: Rows;
}

/** What is known of training rows that memory does not hold. */
export interface StreamedTraining {
  readonly summary: TableSummary;
  /** How many rows there are of each class; empty for a number. */
  readonly classes: readonly number[];
  readonly stream: (preprocessing: Preprocessing) => RowStream;
}

/**
 * Fits the preprocessing on the training rows, seeds the default generator and draws the initial
 * weights. Several ranks do the same, each for itself.
 * @throws TypeError or RangeError for invalid options or data; the generator is then restored
 */
export function newStage(
  table: Table,
  schema: Schema,
  plan: TablePlan,
  rows: { readonly train: Int32Array; readonly validation?: Int32Array; readonly test?: Int32Array },
  { classWeights = defaultOf(trainTableOptions, "classWeights"), compile }: TrainTableOptions,
  ranks?: Ranks,
  streamed?: StreamedTraining,
): TableStage {
  const preprocessing = Preprocessing.fit(table, schema, rows.train, plan.preprocessing, streamed?.summary);
  const encoded = (part: Int32Array | undefined) =>
    part === undefined || part.length === 0 ? undefined : encode(preprocessing, table, part);
  const train = encode(preprocessing, table, rows.train);
  const validation = encoded(rows.validation);
  encoded(rows.test); // so that an error in the test rows is reported now
  const labels = streamed === undefined ? preprocessing.truth(table, rows.train) : { counts: streamed.classes };
  const loss = lossOf(schema, plan, classWeights, labels);
  const size = sizeFor(preprocessing);
  const { optimizer, clipGradNorm, average, decay } = plan;
  const trainer = new TableTrainer(() => new TabularNet(size, plan.network), {
    ...{ optimizer, loss, average, decay, ...(clipGradNorm !== undefined && { clipGradNorm }) },
    ...(plan.network.members > 1 && { judged: (output) => combineMembers(output, schema.task) }),
    // Network, loss and optimizer all belong to the library, and close over nothing that may
    // change.
    compile: compile === false ? false : { check: "never" },
    ...{ ranks, perRow: plan.network.members },
  });
  trainer.reset(plan);
  const stream = streamed?.stream(preprocessing);
  return { places: rows, preprocessing, trainer, train, ...withoutUndefined({ stream, validation }) };
}

interface StageOptions extends Pick<TrainTableOptions, "signal"> {
  readonly stage: TableEpochEvent["stage"];
  readonly resume?: Checkpoint | undefined;
  /** The epochs that the schedule is planned for, if not those of the plan. */
  readonly scheduled?: number;
  readonly onEpoch: (event: Omit<TableEpochEvent, "stage" | "fold">, record: EpochRecord<TableMetric>) => unknown;
}

/**
 * Trains as planned. The network then has the weights of `keptEpoch`, and its modes are restored.
 */
export function fitStage(
  { preprocessing, trainer, train, stream, validation }: TableStage,
  plan: TablePlan,
  { stage, signal, resume, scheduled, onEpoch }: StageOptions,
): Promise<TrainerRun<TableMetric>> {
  const metric = metricOf[preprocessing.task];
  const judge: Metric = metric === "mae" ? new UnitError(preprocessing) : accuracy();
  const rows = { train: stream ?? train, ...(validation && { validation }) };
  const events = trainer.run<TableMetric>(rows, plan, {
    metrics: { [metric]: judge } as Record<TableMetric, Metric>,
    columns: preprocessing.features,
    ...withoutUndefined({ signal, resume, scheduled }),
    // The best weights are always kept, for an interrupt. A fold ends early, as the training does.
    keepsBest: stage !== "refit",
  });
  return follow(events, (event) => {
    if (event.type !== "epoch") return undefined;
    const { type: _, ...record } = event;
    const { epoch, step, seconds, learningRate, improved } = record;
    const validated = event.validation ?? event.train;
    const told = {
      ...{ epoch, epochs: plan.epochs, step, seconds, learningRate, metric, improved },
      trainLoss: event.train.loss,
      trainMetric: event.train[metric],
      validationLoss: validated.loss,
      validationMetric: validated[metric],
      checkpoint: () => event.checkpoint(),
    };
    return onEpoch(told, record);
  });
}
