import { defaultOf, text, withoutUndefined, wrongState } from "../../core/index.ts";
import {
  type Baseline,
  type Finding,
  fittingBaselines,
  type Schema,
  type ScoreIntervals,
  type Split,
  type Table,
  TableModel,
} from "../../tabular/index.ts";
import { inTurns } from "../fit/breathe.ts";
import type { History } from "../fit/history.ts";
import { Ranks, together, togetherAsync } from "../ranks/ranks.ts";
import { BaselinesBeside } from "./baselinesBeside.ts";
import { checkDecision, decide, type TableDecision } from "./decision.ts";
import { metricOf, type TableEpochEvent, type TableMetric } from "./events.ts";
import { checkTableOptions, trainTableOptions } from "./options.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { planTable, type TablePlan } from "./plan.ts";
import { planFindings } from "./planFindings.ts";
import { tableRecord } from "./record.ts";
import { refit, type TableRefit } from "./refit.ts";
import { type PartScores, type ScoredStage, scoreStage } from "./scores.ts";
import { type SettledTable, settleTable } from "./settleTable.ts";
import { fitStage, newStage, type TableStage } from "./stage.ts";
import type { StatisticsChoice } from "./statistics.ts";
import { testIntervals } from "./testIntervals.ts";

/** The result of {@link trainTable}. */
export interface TableTraining {
  readonly model: TableModel;
  /** The table as it was trained on: rare classes are left out, or are one class. */
  readonly table: Table;
  readonly schema: Schema;
  /** Findings about the table; none of them is an error. */
  readonly findings: readonly Finding[];
  readonly split: Split;
  /** How many training rows passed by in an epoch, where those of `split` are a sample of them. */
  readonly streamedRows?: number;
  readonly plan: TablePlan;
  readonly history: History<TableMetric>;
  /**
   * The epoch, from 1, whose weights the model has: of the refit, if it has those; 0 if none was
   * finished.
   */
  readonly keptEpoch: number;
  /**
   * Scores of the model. After a refit, those of the validation rows are of the first training,
   * which was not trained on them. The test rows had no part in any choice.
   */
  readonly scores: PartScores;
  /**
   * The baselines' scores on the same rows; with a refit, the baselines are refit as well. Once the
   * signal is aborted, boosted trees are left out.
   */
  readonly baselines: readonly Baseline[];
  /**
   * What the test scores, and their differences to those of the baselines, say about other rows;
   * undefined without test rows. See `bootstrapScores`.
   */
  readonly intervals?: ScoreIntervals;
  /** The threshold or the interval of predictions that was asked for. */
  readonly decision?: TableDecision;
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
 * preprocessing on the training rows and trains, with the validation rows saying which epoch is best.
 * A small table is then trained on a second time for that many epochs, with the validation rows
 * among the training rows (see the options `recipe`, `lengthFolds` and `refit`). All random numbers
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
  const ranks = Ranks.of(options?.signal);
  together(ranks, () => checkTableOptions(options));
  if (ranks === undefined) return trainOn(given, options);
  return trainOn(given, ofRanks(options, ranks), ranks, options.signal);
}

/**
 * The options of one of several ranks: a signal, and an error of a callback, take effect on all at
 * once.
 */
export function ofRanks(options: TrainTableOptions, ranks: Ranks): TrainTableOptions {
  const onEpoch = (event: TableEpochEvent) => ranks.togetherAsync(() => options.onEpoch?.(event));
  return { ...options, signal: ranks.signal, onEpoch };
}

async function trainOn(
  given: Table,
  options: TrainTableOptions,
  ranks?: Ranks,
  own?: AbortSignal,
): Promise<TableTraining> {
  const begun = await togetherAsync(ranks, () => begin(given, options, ranks));
  return trainBegun(begun, options, ranks, own);
}

/** A training that is planned, and has taken no step. */
export interface Begun
  extends Pick<TableTraining, "table" | "schema" | "findings" | "split" | "streamedRows" | "plan">,
    Pick<SettledTable, "settled"> {
  readonly stage: TableStage;
  readonly beside?: BaselinesBeside | undefined;
}

/**
 * The training itself, and what comes after it.
 * @param own the signal of this rank alone, for what it does after the last exchange
 */
export async function trainBegun(
  begun: Begun,
  options: TrainTableOptions,
  ranks?: Ranks,
  own = options.signal,
): Promise<TableTraining> {
  try {
    return await trainAndJudge(begun, options, ranks, own);
  } finally {
    begun.beside?.end();
  }
}

