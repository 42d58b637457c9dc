import { DataLoader, TensorDataset } from "../data/index.ts";
import type * as nn from "../nn/index.ts";
import { Adam, AdamW, SGD } from "../optim/index.ts";
import { manualSeed } from "../random/index.ts";
import {
  assertTable,
  type Baseline,
  baselines,
  type Finding,
  inferSchema,
  Preprocessing,
  type Schema,
  type Split,
  scoresOf,
  splitRows,
  type Table,
  TableModel,
  type TableScores,
  TabularNet,
} from "../tabular/index.ts";
import { cloneState } from "../tensor/index.ts";
import { fit } from "./fit.ts";
import type { History } from "./history.ts";
import { accuracy, type Metric } from "./metrics.ts";
import { metricOf, type TableMetric } from "./tableEvents.ts";
import { lossOf } from "./tableLoss.ts";
import { checkTableOptions, planTable, type TablePlan, type TrainTableOptions } from "./tableOptions.ts";
import { tableRecord } from "./tableRecord.ts";
import { checkSameSchedule, newScheduler } from "./tableSchedule.ts";
import { checkedSplit } from "./tableSplit.ts";
import { chooseStatistics, type Rows, type StatisticsChoice } from "./tableStatistics.ts";
import { UnitError } from "./unitError.ts";

/** Scores of the parts that have rows, in the target's own unit. */
export type PartScores = { readonly [P in keyof Split]?: TableScores };

/** What comes of {@link trainTable}. */
export interface TableTraining {
  readonly model: TableModel;
  readonly schema: Schema;
  /** What there is to know about the table; none of it an error. */
  readonly findings: readonly Finding[];
  readonly split: Split;
  readonly plan: TablePlan;
  readonly history: History<TableMetric>;
  /** The epoch, from 1, whose weights the model has; 0 if none was finished. */
  readonly keptEpoch: number;
  /** Of the model as it is. The test rows have had no part in any choice. */
  readonly scores: PartScores;
  /** What simple models reach on the same rows. */
  readonly baselines: readonly Baseline[];
  /** The scores with both kinds of running statistics, and which were kept; undefined without batch normalization. */
  readonly statistics?: StatisticsChoice<PartScores>;
}

/** Rows that are scored at a time after an epoch. */
const evaluationBatch = 4096;

/**
 * Trains a network on a table: infers the schema, checks the table, splits it, fits the preprocessing on the training rows
 * alone, trains with early stopping on the validation rows, and keeps the batch normalization statistics that validate
 * better. All that is random follows from the seed, which the default generator is given: the same table and options give
 * the same bytes. Two of these must not run at the same time, because they would share that generator.
 *
 * @example
 * const { model, scores } = await trainTable(tableFromRows(cars), { target: "Miles_per_Gallon" });
 * console.log(scores.test.mae);
 *
 * @throws TableError listing what is wrong with the table; TypeError, RangeError or Error for an option that does not fit
 * @throws NonFiniteLossError naming the column or layer where the loss stopped being a number
 */
export async function trainTable(table: Table, options: TrainTableOptions): Promise<TableTraining> {
  checkTableOptions(options);
  const { target, task, features, ignore, kinds, seed = 0, split: wanted = {} } = options;
  const schema = inferSchema(table, definedOnly({ target, task, features, ignore, kinds }));
  const findings = assertTable(table, schema);
  const split =
    "train" in wanted ? checkedSplit(table, wanted) : splitRows(table, schema, { seed, ...definedOnly(wanted) });
  const plan = planTable(split.train.length, options);
  const preprocessing = Preprocessing.fit(table, schema, split.train, options.preprocessing);
  const train = encode(preprocessing, table, split.train);
  const validation = split.validation.length > 0 ? encode(preprocessing, table, split.validation) : undefined;
  if (split.test.length > 0) encode(preprocessing, table, split.test); // what is wrong there is to be said now
  const loss = lossOf(schema, plan, options.classWeights ?? "none", preprocessing.truth(table, split.train));
  manualSeed(plan.seed);
  const { features: inputs, embeddings, outputs } = preprocessing;
  const size = { features: inputs.length, embeddings: embeddings.map(({ categories }) => categories), outputs };
  const network = new TabularNet(size, plan.network);
  await options.onStart?.({ schema, findings, split, plan, network, metric: metricOf[schema.task] });

  const parts = { train, validation, loss };
  const { history, keptEpoch } = await fitNetwork(network, parts, preprocessing, schema, plan, options);
  network.eval();

  const scored = new TableModel({ schema, preprocessing, network });
  const score = (): PartScores => {
    const parts = (["train", "validation", "test"] as const).filter((part) => split[part].length > 0);
    const scores = parts.map((part) => {
      const rows = split[part];
      return [part, scoresOf(schema.task, scored.predict(table, rows), preprocessing.truth(table, rows))];
    });
    return Object.fromEntries(scores);
  };
  const statistics = chooseStatistics(network, train, statisticsWanted(plan, validation), score, errorOf);
  network.eval();
  const scores = statistics?.[statistics.kept] ?? score();
  const simple = baselines(table, preprocessing, split, { seed });
  const outcome = { schema, findings, split, plan, history, keptEpoch, scores, baselines: simple, statistics };
  const record = { ...tableRecord(table, outcome, wanted), ...options.record };
  return { model: new TableModel({ schema, preprocessing, network, record }), ...outcome };
}

/** Without validation rows there is nothing to choose by: then statistics are as PyTorch leaves them. */
function statisticsWanted({ statistics }: TablePlan, validation: Rows | undefined): TablePlan["statistics"] {
  return statistics === "better" && validation === undefined ? "asTrained" : statistics;
}

/** The error over the validation rows that running statistics are chosen by. */
function errorOf({ validation }: PartScores): number {
  return validation?.rmse ?? validation?.logLoss ?? Number.NaN;
}

function encode(preprocessing: Preprocessing, table: Table, rows: Int32Array): Rows {
  const { x, codes } = preprocessing.inputs(table, rows);
  const y = preprocessing.targets(table, rows);
  return codes === undefined ? [x, y] : [x, codes, y];
}

interface FitParts {
  readonly train: Rows;
  readonly validation: Rows | undefined;
  readonly loss: ReturnType<typeof lossOf>;
}

async function fitNetwork(
  network: TabularNet,
  { train, validation, loss }: FitParts,
  preprocessing: Preprocessing,
  { task }: Schema,
  plan: TablePlan,
  { signal, compile, resume, onEpoch }: TrainTableOptions,
): Promise<{ history: History<TableMetric>; keptEpoch: number }> {
  const { batchSize, epochs, clipGradNorm, patience } = plan;
  const metric = metricOf[task];
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
    earlyStopping: stopping,
    ...definedOnly({ clipGradNorm, signal, compile, resume }),
    columns: preprocessing.features,
    onEpoch: (event) => {
      const { epoch, step, seconds, learningRate, improved } = event;
      const validated = event.validation ?? event.train;
      if (patience === false && epoch === epochs) last = cloneState(network.stateDict());
      return onEpoch?.({
        ...{ epoch, epochs, step, seconds, learningRate, metric, improved },
        trainLoss: event.train.loss,
        trainMetric: event.train[metric],
        validationLoss: validated.loss,
        validationMetric: validated[metric],
        checkpoint: () => event.checkpoint(),
      });
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

/** Options that were given; an undefined one is as good as left out. */
function definedOnly<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
