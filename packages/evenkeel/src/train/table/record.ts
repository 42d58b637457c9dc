import { version, withoutUndefined } from "../../core/index.ts";
import { defaultShares, type ModelRecord, type Split, type SplitOptions } from "../../tabular/index.ts";
import type { TableTraining } from "./trainTable.ts";

/**
 * What a model's file says of how it came about. It depends on the table and the options alone: no
 * dates, no seconds, no names of machines. `refit` is there if the weights are those of a refit,
 * and says on how many rows. With `seed` and `split` the rows of each part can be drawn again by
 * `splitRows`.
 *
 * @param wanted how the split was asked for; of one that was given by rows only its sizes are known
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
    ...(isGiven(wanted) ? {} : { split: { ...defaultShares, ...asJson(wanted) } }),
    sizes: { train: split.train.length, validation: split.validation.length, test: split.test.length },
    plan: planned,
    epochs: history.epochs.length,
    keptEpoch,
    scores,
    baselines: Object.fromEntries(baselines.map((baseline) => [baseline.name, baseline.scores])),
    ...(statistics && { statistics: statistics.kept }),
    ...(refit?.kept && { refit: { rows: refit.rows.length } }),
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
