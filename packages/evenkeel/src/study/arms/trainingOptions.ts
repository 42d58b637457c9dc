import { checkDeclared, defaultOf, type WithoutUndefined, withoutUndefined } from "../../core/index.ts";
import type { Schema } from "../../tabular/index.ts";
import { lossOf } from "../../train/table/loss.ts";
import { trainTableOptions } from "../../train/table/options.ts";
import type { TrainTableOptions } from "../../train/table/options.types.ts";
import { planTable, type TablePlan } from "../../train/table/plan.ts";
import type { TrialSpec } from "../trial/trialSpec.ts";
import type { Arm } from "./arm.ts";

const { network, preprocessing, batchSize, epochs, ...others } = trainTableOptions;
const { optimizer, weightDecay, schedule, loss, clipGradNorm, classWeights, patience } = others;

/** Options for all arms that a study does not have itself. */
export const sharedOptions = { optimizer, weightDecay, schedule, loss, clipGradNorm, classWeights, patience };

const trainingOptions = { network, preprocessing, batchSize, epochs, ...sharedOptions };

/**
 * The options of `trainTable` that the arms of a study share or differ in. A study itself varies
 * learning rates, seeds and row fractions. It scores both kinds of statistics, and trains no refit,
 * because a refit leaves no validation rows to choose by.
 */
export type TrainingOptions = Pick<TrainTableOptions, keyof typeof trainingOptions>;

/** Options for all arms that a study does not have itself. */
export type SharedOptions = Pick<TrainTableOptions, keyof typeof sharedOptions>;

/**
 * @throws TypeError or RangeError naming the option, if it is unknown, not allowed in a study, or
 *   invalid
 */
export function checkTrainingOptions(owner: string, options: TrainingOptions): void {
  checkDeclared(owner, options, trainingOptions);
}

/** Merges options; later ones win. Those of `network` and `preprocessing` are merged one by one. */
export function joinOptions(...all: readonly TrainingOptions[]): WithoutUndefined<TrainingOptions> {
  const network = Object.assign({}, ...all.map(({ network }) => withoutUndefined(network ?? {})));
  const preprocessing = Object.assign({}, ...all.map(({ preprocessing }) => withoutUndefined(preprocessing ?? {})));
  return { ...Object.assign({}, ...all.map(withoutUndefined)), network, preprocessing };
}

/** The training options of an arm. */
export function optionsOf(arm: Arm): TrainingOptions {
  const scale = arm.scale === "raw" ? ("none" as const) : arm.scale;
  if (arm.name !== undefined) return joinOptions({ preprocessing: { scale } }, arm.options);
  const { norm, dropout } = arm;
  return { network: { norm, dropout }, preprocessing: { scale } };
}

/** The options of a trial's training, as `trainTable` takes them. */
export function trialOptions(
  spec: Omit<TrialSpec, "id" | "rows" | "rescale" | "epochFraction" | "stream">,
): TrainingOptions & Pick<TablePlan, "batchSize" | "epochs" | "lr" | "seed"> {
  const { arm, lr, seed, hidden, activation, target, batchSize, epochs, train } = spec;
  // Clamped, an output that explodes would look like one that is merely wrong.
  const preprocessing = { target, clampPredictions: false };
  const shared = { network: { hidden, activation }, preprocessing, batchSize, epochs };
  return { ...shared, ...joinOptions(shared, train, optionsOf(arm)), lr, seed };
}

/**
 * The plan of a trial, made as `trainTable` makes it with the recipe "simple": what a study
 * compares must not be hidden by averages and ensembles.
 * @param labels class indices of the rows to train on
 * @throws TypeError or RangeError if an option is invalid, with the message of `trainTable`
 */
export function planTrial(
  schema: Schema,
  rows: Parameters<typeof planTable>[0],
  options: TrainingOptions & Pick<TablePlan, "lr" | "seed">,
  labels: ArrayLike<number>,
): { readonly plan: TablePlan; readonly loss: ReturnType<typeof lossOf> } {
  const { classWeights = defaultOf(trainTableOptions, "classWeights"), preprocessing: _, ...rest } = options;
  const plan = planTable(rows, schema.task, { ...rest, recipe: "simple", refit: false });
  return { plan, loss: lossOf(schema, plan, classWeights, labels) };
}
