import { withoutUndefined } from "evenkeel/problem";
import {
  type AnyTableModel,
  columnOf,
  networkOf,
  type Predictions,
  scoresOf,
  type Table,
  TreeModel,
  takeRows,
  trainingRowsScored,
} from "evenkeel/tabular";
import { permutationImportance, type TableTraining, type TreeTraining } from "evenkeel/train";
import type { EpochLine, RunConfig, RunResult } from "../../records/runs/types.ts";
import { count, wholeText } from "../../shell/figures.ts";
import { headlineMetric, metricFacts } from "../../shell/metrics.ts";
import type { TableRead } from "../../tables/index.ts";
import { decisionLine } from "../decisionLine.ts";
import { calibrationOf } from "./calibration.ts";
import { judgedPart, partWords } from "./judgedPart.ts";
import { sourceName } from "./sourceName.ts";
import type { Importance, ReportPredictions, TrainingReportData } from "./types.ts";
import { columnsNamed, worstRows } from "./worstRows.ts";

/** The most rows that importance is measured on: more would only take time. */
const importanceRows = 2000;
/** The number of columns beside the rows that the network errs most on. */
const shownColumns = 4;

/** The data of a training's HTML report, of a network or of trees. */
export async function reportData(
  training: TableTraining | TreeTraining,
  table: Table & Pick<TableRead, "placeOf">,
  config: RunConfig,
  result: RunResult,
  epochs: readonly EpochLine[],
): Promise<TrainingReportData> {
  const { split, schema } = training;
  const metric = headlineMetric(schema.task);
  const part = judgedPart(config.split);
  // The rows of a refit do not show how good it is, so the first training is shown on the
  // validation rows.
  const refit = training.refit?.kept ? training.refit : undefined;
  const model: AnyTableModel = part === "test" ? training.model : (refit?.validated ?? training.model);
  const rows = split[part];
  const features = schema.columns.filter(({ use }) => use === "feature").map(({ name }) => name);
  const score = (of: Table) =>
    scoresOf(schema.task, model.predict(of), model.preprocessing.truth(of), [metric])[metric];
  const importance = await permutationImportance(takeRows(table, rows.subarray(0, importanceRows)), {
    columns: features,
    score,
    better: metricFacts(metric).better,
    seed: config.seed,
  });
  const measured = epochs.filter(({ stage }) => stage === undefined);
  const curve = (label: string, of: (line: EpochLine) => number | undefined) => ({
    label,
    runs: [measured.map((line) => of(line) ?? Number.NaN)],
  });
  const { id, started, target, settings, versions } = config;
  const source = { ...config.table, source: sourceName(config.table.source) };
  const predictions = model.predict(table, rows);
  const truth = model.preprocessing.truth(table, rows);
  const shown = mostImportant(importance);
  const decided = decisionLine(result, training);
  return {
    title: `${target} from ${source.source}`,
    id,
    created: new Date(started),
    table: source,
    target,
    metric,
    settings,
    versions,
    task: schema.task,
    seed: config.seed,
    split: config.split,
    trainScored: trainingRowsScored(split.train.length),
    seconds: result.seconds,
    scores: result.scores,
    baselines: result.baselines,
    ...withoutUndefined({ sampledRows: result.sampledRows }),
    ...(result.intervals && { intervals: result.intervals }),
    ...(decided !== undefined && {
      decision: { said: decided, hasThreshold: result.decision?.threshold !== undefined },
    }),
    ...(result.batchNorm && { batchNorm: result.batchNorm }),
    ...("keptEpoch" in training
      ? {
          curves: {
            metric,
            lines: [
              curve("train", ({ train }) => train[metric]),
              ...(split.validation.length > 0 ? [curve("validation", ({ validation }) => validation?.[metric])] : []),
            ],
            ...(refit === undefined && { bestEpoch: training.keptEpoch }),
            rates: measured.map(({ learningRate }) => learningRate),
          },
        }
      : { ofTrees: true }),
    ...(refit && { refit: { rows: refit.rows.length } }),
    predictions: reportPredictions(predictions, truth, schema.classes),
    worst: {
      columns: shown,
      rows: worstRows(predictions, {
        ...{ rows, truth, classes: schema.classes, placeOf: table.placeOf },
        columns: columnsNamed(table, shown),
      }),
    },
    ...(predictions.probabilities !== undefined && {
      calibration: calibrationOf(predictions.probabilities, truth, schema.classes ?? []),
    }),
    importance: { metric, part: partWords[part], columns: importance },
    findings: result.findings,
    network: model instanceof TreeModel ? treesText(model) : networkOf(model).toString(),
    usage: usageOf(table, features, model instanceof TreeModel ? "TreeModel" : "TableModel"),
  };
}

function treesText({ trees: { iterations, nodes, size } }: TreeModel): string {
  const perRound = size.outputs === 1 ? "" : `, ${size.outputs} trees each`;
  return `${count(iterations, "round")} of boosted trees${perRound}: ${wholeText(nodes)} nodes`;
}

/** The columns that say most about a row, in the order of their importance. */
function mostImportant(importance: readonly Importance[]): string[] {
  const mean = ({ drops }: Importance) => drops.reduce((sum, drop) => sum + drop, 0) / drops.length;
  return [...importance]
    .sort((a, b) => mean(b) - mean(a))
    .slice(0, shownColumns)
    .map(({ column }) => column);
}

function reportPredictions(
  predictions: Predictions,
  truth: Float64Array,
  classes: readonly string[] = [],
): ReportPredictions {
  if (predictions.values !== undefined) return { kind: "regression", truth, predicted: predictions.values };
  const positions = new Map(classes.map((name, position) => [name, position]));
  return { kind: "classes", classes, truth, predicted: predictions.classes.map((name) => positions.get(name) ?? -1) };
}

/** Code that uses the model, with a row of the table as the example. */
function usageOf(
  table: Table,
  features: readonly string[],
  kind: "TableModel" | "TreeModel",
): TrainingReportData["usage"] {
  const row = JSON.stringify(Object.fromEntries(features.slice(0, 6).map((name) => [name, firstValue(table, name)])));
  return [
    { title: "On the command line", code: `echo '${row}' | evenkeel predict model.safetensors -` },
    {
      title: "In Node or a browser",
      code: `import { ${kind} } from "evenkeel/tabular";\nconst model = ${kind}.load(bytes); // of model.safetensors\nmodel.predictRows([${row}]);`,
    },
  ];
}

function firstValue(table: Table, name: string): unknown {
  const column = columnOf(table, name);
  switch (column.type) {
    case "number":
      return column.values.find((value) => !Number.isNaN(value)) ?? null;
    case "boolean":
      return column.values.find((value) => value !== 255) === 1;
    case "date": {
      const time = column.values.find((value) => !Number.isNaN(value));
      return time === undefined ? null : new Date(time).toISOString().slice(0, 10);
    }
    case "text":
      return column.dictionary[0] ?? null;
    default:
      return column satisfies never;
  }
}