async function trainAndJudge(
  begun: Begun,
  options: TrainTableOptions,
  ranks: Ranks | undefined,
  own: AbortSignal | undefined,
): Promise<TableTraining> {
  const { table, schema, findings, split, settled, plan, stage, beside } = begun;
  const { signal, resume, onEpoch } = options;
  const {
    history,
    keptEpoch: best,
    checkpoint,
  } = await fitStage(stage, plan, {
    ...{ stage: "training", signal, resume: resume?.first ?? resume },
    onEpoch: (event) => onEpoch?.({ stage: "training", fold: 1, ...event }),
  });
  const { final, first } = together(ranks, () => ({
    final: plan.refit && history.reason !== "aborted" ? checkpoint() : undefined,
    first: scoreStage(table, schema, split, stage, statisticsWanted(plan, split)),
  }));
  const before = final && { ...first, history, keptEpoch: best, checkpoint: final };
  const again = before && (await refit(table, schema, split, plan, options, before, ranks));
  const keptEpoch = again?.refit.kept ? (again.refit.epochs ?? best) : best;
  const outcome = {
    ...{ table, schema, findings, split, plan, history, keptEpoch },
    ...withoutUndefined({ streamedRows: begun.streamedRows }),
  };
  const stop = signal?.aborted ? signal : own;
  return togetherAsync(ranks, () =>
    judge(outcome, { first, again, stage, settled, beside }, { ...options, signal: stop }),
  );
}

/** What comes before the first step: everything is checked, and the caller told. */
async function begin(given: Table, options: TrainTableOptions, ranks: Ranks | undefined): Promise<Begun> {
  const { seed = defaultOf(trainTableOptions, "seed"), split: wanted = {}, resume } = options;
  const { table, schema, findings: noticed, split, settled } = settleTable(given, { ...options, seed, split: wanted });
  const plan = planTable(split, schema.task, options);
  checkDecision(schema, split, options);
  const stage = newStage(table, schema, plan, split, options, ranks);
  const findings = [...noticed, ...planFindings(table, plan, split, stage.preprocessing)];
  if (resume?.first !== undefined && !plan.refit) {
    throw wrongState(
      "trainTable",
      "resume: the checkpoint is one of a refit, and this training has none",
      text`pass ${{ option: "refit", value: true }}`,
    );
  }
  const { network } = stage.trainer;
  await options.onStart?.({ schema, findings, split, plan, network, metric: metricOf[schema.task] });
  // A refit's baselines are refit as well, and only then is it known whether it is kept.
  const beside = plan.refit ? undefined : BaselinesBeside.start(table, stage.preprocessing, split, seed);
  return { table, schema, findings, split, settled, plan, stage, beside };
}

type Outcome = Omit<Begun, "settled" | "stage" | "beside"> & Pick<TableTraining, "history" | "keptEpoch">;

interface Trained {
  readonly first: ScoredStage;
  readonly again: { readonly scored: ScoredStage; readonly refit: TableRefit } | undefined;
  readonly stage: TableStage;
  readonly settled: SettledTable["settled"];
  readonly beside: BaselinesBeside | undefined;
}

/** What comes after the last step: the decision, the baselines and the intervals. */
async function judge(
  outcome: Outcome,
  { first, again, stage, settled, beside }: Trained,
  options: TrainTableOptions,
): Promise<TableTraining> {
  const { table, schema, split, plan } = outcome;
  const { seed = defaultOf(trainTableOptions, "seed"), split: wanted = {}, signal, onBaseline } = options;
  const last = again?.scored ?? first;
  const { statistics } = last;
  const { model, scores, decision } = decide(first, last, { table, schema, split }, options);
  const fitHere = async () => {
    const fitting = fittingBaselines(table, stage.preprocessing, split, { seed, refit: again?.refit.kept ?? false });
    return (await inTurns(fitting, { signal, onStep: onBaseline })).value;
  };
  const simple = (await beside?.result({ signal, onStep: onBaseline })) ?? (await fitHere());
  const scored = {
    ...{ ...outcome, scores, baselines: simple },
    ...(decision && { decision }),
    ...(statistics && { statistics }),
    ...(again && { refit: again.refit }),
  };
  const known = model === last.model ? last.tested : undefined;
  const intervals = testIntervals(model, { ...scored, seed: plan.seed }, wanted, known);
  const training = { ...scored, ...(intervals && { intervals }) };
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
