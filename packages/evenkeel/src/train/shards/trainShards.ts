import { defaultOf, refuse } from "../../core/index.ts";
import { finding } from "../../tabular/checks/findings.ts";
import {
  checkTable,
  type Finding,
  inferSchema,
  rowsWithTarget,
  type Schema,
  type Split,
  schemaOptionsOf,
  type Table,
  TableError,
} from "../../tabular/index.ts";
import { shorten } from "../../tabular/schema/columns.ts";
import { hasValues, type TableSummary, varies } from "../../tabular/summary/columnSummary.ts";
import { type SummaryState, summaryOf } from "../../tabular/summary/rowSummary.ts";
import { Ranks, together, togetherAsync } from "../ranks/ranks.ts";
import { checkDecision } from "../table/decision.ts";
import { metricOf } from "../table/events.ts";
import { checkTableOptions, trainTableOptions } from "../table/options.ts";
import type { TrainTableOptions } from "../table/options.types.ts";
import { planTable } from "../table/plan.ts";
import { copiesAcross, planFindingsBy } from "../table/planFindings.ts";
import { newStage } from "../table/stage.ts";
import { type Begun, ofRanks, type TableTraining, trainBegun } from "../table/trainTable.ts";
import { classCounts, exactSchema, withNamedFeatures } from "./exactSchema.ts";
import { featuresOf, RowReader } from "./rowReader.ts";
import type { RowStore } from "./rowStore.ts";
import { checkShardOptions, type TrainShardsOptions } from "./shardOptions.ts";
import { rowBytes } from "./storedRows.ts";
import { StreamedRows } from "./streamedRows.ts";

/** Rows of which memory holds a part. Each rank has training rows of its own; the rest is alike on all. */
export interface ShardedRows {
  /** The validation and test rows, and a sample of the training rows, drawn at random. */
  readonly table: Table;
  /** Which rows of `table` are which; those of `train` are the sample. */
  readonly split: Split;
  /**
   * Reads the training rows of this rank once, those of the sample among them, and hands them over
   * some at a time. What means and deviations are to the last digit follows from how the rows are put
   * into blocks, in which order, and into tables: let that not depend on the number of ranks.
   *
   * @param columns the names of those that are needed
   * @param take takes rows of a block, all blocks of a rank in ascending order; its errors name a row of
   *   that table
   */
  readonly read: (columns: readonly string[], take: (table: Table, block: number) => void) => Promise<void>;
  /** Makes the place for the training rows of this rank. @param rowBytes how many bytes a row takes */
  readonly store: (rowBytes: number) => RowStore;
  /** Training rows that are shuffled together: whole chunks of 1,024, one at least. */
  readonly window: number;
}

/**
 * Trains a network as {@link trainTable} does, on training rows that memory does not hold: they are
 * read once to sum them up and to be stored, and pass by in each epoch. Means, deviations, extremes,
 * categories and classes are those of all training rows; the meaning of columns, quantiles, baselines
 * and training scores come from the sample.
 *
 * @throws as `trainTable`; RangeError for an option that such rows cannot have
 */
export async function trainShards(shards: ShardedRows, options: TrainShardsOptions): Promise<TableTraining> {
  const ranks = Ranks.of(options?.signal);
  together(ranks, () => {
    checkTableOptions(options);
    checkShardOptions(options);
  });
  const all = ranks === undefined ? options : ofRanks(options, ranks);
  const begun = await begin(shards, all, ranks);
  const { streamedRows: rows, split } = begun;
  const sizes = { train: rows, validation: split.validation.length, test: split.test.length };
  const record = { rows: begun.allRows, sizes, ...options.record };
  return trainBegun(begun, { ...all, split, record }, ranks, options.signal);
}

