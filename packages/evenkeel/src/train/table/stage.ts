import { withoutUndefined } from "../../core/index.ts";
import { DataLoader, TensorDataset } from "../../data/index.ts";
import type { Checkpoint } from "../../io/index.ts";
import type * as nn from "../../nn/index.ts";
import { Adam, AdamW, SGD } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { Preprocessing, type Schema, type Table, TabularNet } from "../../tabular/index.ts";
import { cloneState } from "../../tensor/index.ts";
import type { Loss } from "../evaluate/evaluate.ts";
import { accuracy, type Metric } from "../evaluate/metrics.ts";
import { fit } from "../fit/fit.ts";
import type { EpochRecord, History } from "../fit/history.ts";
import { metricOf, type TableEpochEvent, type TableMetric } from "./events.ts";
import { lossOf } from "./loss.ts";
import type { TrainTableOptions } from "./options.types.ts";
import type { TablePlan } from "./plan.ts";
import { checkSameSchedule, newScheduler } from "./schedule.ts";
import type { Rows } from "./statistics.ts";
import { UnitError } from "./unitError.ts";

/** A network that is not trained yet, and the rows that it is to be trained on, encoded. */
export interface TableStage {
  readonly preprocessing: Preprocessing;
  readonly network: TabularNet;
  readonly train: Rows;
  /** The rows that it is measured by after each epoch, if there are any. */
  readonly validation?: Rows;
  readonly loss: Loss;
}

/** Rows that are scored at a time after an epoch. */
const evaluationBatch = 4096;

/**
 * Fits the preprocessing on the rows to train on, seeds the default generator and draws the starting weights.
 * @throws TypeError or RangeError for what does not fit; the generator is then as it was
 */
export function newStage(
  table: Table,
  schema: Schema,
  plan: TablePlan,
  rows: { readonly train: Int32Array; readonly validation?: Int32Array; readonly test?: Int32Array },
  { preprocessing: how, classWeights = "none" }: TrainTableOptions,
): TableStage {
  const preprocessing = Preprocessing.fit(table, schema, rows.train, how);
  const encoded = (part: Int32Array | undefined) =>
    part === undefined || part.length === 0 ? undefined : encode(preprocessing, table, part);
  const train = encode(preprocessing, table, rows.train);
  const validation = encoded(rows.validation);
  encoded(rows.test); // what is wrong there is to be said now
  const loss = lossOf(schema, plan, classWeights, preprocessing.truth(table, rows.train));
  manualSeed(plan.seed);
  const { features, embeddings, outputs } = preprocessing;
  const size = { features: features.length, embeddings: embeddings.map(({ categories }) => categories), outputs };
  return { preprocessing, network: new TabularNet(size, plan.network), train, validation, loss };
}

function encode(preprocessing: Preprocessing, table: Table, rows: Int32Array): Rows {
  const { x, codes } = preprocessing.inputs(table, rows);
  const y = preprocessing.targets(table, rows);
  return codes === undefined ? [x, y] : [x, codes, y];
}

interface StageOptions extends Pick<TrainTableOptions, "signal" | "compile"> {
  readonly stage: TableEpochEvent["stage"];
  readonly resume?: Checkpoint;
  readonly onEpoch: (event: Omit<TableEpochEvent, "stage">, record: EpochRecord<TableMetric>) => unknown;
}

/** Trains as planned. The network then has the weights of `keptEpoch`, and its modes are as they were. */
export async function fitStage(
  { preprocessing, network, train, validation, loss }: TableStage,
  plan: TablePlan,
  { stage, signal, compile, resume, onEpoch }: StageOptions,
): Promise<{ history: History<TableMetric>; keptEpoch: number }> {
  const { batchSize, epochs, clipGradNorm, patience } = plan;
  const metric = metricOf[preprocessing.task];
  const judge: Metric = metric === "mae" ? new UnitError(preprocessing) : accuracy();
  const optimizer = newOptimizer(network, plan);
  const schedule = newScheduler(optimizer, plan, Math.ceil(train[0].shape[0] / batchSize));
  checkSameSchedule(schedule.scheduler, resume?.scheduler);
  const stopping = {
    monitor: validation === undefined ? ("train.loss" as const) : ("validation.loss" as const),
    patience: patience === false ? Number.POSITIVE_INFINITY : patience,
    restoreBest: true,
  };
  // Best weights are watched in any case, for an interrupt; where all epochs are trained, the last ones are put back.
  const watched = stage === "training";
  let last: nn.StateDict | undefined = resume?.epoch === epochs ? resume.model : undefined;
  const history = await fit<TableMetric>(network, {
    train: new DataLoader(new TensorDataset(...train), { batchSize, shuffle: true }),
    ...(validation && {
      validation: new DataLoader(new TensorDataset(...validation), { batchSize: evaluationBatch }),
    }),
    loss,
    optimizer,
    ...schedule,
    epochs,
    metrics: { [metric]: judge } as Record<TableMetric, Metric>,
    ...(watched && { earlyStopping: stopping }),
    ...withoutUndefined({ clipGradNorm, signal, resume }),
    // All of network, loss and optimizer is the library's own: nothing in it closes over what may change.
    compile: compile === false ? false : { check: "never" },
    columns: preprocessing.features,
    onEpoch: (event) => {
      const { type: _, ...record } = event;
      const { epoch, step, seconds, learningRate, improved } = record;
      const validated = event.validation ?? event.train;
      if (watched && patience === false && epoch === epochs) last = cloneState(network.stateDict());
      const told = {
        ...{ epoch, epochs, step, seconds, learningRate, metric, improved },
        trainLoss: event.train.loss,
        trainMetric: event.train[metric],
        validationLoss: validated.loss,
        validationMetric: validated[metric],
        checkpoint: () => event.checkpoint(),
      };
      return onEpoch(told, record);
    },
  });
  const keepLast = patience === false && history.reason === "completed";
  if (keepLast && last !== undefined) network.loadStateDict(last);
  return { history, keptEpoch: keepLast ? epochs : (history.bestEpoch ?? 0) };
}

function newOptimizer(network: TabularNet, { optimizer, lr, weightDecay }: TablePlan): Adam | AdamW | SGD {
  const parameters = network.parameters();
  switch (optimizer) {
    case "adam":
      return new Adam(parameters, { lr, weightDecay });
    case "adamw":
      return new AdamW(parameters, { lr, weightDecay });
    case "sgd":
      return new SGD(parameters, { lr, weightDecay, momentum: 0.9 });
  }
}
