import { refuse, text } from "../../core/index.ts";
import { log } from "../../core/math/portableMath.ts";
import { type Decision, withDecision } from "../../tabular/encoding/target/withDecision.ts";
import {
  type AnyTableModel,
  FittedPreprocessing,
  type NumberPredictions,
  type Schema,
  type Split,
  scoresOf,
  type Table,
  TableModel,
  TreeModel,
  TreePreprocessing,
} from "../../tabular/index.ts";
import { conformalWidth } from "../../tabular/scores/conformal.ts";
import { bestThreshold } from "../../tabular/scores/threshold.ts";
import { parseThreshold } from "./decisionOptions.ts";
import type { TrainTableOptions } from "./options.types.ts";
import type { PartScores } from "./scores.ts";

/** What a model decides beside its prediction, and how it did on the test rows. */
export interface TableDecision extends Decision {
  /** The validation rows that it was chosen by; absent for a threshold that was given. */
  readonly rows?: number;
  /** Of prediction intervals: the share of the test rows whose truth is inside. */
  readonly coverage?: { readonly value: number; readonly rows: number };
}

/** What decides, of the options of a training. */
type Wanted = Pick<TrainTableOptions, "threshold" | "interval">;

/**
 * Checks what can be checked before the training.
 * @param caller the function whose options they are
 * @throws RangeError naming the option that does not fit the task, the loss or the split
 */
export function checkDecision(
  schema: Schema,
  split: Split,
  { threshold, interval, loss = "mse" }: Wanted & Pick<TrainTableOptions, "loss">,
  caller = "trainTable",
): void {
  if (threshold !== undefined && schema.task !== "binary") {
    throw refuse(
      "conflict",
      caller,
      text`${{ option: "threshold" }} is of two classes, and "${schema.target}" is ${schema.task === "regression" ? "a number" : "one of several"}`,
      text`leave ${{ option: "threshold" }} out`,
    );
  }
  if (interval !== undefined && schema.task !== "regression") {
    throw refuse(
      "conflict",
      caller,
      text`${{ option: "interval" }} is of a number, and "${schema.target}" is a class`,
      text`leave ${{ option: "interval" }} out`,
    );
  }
  if (interval !== undefined && loss.startsWith("quantile")) {
    throw refuse(
      "conflict",
      caller,
      text`${{ option: "interval" }} is around a mean or a median, and ${{ option: "loss", value: loss }} predicts another quantile`,
      "leave one of them out",
    );
  }
  const needsRows = interval !== undefined || (threshold !== undefined && typeof threshold !== "number");
  if (needsRows && split.validation.length === 0) {
    const option = interval === undefined ? "threshold" : "interval";
    throw refuse(
      "conflict",
      caller,
      text`${{ option }} has no validation rows to be chosen by`,
      text`keep some (${{ option: "split.validation" }})`,
    );
  }
  if (interval !== undefined) conformalWidth(new Float64Array(split.validation.length), interval);
}

/** A model of either kind, and its scores. */
interface Scored<M extends AnyTableModel> {
  readonly model: M;
  readonly scores: PartScores;
}

interface Decided<M extends AnyTableModel> extends Scored<M> {
  readonly decision?: TableDecision;
}

/**
 * The model of the last stage with the threshold or the interval that was asked for. Both are chosen by what the first
 * stage predicts for the validation rows, because a refit has trained on them.
 */
export function decide<M extends AnyTableModel>(
  first: Scored<M>,
  last: Scored<M>,
  { table, schema, split }: { readonly table: Table; readonly schema: Schema; readonly split: Split },
  { threshold, interval }: Wanted,
): Decided<M> {
  const { model, scores } = last;
  if (threshold === undefined && interval === undefined) return { model, scores };
  const rows = split.validation;
  const truth = first.model.preprocessing.truth(table, rows);
  if (interval !== undefined) {
    const { target } = first.model.preprocessing.toJSON();
    const isLog = target.task === "regression" && target.log;
    const own = (value: number) => (isLog ? log(value) : value);
    const values = first.model.predict(table, rows).values!;
    const width = conformalWidth(
      values.map((value, i) => own(value) - own(truth[i])),
      interval,
    );
    const found = { interval: { level: interval, width } };
    const decided = decidedModel(model, found);
    const coverage = coverageOn(decided, table, split.test);
    return { model: decided, scores, decision: { ...found, rows: rows.length, ...(coverage && { coverage }) } };
  }
  const rule = parseThreshold(threshold!);
  const found =
    typeof rule === "number"
      ? { threshold: rule }
      : { threshold: chosenThreshold(first.model, table, rows, truth, rule) };
  const decided = decidedModel(model, found);
  const validated = decidedModel(first.model, found);
  const again = (["train", "validation", "test"] as const).flatMap((part) => {
    if (scores[part] === undefined) return [];
    const by = part === "validation" ? validated : decided;
    const predictions = by.predict(table, split[part]);
    return [[part, scoresOf(schema.task, predictions, by.preprocessing.truth(table, split[part]))] as const];
  });
  const chosen = typeof rule === "number" ? {} : { rows: rows.length };
  return { model: decided, scores: Object.fromEntries(again), decision: { ...found, ...chosen } };
}

/** The model with that decision: of the kind that it is. */
function decidedModel<M extends AnyTableModel>(model: M, decision: Decision): M;
function decidedModel(model: AnyTableModel, decision: Decision): AnyTableModel {
  const { schema, record } = model;
  if (model instanceof TreeModel) {
    const preprocessing = TreePreprocessing.fromJSON(withDecision(model.preprocessing.toJSON(), decision));
    return new TreeModel({ schema, preprocessing, trees: model.trees, record });
  }
  const preprocessing = FittedPreprocessing.fromJSON(withDecision(model.preprocessing.toJSON(), decision));
  return new TableModel({ schema, preprocessing, network: model.network, record });
}

function chosenThreshold(
  model: AnyTableModel,
  table: Table,
  rows: Int32Array,
  truth: Float64Array,
  rule: Parameters<typeof bestThreshold>[2],
): number {
  const probabilities = model.predict(table, rows).probabilities!;
  return bestThreshold(
    truth.map((_, i) => probabilities[2 * i + 1]),
    truth,
    rule,
  ).threshold;
}

/** How often the truth of these rows is inside their interval; undefined without rows. */
function coverageOn(model: AnyTableModel, table: Table, rows: Int32Array): TableDecision["coverage"] {
  const { values, interval } = model.predict(table, rows) as NumberPredictions;
  if (values.length === 0 || interval === undefined) return undefined;
  const truth = model.preprocessing.truth(table, rows);
  const inside = truth.filter((value, i) => interval.low[i] <= value && value <= interval.high[i]).length;
  return { value: inside / rows.length, rows: rows.length };
}
