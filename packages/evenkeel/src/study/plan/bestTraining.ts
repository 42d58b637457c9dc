import { planTable } from "../../train/table/plan.ts";
import { type Arm, sameArm } from "../arms/arm.ts";
import { type TrainingOptions, trialOptions } from "../arms/trainingOptions.ts";
import { bestOf } from "../questions/headline.ts";
import type { StudyResult } from "../report/result.ts";
import { StudyView } from "../report/view.ts";
import type { StudyPlan } from "./plan.ts";

/** What a study found to train best. */
export interface BestTraining {
  /**
   * The arm with the lowest mean validation error, at its best rate; the one that others are
   * compared with, if the validation rows cannot choose between the two.
   */
  readonly arm: Arm;
  readonly lr: number;
  /**
   * The options of `trainTable` for a training as this arm's, without those that are the default for
   * a table of this size; but predictions are clamped, unless the arm says otherwise.
   */
  readonly options: TrainingOptions & { readonly lr?: number; readonly recipe: "simple" };
}

/**
 * The training that the validation rows chose, as options of `trainTable`; undefined if no seed is
 * complete, no training of it ended with a network, or the arm's network is made by a function.
 */
export function bestTraining({ plan, trials }: Pick<StudyResult, "plan" | "trials">): BestTraining | undefined {
  const view = new StudyView(plan, trials);
  const best = bestOf(view, plan.arms);
  const arm = best.find((one) => sameArm(one, view.reference)) ?? lowest(view, best);
  const lr = arm && view.rate(arm, "kept")?.lr;
  if (arm === undefined || lr === undefined) return undefined;
  if ([...view.seen(arm).values()].every(({ diverged }) => diverged)) return undefined;
  if (arm.name !== undefined && arm.from !== "options") return undefined;
  const { seed: _, preprocessing = {}, ...options } = trialOptions({ ...plan.settings, arm, lr, seed: 0 });
  const { clampPredictions: __, ...others } = preprocessing;
  const own = arm.name === undefined ? undefined : arm.options.preprocessing?.clampPredictions;
  const clamped = own === undefined ? {} : { clampPredictions: own };
  const told = { ...withoutDefaults(plan, options), preprocessing: { ...others, ...clamped } };
  return { arm, lr, options: { recipe: "simple", ...told } };
}

function lowest(view: StudyView, arms: readonly Arm[]): Arm | undefined {
  const error = (arm: Arm) => view.rate(arm, "kept")?.validation ?? Number.POSITIVE_INFINITY;
  return arms.length === 0 ? undefined : arms.reduce((best, arm) => (error(arm) < error(best) ? arm : best));
}

/** The options without those whose absence makes the same plan. */
function withoutDefaults<T extends TrainingOptions & { readonly lr: number }>(plan: StudyPlan, options: T) {
  const { train, validation, test } = plan.rows;
  const rows = { train: { length: train }, validation: { length: validation }, test: { length: test } };
  const planned = (given: TrainingOptions) =>
    JSON.stringify(planTable(rows, plan.task, { ...given, recipe: "simple" }));
  const kept: { -readonly [K in keyof TrainingOptions]: TrainingOptions[K] } & { lr?: number } = { ...options };
  for (const name of ["batchSize", "epochs", "lr"] as const) {
    const { [name]: _, ...others } = kept;
    if (planned(others) === planned(kept)) delete kept[name];
  }
  for (const name of Object.keys(kept.network ?? {}) as (keyof NonNullable<T["network"]>)[]) {
    const { [name]: _, ...others } = kept.network ?? {};
    if (planned({ ...kept, network: others }) === planned(kept)) kept.network = others;
  }
  return kept;
}
