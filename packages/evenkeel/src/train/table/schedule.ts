import { text, wrongState } from "../../core/index.ts";
import {
  type Adam,
  type AdamW,
  CosineAnnealingLR,
  FlatCosineLR,
  LRScheduler,
  OneCycleLR,
  ReduceLROnPlateau,
  type SGD,
  StepLR,
} from "../../optim/index.ts";
import type { ScheduleOptions } from "../fit/schedule.ts";
import type { TablePlan } from "./plan.ts";

/**
 * The scheduler that a plan names, over all of its epochs: "flatcos" rises for a fiftieth of the
 * steps, is constant until half of them and falls to 0; "onecycle" rises for three tenths of the
 * steps and then falls to almost 0; "cosine" falls to 0; "step" divides by 10 after each third;
 * "plateau" divides by 10 after 10 epochs without a better validation loss.
 *
 * @param epochs those that the rates are planned for, which a training may not reach
 * @param stepsPerEpoch an upper bound of the steps in an epoch
 */
export function newScheduler(
  optimizer: Adam | AdamW | SGD,
  { schedule, lr, epochs }: Pick<TablePlan, "schedule" | "lr" | "epochs">,
  stepsPerEpoch: number,
): Pick<ScheduleOptions, "scheduler" | "schedulerInterval"> {
  switch (schedule) {
    case "none":
      return {};
    case "flatcos": {
      const scheduler = new FlatCosineLR(optimizer, { totalSteps: epochs * stepsPerEpoch });
      return { scheduler, schedulerInterval: "step" };
    }
    case "onecycle": {
      const scheduler = new OneCycleLR(optimizer, { maxLr: lr, epochs, stepsPerEpoch });
      return { scheduler, schedulerInterval: "step" };
    }
    case "cosine":
      return { scheduler: new CosineAnnealingLR(optimizer, { tMax: epochs }) };
    case "step":
      return { scheduler: new StepLR(optimizer, { stepSize: Math.max(1, Math.ceil(epochs / 3)) }) };
    case "plateau":
      return { scheduler: new ReduceLROnPlateau(optimizer) };
    default:
      return schedule satisfies never;
  }
}

const progress = ["lastEpoch", "baseLrs", "lastLr"];

/**
 * Refuses to resume with a schedule that was planned otherwise: its state would bring the old plan
 * along, and end too early or too late.
 * @throws Error naming the setting
 */
export function checkSameSchedule(scheduler: ScheduleOptions["scheduler"], saved: object | undefined): void {
  if (!(scheduler instanceof LRScheduler) || saved === undefined) return;
  for (const [name, value] of Object.entries(scheduler.stateDict())) {
    const before = (saved as Readonly<Record<string, unknown>>)[name];
    // A missing setting means another kind of schedule, which loadStateDict refuses.
    if (progress.includes(name) || before === undefined || JSON.stringify(before) === JSON.stringify(value)) continue;
    throw wrongState(
      "trainTable",
      `resume: the schedule of the checkpoint has ${name} ${JSON.stringify(before)}, this training's ` +
        `${JSON.stringify(value)}`,
      text`pass the same ${{ option: "schedule" }}, ${{ option: "lr" }}, ${{ option: "epochs" }} and ${{ option: "batchSize" }}`,
    );
  }
}

/** Whether the rate of an epoch depends on the planned number of epochs, as that of each recipe does. */
export function endsWithEpochs(schedule: string | undefined): boolean {
  return schedule !== "none" && schedule !== "plateau";
}

/** Whether a schedule ends at a rate so low that the weights of the last epoch have converged. */
export function isAnnealed(schedule: TablePlan["schedule"]): boolean {
  return schedule === "onecycle" || schedule === "cosine";
}
