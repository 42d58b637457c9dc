import {
  defaultsOf,
  type GivenOptions,
  numberBetween,
  type OptionValues,
  optional,
  refuse,
  required,
  wholeNumber,
} from "../../core/index.ts";
import { cos } from "../../core/math/portableMath.ts";
import type { ScheduledOptimizer } from "./scheduled.ts";
import { LRScheduler, type LRSchedulerOptions, type Moment } from "./scheduler.ts";

const flatCosine = {
  /** The total number of batches. */
  totalSteps: required(wholeNumber(1)),
  /** The share of the steps in which the rate rises, in equal steps (0.02). */
  pctWarmup: optional(numberBetween(0, 1), 0.02),
  /** The share of the steps after which the rate falls (0.5). fastai's pct_start. */
  pctStart: optional(numberBetween(0, 1), 0.5),
};

export interface FlatCosineLRSettings extends OptionValues<typeof flatCosine> {}

/**
 * The optimizer's rate, reached after a short linear rise and held until `pctStart` of the steps,
 * then half a cosine down to 0; a step per batch. fastai's `fit_flat_cos`, with a rise.
 * https://docs.fast.ai/callback.schedule.html#learner.fit_flat_cos
 *
 * @example
 * const scheduler = new optim.FlatCosineLR(optimizer, { totalSteps: 3000 });
 */
export class FlatCosineLR extends LRScheduler<FlatCosineLRSettings> {
  /** @throws as `LRScheduler` */
  constructor(optimizer: ScheduledOptimizer, options: GivenOptions<typeof flatCosine> & LRSchedulerOptions) {
    super(optimizer, defaultsOf(flatCosine), options, flatCosine);
  }

  protected override rate(_: number, { epoch: step, base }: Moment): number {
    const { totalSteps, pctWarmup, pctStart } = this.settings;
    if (step > totalSteps) {
      throw refuse(
        "wrong-value",
        "FlatCosineLR",
        `this is step ${step} of ${totalSteps}: the schedule is over`,
        "give as many totalSteps as there are batches in all",
      );
    }
    // The first step has a rate above 0 and the last one too: a step at 0 would teach nothing.
    const rise = Math.min(1, (step + 1) / Math.max(1, Math.round(pctWarmup * totalSteps)));
    const done = step / totalSteps;
    const fall = done <= pctStart ? 1 : (1 + cos((Math.PI * (done - pctStart)) / (1 - pctStart))) / 2;
    return base * rise * fall;
  }
}
