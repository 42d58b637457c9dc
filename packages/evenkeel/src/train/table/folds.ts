import type { Checkpoint } from "../../io/index.ts";
import { Generator, randperm } from "../../random/index.ts";
import type { Schema, Split, Table } from "../../tabular/index.ts";
import { copyBlocks, groupBlocks } from "../../tabular/table/blocks.ts";
import { joinedRows } from "../../tabular/table/split.ts";
import type { History } from "../fit/history.ts";
import { NonFiniteLossError } from "../fit/nonFinite.ts";
import { type Ranks, together } from "../ranks/ranks.ts";
import type { TableMetric } from "./events.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { evenBatchSize, type TablePlan } from "./plan.ts";
import { fitStage, newStage } from "./stage.ts";

/** A training that helps to say how long the refit trains. */
export interface LengthFold {
  /** The validation loss after each epoch. */
  readonly losses: readonly number[];
  /** Why it ended. */
  readonly reason: History["reason"];
}

/** The folds after the first, which is the training itself. */
export interface LengthFolds {
  /** The finished ones. */
  readonly folds: readonly LengthFold[];
  readonly seconds: number;
  /** Whether it was interrupted. */
  readonly aborted: boolean;
  /** Why one failed: its loss or a gradient was NaN or infinite. */
  readonly error?: NonFiniteLossError;
}

/** The training before, and the state that its training goes on from. */
interface FoldsBegun {
  /** The final state of the first training. */
  readonly first: Checkpoint;
  readonly history: History<TableMetric>;
}

/**
 * The rows that each of the folds after the first holds back: about equal shares of the training
 * rows, at random, copies and groups together. With the validation rows of the first, every row is
 * held back once; but of two folds the second holds back half of the training rows, to have some to
 * train on.
 */
export function heldBack(
  table: Table,
  schema: Schema,
  { train }: Split,
  folds: number,
  { seed, group }: Pick<TablePlan, "seed"> & { readonly group?: string | undefined },
): Int32Array[] {
  const { firstOf, sizes } =
    group === undefined ? copyBlocks(table, schema, train) : groupBlocks(table, schema, train, group);
  const parts = Math.max(2, folds - 1);
  const partOf = new Int32Array(train.length);
  let dealt = 0;
  // Apart from the seed's other uses: a loader draws its order from a generator of the same seed.
  for (const i of randperm(train.length, new Generator(BigInt(seed) + foldStream))) {
    if (sizes[i] === 0) continue;
    partOf[i] = Math.min(parts - 1, Math.floor(((dealt + sizes[i] / 2) * parts) / train.length));
    dealt += sizes[i];
  }
  const held = Array.from({ length: folds - 1 }, (_, part) => train.filter((_, i) => partOf[firstOf[i]] === part));
  return held.filter(({ length }) => length > 0 && length < train.length);
}

/** Added to the seed for the folds. */
const foldStream = 0x5_eedf_01d5n;

/**
 * Trains the folds after the first, each as the first was trained, on all rows of training and
 * validation but those it holds back. None has more epochs than `bestLength` can look at: see
 * `comparedLength`.
 */
export async function trainFolds(
  table: Table,
  schema: Schema,
  split: Split,
  plan: TablePlan,
  options: TrainTableOptions,
  { first, history: before }: FoldsBegun,
  ranks: Ranks | undefined,
): Promise<LengthFolds> {
  const { signal, resume: at, onEpoch } = options;
  const all = joinedRows(split.train, split.validation);
  const resumes = at?.first !== undefined;
  const folds = resumes ? [...((at.folds ?? []) as readonly LengthFold[])] : [];
  let seconds = 0;
  const { split: wanted = {} } = options;
  const group = "train" in wanted ? undefined : wanted.group;
  const held = heldBack(table, schema, split, plan.lengthFolds, { seed: plan.seed, group });
  const begun = folds.length;
  for (let k = begun; k < held.length; k++) {
    if (signal?.aborted) return { folds, seconds, aborted: true };
    const out = new Set(held[k]);
    const train = all.filter((row) => !out.has(row));
    const epochs = Math.min(plan.epochs, comparedLength([foldOf(before), ...folds], plan.enough));
    const own = { ...plan, epochs, batchSize: evenBatchSize(train.length, plan.batchSize) };
    const rows = { train, validation: held[k] };
    const stage = together(ranks, () => newStage(table, schema, own, rows, options, ranks));
    const resume = resumes && k === begun && at.inFold === true ? at : undefined;
    try {
      const { history } = await fitStage(stage, own, {
        ...{ stage: "fold", signal, resume, scheduled: plan.epochs },
        onEpoch: (event) =>
          onEpoch?.({
            ...{ stage: "fold", fold: k + 2, ...event, seconds: before.seconds + seconds + event.seconds },
            checkpoint: () => ({ ...event.checkpoint(), first, folds: [...folds], inFold: true }),
          }),
      });
      seconds += history.seconds;
      if (history.reason === "aborted") return { folds, seconds, aborted: true };
      folds.push(foldOf(history));
    } catch (error) {
      if (!(error instanceof NonFiniteLossError)) throw error;
      return { folds, seconds, aborted: false, error };
    }
  }
  return { folds, seconds, aborted: false };
}

export function foldOf({ epochs, reason }: History<TableMetric>): LengthFold {
  return { losses: epochs.map(({ validation }) => validation?.loss ?? Number.NaN), reason };
}

/**
 * The number of epochs with the lowest mean validation loss, the last of equals. Of trainings of
 * different lengths only the epochs that all have are compared; but one whose loss is `enough`
 * counts as going on with it, because it ended for having nothing left to learn.
 */
export function bestLength(folds: readonly LengthFold[], enough = Number.NEGATIVE_INFINITY): number {
  const compared = comparedLength(folds, enough);
  const length = Number.isFinite(compared) ? compared : Math.max(...folds.map(({ losses }) => losses.length));
  let [best, lowest] = [1, Number.POSITIVE_INFINITY];
  for (let epoch = 1; epoch <= length; epoch++) {
    const sum = folds.reduce((total, { losses }) => total + losses[Math.min(epoch, losses.length) - 1], 0);
    if (sum <= lowest) [best, lowest] = [epoch, sum];
  }
  return best;
}

/**
 * The number of epochs that all of the folds have, those not counted that end with `enough`;
 * Infinity if there are no others. Further folds can only make it smaller, so what they do later
 * does not matter.
 */
export function comparedLength(folds: readonly LengthFold[], enough = Number.NEGATIVE_INFINITY): number {
  const hasEnough = ({ losses }: LengthFold) => (losses.at(-1) ?? Number.NaN) <= enough;
  return Math.min(...folds.filter((fold) => !hasEnough(fold)).map(({ losses }) => losses.length));
}
