import { defaultOf } from "../../core/index.ts";
import type { Task } from "../../tabular/index.ts";
import { quantileOf } from "../../train/table/decisionOptions.ts";
import { trainTableOptions } from "../../train/table/options.ts";
import { planTable, type TablePlan } from "../../train/table/plan.ts";
import { sharedOptions } from "../arms/trainingOptions.ts";
import { listed } from "../report/words.ts";
import type { StudyPlan } from "./plan.ts";

const optimizers: Readonly<Record<TablePlan["optimizer"], string>> = { adamw: "AdamW", adam: "Adam", sgd: "SGD" };
const schedules: Readonly<Record<TablePlan["schedule"], string>> = {
  flatcos: "the rate constant, then falling as a cosine",
  onecycle: "the rate in one cycle",
  cosine: "the rate falling as a cosine",
  step: "the rate falling in steps",
  plateau: "the rate falling at plateaus",
  none: "a constant rate",
};
const losses: Readonly<Record<string, string>> = {
  mse: "squared errors",
  mae: "absolute errors",
  huber: "Huber's loss",
};

/** The training that all arms share, and whether it is `trainTable`'s, in one sentence. */
export function describeRecipe({ settings, task, arms, rows }: StudyPlan): string {
  const given = settings.train;
  const { classWeights = defaultOf(trainTableOptions, "classWeights"), ...options } = given;
  const parts = { train: { length: rows.train }, validation: { length: rows.validation }, test: { length: rows.test } };
  const plan = planTable(parts, task, { ...options, recipe: "simple", refit: false });
  const said = [
    `${optimizers[plan.optimizer]}${plan.weightDecay === 0 ? "" : ` with weight decay ${plan.weightDecay}`}`,
    schedules[plan.schedule],
    lossOf(task, plan.loss),
    ...(plan.clipGradNorm === undefined ? [] : [`gradients clipped at ${plan.clipGradNorm}`]),
    ...(plan.patience === false ? [] : [`stopped after ${plan.patience} epochs without gain`]),
    ...(classWeights === "none" ? [] : [`weighted classes`]),
  ];
  const isDefault = Object.values(given).every((value) => value === undefined);
  const varies = arms.some(({ name, ...arm }) => "options" in arm && Object.keys(arm.options).some(isShared));
  return `The recipe is ${isDefault ? "trainTable's simple one" : "given"}: ${listed(said)}${varies ? ", unless an arm has its own" : ""}.`;
}

function isShared(option: string): boolean {
  return Object.hasOwn(sharedOptions, option);
}

function lossOf(task: Task, loss: TablePlan["loss"]): string {
  if (task !== "regression") return "cross entropy";
  const quantile = quantileOf(loss);
  return quantile === undefined ? losses[loss] : `the pinball loss of the ${quantile} quantile`;
}
