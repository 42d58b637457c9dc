import { DataLoader, TensorDataset } from "../data/index.ts";
import { Adam, AdamW, SGD } from "../optim/index.ts";
import { manualSeed } from "../random/index.ts";
import {
  assertTable,
  checkTable,
  type Finding,
  inferSchema,
  Preprocessing,
  type Schema,
  type Scores as TableScores,
  type Split,
  scoresOf as scorePredictions,
  splitRows,
  type Table,
  TableModel,
  TabularNet,
} from "../tabular/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { fit } from "./fit.ts";
import type { History } from "./history.ts";
import { accuracy, type Metric } from "./metrics.ts";
import { metricOf, type TableMetric } from "./tableEvents.ts";
import { lossOf } from "./tableLoss.ts";
import { planTable, type TablePlan, type TrainTableOptions } from "./tableOptions.ts";
import { chooseStatistics, type Rows, type StatisticsChoice } from "./tableStatistics.ts";

/** What comes of {@link trainTable}. */
export interface TableTraining {
  readonly model: TableModel;
  readonly schema: Schema;
  readonly findings: readonly Finding[];
  readonly split: Split;
  readonly plan: TablePlan;
  readonly history: History<TableMetric>;
  /** Which running statistics were kept; undefined without batch normalization. */
  readonly statistics?: StatisticsChoice;
  /** In the target's own unit. The test part is scored once, after every choice has been made. */
  readonly scores: Readonly<Record<keyof Split, TableScores>>;
}

/**
 * Trains a network on a table: infers the schema, checks the table, splits it, fits the preprocessing on the training rows
 * alone, trains with early stopping on the validation rows, and keeps the batch normalization statistics that validate
 * better. Seeds the default generator: the same table and options give the same bytes.
 *
 * @example
 * const { model, scores } = await trainTable(tableFromRows(cars), { target: "Miles_per_Gallon" });
 * console.log(scores.test.mae);
 *
 * @throws TableError listing what is wrong with the table; TypeError or RangeError for an option that does not fit
 * @throws NonFiniteLossError naming the column or layer where the loss stopped being a number
 */
export async function trainTable(table: Table, options: TrainTableOptions): Promise<TableTraining> {
  const { target, task, features, ignore, kinds, onStart } = options;
  const schema = inferSchema(table, { target, task, features, ignore, kinds });
  const findings = checkTable(table, schema);
  assertTable(findings);
  const split = resolveSplit(table, schema, options);
  const plan = planTable(split.train.length, options);
  const preprocessing = Preprocessing.fit(table, schema, split.train, options.preprocessing);
  manualSeed(plan.seed);
  const network = new TabularNet(
    {
      features: preprocessing.features.length,
      embeddings: preprocessing.embeddings.map(({ categories }) => categories),
      outputs: preprocessing.outputs,
    },
    plan.network,
  );
  const metric = metricOf[schema.task];
  await onStart?.({ schema, findings, split, plan, network, metric });

  const parts = { train: rowsOf(preprocessing, table, split.train), validation: rowsOf(preprocessing, table, split.validation) };
  const lossFunction = lossOf(schema, plan, options.classWeights ?? "none", preprocessing.truth(table, split.train));
  const history = await fitRows(network, parts, lossFunction, plan, preprocessing, metric, options);
  const statistics = chooseStatistics(network, parts, lossFunction, plan.statistics);
  network.eval();

  const model = new TableModel({ schema, preprocessing, network });
  const score = (rows: Int32Array) =>
    scorePredictions(schema.task, model.predict(table, rows), preprocessing.truth(table, rows));
  const scores = { train: score(split.train), validation: score(split.validation), test: score(split.test) };
  return { model, schema, findings, split, plan, history, statistics, scores };
}

function resolveSplit(table: Table, schema: Schema, { split = {}, seed = 0 }: TrainTableOptions): Split {
  return "train" in split ? split : splitRows(table, schema, { seed, ...split });
}

function rowsOf(preprocessing: Preprocessing, table: Table, rows: Int32Array): Rows {
  const { x, codes } = preprocessing.inputs(table, rows);
  const y = preprocessing.targets(table, rows);
  return codes === undefined ? [x, y] : [x, codes, y];
}

function fitRows(
  network: TabularNet,
  parts: Readonly<Record<"train" | "validation", Rows>>,
  loss: ReturnType<typeof lossOf>,
  plan: TablePlan,
  preprocessing: Preprocessing,
  metric: TableMetric,
  { signal, compile, onEpoch }: TrainTableOptions,
): Promise<History<TableMetric>> {
  const { batchSize, epochs, clipGradNorm, patience } = plan;
  return Promise.resolve(
    fit<TableMetric>(network, {
      train: new DataLoader(new TensorDataset(...parts.train), { batchSize, shuffle: true }),
      validation: new DataLoader(new TensorDataset(...parts.validation), { batchSize: evaluationBatch }),
      loss,
      optimizer: newOptimizer(network, plan),
      epochs,
      metrics: { [metric]: metric === "mae" ? new UnitError(preprocessing) : accuracy() } as Record<TableMetric, Metric>,
      earlyStopping: { patience: patience === false ? Number.POSITIVE_INFINITY : patience, restoreBest: patience !== false },
      clipGradNorm,
      signal,
      compile,
      columns: preprocessing.features,
      onEpoch: ({ epoch, step, seconds, learningRate, train, validation, improved }) =>
        onEpoch?.({
          ...{ epoch, epochs, step, seconds, learningRate, improved },
          trainLoss: train.loss,
          validationLoss: validation?.loss ?? Number.NaN,
          validationMetric: validation?.[metric] ?? Number.NaN,
        }),
    }),
  );
}

/** Rows that are scored at a time after an epoch. */
const evaluationBatch = 4096;

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

/** Mean absolute error in the target's own unit, whatever was done to it for the network. */
class UnitError implements Metric {
  readonly #preprocessing: Preprocessing;
  #sum = 0;
  #count = 0;

  constructor(preprocessing: Preprocessing) {
    this.#preprocessing = preprocessing;
  }

  update(output: Tensor, target: Tensor): void {
    const [predicted, truth] = [this.#valuesOf(output), this.#valuesOf(target)];
    for (let i = 0; i < truth.length; i++) this.#sum += Math.abs(predicted[i] - truth[i]);
    this.#count += truth.length;
  }

  value(): number {
    return this.#sum / this.#count;
  }

  reset(): void {
    this.#sum = 0;
    this.#count = 0;
  }

  #valuesOf(output: Tensor): Float64Array {
    const predictions = this.#preprocessing.decode(output);
    if (!("values" in predictions)) throw new TypeError("UnitError: expected predictions of a number");
    return predictions.values;
  }
}
