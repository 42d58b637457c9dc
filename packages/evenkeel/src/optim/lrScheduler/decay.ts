import {
  type Check,
  defaultsOf,
  finiteNumber,
  type GivenOptions,
  listOf,
  numberBetween,
  type OptionValues,
  optional,
  required,
  wholeNumber,
} from "../../core/index.ts";
import type { ScheduledOptimizer } from "./scheduled.ts";
import { LRScheduler, type LRSchedulerOptions, type Moment } from "./scheduler.ts";

/** Schedules that multiply the previous rate by a factor. */

const stepDecay = {
  /** The number of epochs between two changes. */
  stepSize: required(wholeNumber(1)),
  /** The factor of a change (0.1). */
  gamma: optional(finiteNumber(), 0.1),
};

export interface StepLRSettings extends OptionValues<typeof stepDecay> {}

/**
 * Multiplies the rate by `gamma` every `stepSize` epochs.
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
 */
export class StepLR extends LRScheduler<StepLRSettings> {
  /** @throws as `LRScheduler` */
  constructor(optimizer: ScheduledOptimizer, options: GivenOptions<typeof stepDecay> & LRSchedulerOptions) {
    super(optimizer, defaultsOf(stepDecay), options, stepDecay);
  }

  protected override rate(lr: number, { epoch }: Moment): number {
    const { stepSize, gamma } = this.settings;
    return epoch === 0 || epoch % stepSize !== 0 ? lr : lr * gamma;
  }
}

const multiStepDecay = {
  /** The epochs of the changes; a repeated epoch applies the factor twice. */
  milestones: required(listOf(wholeNumber(0), "a list")),
  /** The factor of a change (0.1). */
  gamma: optional(finiteNumber(), 0.1),
};

export interface MultiStepLRSettings extends OptionValues<typeof multiStepDecay> {}

/**
 * Multiplies the rate by `gamma` at each of the milestones.
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
 */
export class MultiStepLR extends LRScheduler<MultiStepLRSettings> {
  /** @throws as `LRScheduler` */
  constructor(optimizer: ScheduledOptimizer, options: GivenOptions<typeof multiStepDecay> & LRSchedulerOptions) {
    super(optimizer, defaultsOf(multiStepDecay), options, multiStepDecay);
  }

  protected override rate(lr: number, { epoch }: Moment): number {
    const { milestones, gamma } = this.settings;
    const times = milestones.filter((milestone) => milestone === epoch).length;
    return times === 0 ? lr : lr * gamma ** times;
  }
}

const exponentialDecay = {
  /** The factor of every epoch. */
  gamma: required(finiteNumber()),
};

export interface ExponentialLRSettings extends OptionValues<typeof exponentialDecay> {}

/**
 * Multiplies the rate by `gamma` every epoch.
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
 */
export class ExponentialLR extends LRScheduler<ExponentialLRSettings> {
  /** @throws as `LRScheduler` */
  constructor(optimizer: ScheduledOptimizer, options: GivenOptions<typeof exponentialDecay> & LRSchedulerOptions) {
    super(optimizer, {}, options, exponentialDecay);
  }

  protected override rate(lr: number, { epoch }: Moment): number {
    return epoch === 0 ? lr : lr * this.settings.gamma;
  }
}

const aboveZero: Check<number> = {
  ...numberBetween(0, 1),
  expected: "a number above 0 and up to 1",
  fits: (value) => value > 0 && value <= 1,
};

const linear = {
  /** The share of the rate at the start, above 0 and up to 1 (1/3). */
  startFactor: optional(aboveZero, 1 / 3),
  /** The share at the end, from 0 to 1 (1). */
  endFactor: optional(numberBetween(0, 1), 1),
  /** The number of epochs between the two (5). */
  totalIters: optional(wholeNumber(1), 5),
};

export interface LinearLRSettings extends OptionValues<typeof linear> {}

/**
 * Changes the rate's factor from `startFactor` to `endFactor` in equal steps: a warm-up if it
 * starts lower. https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
 */
export class LinearLR extends LRScheduler<LinearLRSettings> {
  /** @throws as `LRScheduler` */
  constructor(optimizer: ScheduledOptimizer, options: GivenOptions<typeof linear> & LRSchedulerOptions = {}) {
    super(optimizer, defaultsOf(linear), options, linear);
  }

  protected override rate(lr: number, { epoch }: Moment): number {
    const { startFactor, endFactor, totalIters } = this.settings;
    if (epoch === 0) return lr * startFactor;
    if (epoch > totalIters) return lr;
    const rise = endFactor - startFactor;
    return lr * (1 + rise / (totalIters * startFactor + (epoch - 1) * rise));
  }
}
