import {
  type Check,
  defaultOf,
  type GivenOptions,
  oneOf,
  optional,
  refuse,
  required,
  wrongState,
} from "../../core/index.ts";
import { LRScheduler, ReduceLROnPlateau } from "../../optim/index.ts";
import type { StepOptimizer } from "./programs.ts";

/**
 * A learning rate scheduler of `optim.lrScheduler`, or one of your own that extends `LRScheduler`.
 */
export type Scheduler = LRScheduler | ReduceLROnPlateau;

const schedulers: Check<Scheduler> = {
  expected: "one such as new optim.StepLR(optimizer, { stepSize: 30 })",
  isKind: (value) => value instanceof LRScheduler || value instanceof ReduceLROnPlateau,
  fits: () => true,
};

const optimizers: Check<StepOptimizer> = {
  expected: "one such as new optim.Adam(model.parameters(), { lr: 1e-3 })",
  isKind: (value) => {
    const { step, paramGroups } = (value ?? {}) as Partial<StepOptimizer>;
    return typeof step === "function" && Array.isArray(paramGroups);
  },
  fits: () => true,
};

export const scheduleOptions = {
  /** Over the parameters of the model: SGD, Adam, AdamW. */
  optimizer: required(optimizers),
  /**
   * A scheduler of the same optimizer, which changes the learning rate during the training.
   * ReduceLROnPlateau gets the monitored value.
   */
  scheduler: optional(schedulers),
  /**
   * When it steps: at the end of each "epoch", or after each optimizer "step", as OneCycleLR
   * requires ("epoch").
   */
  schedulerInterval: optional(oneOf(["epoch", "step"]), "epoch"),
};

export interface ScheduleOptions extends GivenOptions<typeof scheduleOptions> {}

/** When the scheduler of a training steps. */
export class Schedule {
  readonly #scheduler: Scheduler | undefined;
  readonly #interval: "epoch" | "step";

  /**
   * @param watched what is monitored, and whether smaller or larger values of it are better
   * @throws RangeError or Error for options that are valid alone, but do not fit together
   */
  constructor(
    { optimizer, scheduler, schedulerInterval }: ScheduleOptions,
    watched: { readonly monitor: string; readonly mode: "min" | "max" },
  ) {
    this.#interval = schedulerInterval ?? defaultOf(scheduleOptions, "schedulerInterval");
    if (scheduler !== undefined) checkScheduler(scheduler, optimizer);
    if (scheduler instanceof ReduceLROnPlateau) checkPlateau(scheduler, this.#interval, watched);
    this.#scheduler = scheduler;
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
