import { defaultOf, text, wrongState } from "../../core/index.ts";
import type { Checkpoint } from "../../io/index.ts";
import {
  type Baseline,
  baselines,
  type Finding,
  type Schema,
  type Split,
  type Table,
  TableModel,
} from "../../tabular/index.ts";
import type { History } from "../fit/history.ts";
import { metricOf, type TableMetric } from "./events.ts";
import { checkTableOptions, trainTableOptions } from "./options.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { planTable, type TablePlan } from "./plan.ts";
import { planFindings } from "./planFindings.ts";
import { tableRecord } from "./record.ts";
import { refit, type TableRefit } from "./refit.ts";
import { type PartScores, scoreStage } from "./scores.ts";
import { settleTable } from "./settleTable.ts";
import { fitStage, newStage } from "./stage.ts";
import type { StatisticsChoice } from "./statistics.ts";

/** The result of {@link trainTable}. */
export interface TableTraining {
  readonly model: TableModel;
  /** The table as it was trained on: rare classes are left out, or are one class. */
  readonly table: Table;
  readonly schema: Schema;
  /** Findings about the table; none of them is an error. */
  readonly findings: readonly Finding[];
  readonly split: Split;
  readonly plan: TablePlan;
  readonly history: History<TableMetric>;
  /** The epoch, from 1, whose weights the model has; 0 if none was finished. */
  readonly keptEpoch: number;
  /**
   * Scores of the model. After a refit, those of the validation rows are of the first training,
   * which was not trained on them. The test rows had no part in any choice.
   */
  readonly scores: PartScores;
  /** The baselines' scores on the same rows; with a refit, the baselines are refit as well. */
  readonly baselines: readonly Baseline[];
  /**
   * The scores with both kinds of running statistics, and which were kept; undefined without
   * BatchNorm.
   */
  readonly statistics?: StatisticsChoice<PartScores>;
  /**
   * The second training, on training and validation rows; undefined if none was planned, or it did
   * not begin.
   */
  readonly refit?: TableRefit;
}

/**
 * Trains a network on a table: infers the schema, checks the table, splits it, fits the
 * preprocessing on the training rows, trains with the validation rows for scores, and keeps the
 * running statistics that score better on them. A small table is then trained on a second time,
 * with the validation rows among the training rows (see the option `refit`). All random numbers
 * follow from the seed, with which the default generator is seeded: the same table and options give
 * the same bytes. Two calls must not run at the same time, because they would share that generator.
 *
 * @example
 * const { model, scores } = await trainTable(tableFromRows(cars), { target: "Miles_per_Gallon" });
 * console.log(scores.test.mae);
 *
 * @throws TableError listing what is wrong with the table; TypeError, RangeError or Error for an
 *   invalid option
 * @throws NonFiniteLossError naming the column or layer where the loss became NaN or infinite. If
 *   this happens in the refit, nothing is thrown: the model of the first training is kept and the
 *   error is in `refit.error`
 */
export async function trainTable(given: Table, options: TrainTableOptions): Promise<TableTraining> {
  checkTableOptions(options);
  const { seed = defaultOf(trainTableOptions, "seed"), split: wanted = {} } = options;
  const { table, schema, findings: noticed, split, settled } = settleTable(given, { ...options, seed, split: wanted });
  const plan = planTable(split, schema.task, options);
  const stage = newStage(table, schema, plan, split, options);
  const findings = [...noticed, ...planFindings(table, plan, split, stage.preprocessing)];
  const { signal, resume, onEpoch } = options;
  if (resume?.first !== undefined && !plan.refit) {
    throw wrongState(
      "trainTable",
      "resume: the checkpoint is one of a refit, and this training has none",
      text`pass ${{ option: "refit", value: true }}`,
    );
  }
  const { network } = stage.trainer;
  await options.onStart?.({ schema, findings, split, plan, network, metric: metricOf[schema.task] });

  let checkpoint: Checkpoint | undefined = resume?.first ?? resume;
  const { history, keptEpoch } = await fitStage(stage, plan, {
    ...{ stage: "training", signal, resume: checkpoint },
    onEpoch: (event) => {
      if (plan.refit && event.epoch === plan.epochs) checkpoint = event.checkpoint();
      return onEpoch?.({ stage: "training", ...event });
    },
  });
  const first = scoreStage(table, schema, split, stage, statisticsWanted(plan, split));
  const again =
    plan.refit && history.reason === "completed" && checkpoint !== undefined
      ? await refit(table, schema, split, plan, options, { ...first, history, checkpoint })
      : undefined;
  const { model, scores, statistics } = again?.scored ?? first;
  const simple = baselines(table, stage.preprocessing, split, { seed, refit: again?.refit.kept ?? false });
  const outcome = { table, schema, findings, split, plan, history, keptEpoch, scores, baselines: simple };
  const training = { ...outcome, ...(statistics && { statistics }), ...(again && { refit: again.refit }) };
  const rareRecord = settled === undefined ? {} : { rareClasses: settled };
  const record = { ...tableRecord(training, wanted), ...rareRecord, ...options.record };
  return { model: new TableModel({ ...model, record }), ...training };
}

/**
 * Without validation rows there is nothing to choose by, so statistics are as trained, as in
 * PyTorch.
 */
function statisticsWanted({ statistics }: TablePlan, { validation }: Split): TablePlan["statistics"] {
  return statistics === "better" && validation.length === 0 ? "asTrained" : statistics;
}