async function begin(
  shards: ShardedRows,
  options: TrainTableOptions,
  ranks: Ranks | undefined,
): Promise<Begun & { readonly streamedRows: number; readonly allRows: number }> {
  const { seed = defaultOf(trainTableOptions, "seed"), task } = options;
  const { table } = shards;
  const sampled = together(ranks, () => settle(shards, options));
  const reader = await togetherAsync(ranks, () => readRows(shards, sampled.schema, options));
  const states = gather(ranks, {
    summary: reader.summary.state(),
    rows: reader.stored.rows,
    left: reader.withoutTarget,
  });
  return togetherAsync(ranks, async () => {
    const summary = summaryOf(states.map((state) => state.summary));
    const rowsOfRanks = states.map((state) => state.rows);
    const rows = rowsOfRanks.reduce((sum, count) => sum + count, 0);
    if (rows === 0) throw refuse("wrong-value", "trainShards", "there are no training rows that have a target");
    const schema = exactSchema(sampled.schema, summary, task);
    const { split } = sampled;
    const classes = classCounts(schema, summary);
    const plan = planTable({ ...split, train: { length: rows } }, schema.task, { ...options, seed, refit: false });
    checkDecision(schema, split, options);
    const rank = ranks?.group.rank ?? 0;
    const stage = newStage(table, schema, plan, split, options, ranks, {
      ...{ summary, classes },
      stream: (preprocessing) =>
        new StreamedRows({ stored: reader.stored, preprocessing, rowsOfRanks, rank, window: shards.window }),
    });
    // The rows of the sample are among those that were read.
    const held = table.rows - shards.split.train.length;
    const allRows = states.reduce((sum, state) => sum + state.left, rows + held);
    const left = allRows - rows - split.validation.length - split.test.length;
    const findings = [
      ...sampled.findings.filter((found) => !isRefuted(found, summary)),
      ...leftOut(schema.target, left, allRows),
      ...planFindingsBy(table, plan, stage.preprocessing, {
        ...{ summary, rows, classes, validation: split.validation.length },
      }),
    ];
    const { network } = stage.trainer;
    const metric = metricOf[schema.task];
    await options.onStart?.({ schema, findings, split, plan, network, metric, streamedRows: rows, allRows });
    return { table, schema, findings, split, plan, stage, settled: undefined, streamedRows: rows, allRows };
  });
}

/** What the sample says. */
function settle({ table, split }: ShardedRows, options: TrainTableOptions) {
  const schema = withNamedFeatures(inferSchema(table, schemaOptionsOf(options)), options.features);
  const isOfAll = ({ code, column }: Finding) => code === "constant" && column === schema.target;
  const noticed = checkTable(table, schema, { rareClasses: "keep" }).filter((found) => !isOfAll(found));
  if (noticed.some(({ severity }) => severity === "error")) throw new TableError(noticed);
  const isTarget = new Uint8Array(table.rows);
  for (const row of rowsWithTarget(table, schema)) isTarget[row] = 1;
  const known = (rows: Int32Array) => rows.filter((row) => isTarget[row] === 1);
  const parts: Split = { train: known(split.train), validation: known(split.validation), test: known(split.test) };
  // How many rows have no target is said of all.
  const findings = noticed.filter(({ code }) => code !== "without-target");
  return { schema, split: parts, findings: [...findings, ...copiesAcross(table, schema, parts)] };
}

/** Whether a finding of the sample is not one of all rows. */
function isRefuted({ code, column = "" }: Finding, summary: TableSummary): boolean {
  const counted = summary.get(column);
  if (counted === undefined) return false;
  return (code === "all-missing" && hasValues(counted)) || (code === "constant" && varies(counted));
}

async function readRows(shards: ShardedRows, schema: Schema, options: TrainTableOptions): Promise<RowReader> {
  const columns = [...featuresOf(schema), schema.target];
  const kinds = columns.map((name) => schema.columns.find((column) => column.name === name)!.kind);
  const store = shards.store(rowBytes(kinds));
  const log = schema.task === "regression" && options.preprocessing?.target === "log";
  const reader = new RowReader({ schema, log, isTold: options.task !== undefined, store });
  await shards.read(columns, (table, block) => reader.take(table, block));
  reader.stored.finish();
  return reader;
}

interface RankRows {
  readonly summary: SummaryState;
  readonly rows: number;
  readonly left: number;
}

function gather(ranks: Ranks | undefined, own: RankRows): RankRows[] {
  return ranks === undefined
    ? [own]
    : ranks.gatherTexts(JSON.stringify(own)).map((state) => JSON.parse(state) as RankRows);
}

function leftOut(target: string, rows: number, all: number): Finding[] {
  if (rows === 0) return [];
  const statement = `the target ${shorten(target)} has no value in ${rows} of ${all} rows, which are left out`;
  return [finding("note", "without-target", statement, undefined, { column: target })];
}
