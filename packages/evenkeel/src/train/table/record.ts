import { version, withoutUndefined } from "../../core/index.ts";
import { defaultShares, type ModelRecord, type Split, type SplitOptions } from "../../tabular/index.ts";
import type { TableTraining } from "./trainTable.ts";

/**
 * The record of a training in a model's file. It depends only on the table and the options: it has
 * no dates, durations or machine names. `refit` is present if the weights are those of a refit,
 * with the number of its rows. With `seed` and `split`, `splitRows` gives the rows of each part
 * again.
 *
 * @param wanted the split options; for a split that was given by rows, only the sizes are recorded
 */
export function tableRecord(training: Omit<TableTraining, "model">, wanted: Split | SplitOptions): ModelRecord {
  const { table, schema, split, plan, history, keptEpoch, scores, baselines, statistics, refit } = training;
  const { seed, ...planned } = plan;
  return {
    evenkeel: version,
    rows: table.rows,
    target: schema.target,
    task: schema.task,
    seed,
    ...splitRecord(wanted, split),
    plan: planned,
    epochs: history.epochs.length,
    keptEpoch,
    scores,
    baselines: Object.fromEntries(baselines.map((baseline) => [baseline.name, baseline.scores])),
    ...(statistics && { statistics: statistics.kept }),
    ...(refit?.kept && { refit: { rows: refit.rows.length } }),
  };
}

/** How the rows were split, and how many there are of each part. */
export function splitRecord(wanted: Split | SplitOptions, split: Split): ModelRecord {
  return {
    ...(isGiven(wanted) ? {} : { split: { ...defaultShares, ...asJson(wanted) } }),
    sizes: { train: split.train.length, validation: split.validation.length, test: split.test.length },
  };
}

/** Whether rows of a part were given: their positions are not recorded. */
function isGiven(wanted: Split | SplitOptions): wanted is Split {
  return "train" in wanted || typeof wanted.validation === "object" || typeof wanted.test === "object";
}

/** As JSON, which has no bigint. */
function asJson(options: SplitOptions): object {
  const given = Object.entries(withoutUndefined(options));
  return Object.fromEntries(given.map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value]));
}
