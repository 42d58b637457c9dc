import { planTable } from "../../train/table/plan.ts";
import type { Arm } from "../arms/arm.ts";
import { type TrainingOptions, trialOptions } from "../arms/trainingOptions.ts";
import type { StudyResult } from "../report/result.ts";
import { StudyView } from "../report/view.ts";
import type { StudyPlan } from "./plan.ts";

/** What a study found to train best. */
export interface BestTraining {
  /** The arm with the lowest mean validation error, at its best rate. */
  readonly arm: Arm;
  readonly lr: number;
  /**
   * The options of `trainTable` for a training as this arm's, without those that are the default for
   * a table of this size; but predictions are clamped, unless the arm says otherwise.
   */
  readonly options: TrainingOptions & { readonly lr?: number };
}

/**
 * The training that the validation rows chose, as options of `trainTable`; undefined if no seed is
 * complete, or the arm's network is made by a function.
 */
export function bestTraining({ plan, trials }: Pick<StudyResult, "plan" | "trials">): BestTraining | undefined {
  const view = new StudyView(plan, trials);
  const rated = plan.arms.flatMap((arm) => {
    const rate = view.rate(arm, "kept");
    return rate === undefined ? [] : [{ arm, ...rate }];
  });
  if (rated.length === 0) return undefined;
  const { arm, lr } = rated.reduce((best, one) => (one.validation < best.validation ? one : best));
  if (arm.name !== undefined && arm.from !== "options") return undefined;
  const { seed: _, preprocessing = {}, ...options } = trialOptions({ ...plan.settings, arm, lr, seed: 0 });
  const { clampPredictions: __, ...others } = preprocessing;
  const own = arm.name === undefined ? undefined : arm.options.preprocessing?.clampPredictions;
  const clamped = own === undefined ? {} : { clampPredictions: own };
  return { arm, lr, options: { ...withoutDefaults(plan, options), preprocessing: { ...others, ...clamped } } };
}

/** The options without those whose absence makes the same plan. */
function withoutDefaults<T extends TrainingOptions & { readonly lr: number }>(plan: StudyPlan, options: T) {
  const { train, validation, test } = plan.rows;
  const rows = { train: { length: train }, validation: { length: validation }, test: { length: test } };
  const planned = (given: TrainingOptions) => JSON.stringify(planTable(rows, plan.task, given));
  const kept: TrainingOptions & { lr?: number } = { ...options };
  for (const name of ["batchSize", "epochs", "lr"] as const) {
    const { [name]: _, ...others } = kept;
    if (planned(others) === planned(kept)) delete kept[name];
  }
  return kept;
}
