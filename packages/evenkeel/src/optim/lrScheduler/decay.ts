import type { PartialOptions } from "../../core/index.ts";
import type { ScheduledOptimizer } from "./scheduled.ts";
import { LRScheduler, type LRSchedulerOptions, type Moment } from "./scheduler.ts";
import { finite, listOf, number, type SettingRules, share, whole } from "./settings.ts";

/** Schedules that multiply the previous rate by a factor. */

export interface StepLRSettings {
  /** The number of epochs between two changes. */
  stepSize: number;
  /** The factor of a change (0.1). */
  gamma: number;
}

const stepRules: SettingRules<StepLRSettings> = { stepSize: whole(1), gamma: finite };

/**
 * Multiplies the rate by `gamma` every `stepSize` epochs.
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
 */
export class StepLR extends LRScheduler<StepLRSettings> {
  /** @throws as `LRScheduler` */
  constructor(
    optimizer: ScheduledOptimizer,
    options: PartialOptions<StepLRSettings> & Pick<StepLRSettings, "stepSize"> & LRSchedulerOptions,
  ) {
    super(optimizer, { gamma: 0.1 }, options, stepRules);
  }

  protected override rate(lr: number, { epoch }: Moment): number {
    const { stepSize, gamma } = this.settings;
    return epoch === 0 || epoch % stepSize !== 0 ? lr : lr * gamma;
  }
}

export interface MultiStepLRSettings {
  /** The epochs of the changes; a repeated epoch applies the factor twice. */
  milestones: readonly number[];
  /** The factor of a change (0.1). */
  gamma: number;
}

const multiStepRules: SettingRules<MultiStepLRSettings> = { milestones: listOf(whole(0)), gamma: finite };

/**
 * Multiplies the rate by `gamma` at each of the milestones.
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
 */
export class MultiStepLR extends LRScheduler<MultiStepLRSettings> {
  /** @throws as `LRScheduler` */
  constructor(
    optimizer: ScheduledOptimizer,
    options: PartialOptions<MultiStepLRSettings> & Pick<MultiStepLRSettings, "milestones"> & LRSchedulerOptions,
  ) {
    super(optimizer, { gamma: 0.1 }, options, multiStepRules);
  }

  protected override rate(lr: number, { epoch }: Moment): number {
    const { milestones, gamma } = this.settings;
    const times = milestones.filter((milestone) => milestone === epoch).length;
    return times === 0 ? lr : lr * gamma ** times;
  }
}

export interface ExponentialLRSettings {
  /** The factor of every epoch. */
  gamma: number;
}

/**
 * Multiplies the rate by `gamma` every epoch.
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
 */
export class ExponentialLR extends LRScheduler<ExponentialLRSettings> {
  /** @throws as `LRScheduler` */
  constructor(optimizer: ScheduledOptimizer, options: ExponentialLRSettings & LRSchedulerOptions) {
    super(optimizer, {}, options, { gamma: finite });
  }

  protected override rate(lr: number, { epoch }: Moment): number {
    return epoch === 0 ? lr : lr * this.settings.gamma;
  }
}

export interface LinearLRSettings {
  /** The share of the rate at the start (1/3), above 0 and up to 1. */
  startFactor: number;
  /** The share at the end (1), from 0 to 1. */
  endFactor: number;
  /** The number of epochs between the two (5). */
  totalIters: number;
}

const linearRules: SettingRules<LinearLRSettings> = {
  startFactor: number("a number above 0 and up to 1", (value) => value > 0 && value <= 1),
  endFactor: share,
  totalIters: whole(1),
};

/**
 * Changes the rate's factor from `startFactor` to `endFactor` in equal steps: a warm-up if it
 * starts lower. https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
 */
export class LinearLR extends LRScheduler<LinearLRSettings> {
  /** @throws as `LRScheduler` */
  constructor(optimizer: ScheduledOptimizer, options: PartialOptions<LinearLRSettings> & LRSchedulerOptions = {}) {
    super(optimizer, { startFactor: 1 / 3, endFactor: 1, totalIters: 5 }, options, linearRules);
  }

  protected override rate(lr: number, { epoch }: Moment): number {
    const { startFactor, endFactor, totalIters } = this.settings;
    if (epoch === 0) return lr * startFactor;
    if (epoch > totalIters) return lr;
    const rise = endFactor - startFactor;
    return lr * (1 + rise / (totalIters * startFactor + (epoch - 1) * rise));
  }
}
