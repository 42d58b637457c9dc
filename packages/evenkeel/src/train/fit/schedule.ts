import { refuse, wrongState, wrongType, wrongValue } from "../../core/index.ts";
import { LRScheduler, ReduceLROnPlateau } from "../../optim/index.ts";
import type { StepOptimizer } from "./programs.ts";

/**
 * A learning rate scheduler of `optim.lrScheduler`, or one of your own that extends `LRScheduler`.
 */
export type Scheduler = LRScheduler | ReduceLROnPlateau;

export interface ScheduleOptions {
  readonly optimizer: StepOptimizer;
  /**
   * A scheduler of the same optimizer, which changes the learning rate during the training.
   * ReduceLROnPlateau gets the monitored value.
   */
  readonly scheduler?: Scheduler | undefined;
  /**
   * When it steps: at the end of each "epoch" (default), or after each optimizer "step", as
   * OneCycleLR requires.
   */
  readonly schedulerInterval?: "epoch" | "step" | undefined;
}

/** When the scheduler of a training steps. */
export class Schedule {
  readonly #scheduler: Scheduler | undefined;
  readonly #interval: "epoch" | "step";

  /**
   * @param watched the monitored value, and whether smaller or larger values are better
   * @throws TypeError, RangeError or Error for invalid options
   */
  constructor(
    { optimizer, scheduler, schedulerInterval = "epoch" }: ScheduleOptions,
    watched: { readonly monitor: string; readonly mode: "min" | "max" },
  ) {
    if (schedulerInterval !== "epoch" && schedulerInterval !== "step") {
      throw wrongValue("fit", { option: "schedulerInterval" }, schedulerInterval, '"epoch" or "step"');
    }
    if (scheduler !== undefined) checkScheduler(scheduler, optimizer);
    if (scheduler instanceof ReduceLROnPlateau) checkPlateau(scheduler, schedulerInterval, watched);
    this.#scheduler = scheduler;
    this.#interval = schedulerInterval;
  }

  afterStep(): void {
    const scheduler = this.#scheduler;
    if (this.#interval === "step" && scheduler instanceof LRScheduler) scheduler.step();
  }

  /** @param value the monitored value */
  afterEpoch(value: number): void {
    if (this.#interval === "epoch") this.#scheduler?.step(value);
  }
}

function checkScheduler(scheduler: Scheduler, optimizer: StepOptimizer): void {
  if (!(scheduler instanceof LRScheduler || scheduler instanceof ReduceLROnPlateau)) {
    throw wrongType(
      "fit",
      { option: "scheduler" },
      scheduler,
      "one such as new optim.StepLR(optimizer, { stepSize: 30 })",
    );
  }
  if (scheduler.optimizer !== optimizer) {
    throw wrongState(
      "fit",
      "the scheduler belongs to another optimizer, whose rate it would set",
      "make it from this one",
    );
  }
}

function checkPlateau(
  { mode }: ReduceLROnPlateau,
  interval: "epoch" | "step",
  watched: { readonly monitor: string; readonly mode: "min" | "max" },
): void {
  if (interval === "step") {
    throw refuse(
      "conflict",
      "fit",
      'schedulerInterval is "step", but ReduceLROnPlateau watches a number of each epoch',
      'give "epoch"',
    );
  }
  if (mode !== watched.mode) {
    const better = watched.mode === "min" ? "smaller" : "larger";
    throw refuse(
      "conflict",
      "fit",
      `ReduceLROnPlateau has mode "${mode}", but ${better} values of ${watched.monitor} are better`,
      `make it with { mode: "${watched.mode}" }`,
    );
  }
}
