import {
  defaultsOf,
  type GivenOptions,
  numberAtLeast,
  type OptionValues,
  optional,
  required,
  wholeNumber,
} from "../../core/index.ts";
import { cos } from "../../core/math/portableMath.ts";
import type { ScheduledOptimizer } from "./scheduled.ts";
import { LRScheduler, type LRSchedulerOptions, type Moment } from "./scheduler.ts";

const cosineAnnealing = {
  /** The number of epochs in which the rate falls; then it rises for as many. PyTorch's T_max. */
  tMax: required(wholeNumber(1)),
  /** The lowest rate (0). */
  etaMin: optional(numberAtLeast(0), 0),
};

export interface CosineAnnealingLRSettings extends OptionValues<typeof cosineAnnealing> {}

/**
 * Anneals the rate to `etaMin` within `tMax` epochs along half a cosine. Each rate is computed from
 * the previous one.
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html,
 * https://arxiv.org/abs/1608.03983
 */
export class CosineAnnealingLR extends LRScheduler<CosineAnnealingLRSettings> {
  /** @throws as `LRScheduler` */
  constructor(optimizer: ScheduledOptimizer, options: GivenOptions<typeof cosineAnnealing> & LRSchedulerOptions) {
    super(optimizer, defaultsOf(cosineAnnealing), options, cosineAnnealing);
  }

  protected override rate(lr: number, { epoch, base, first }: Moment): number {
    const { tMax, etaMin } = this.settings;
    if (epoch === 0) return lr;
    if (first) return etaMin + ((base - etaMin) * (1 + cos((epoch * Math.PI) / tMax))) / 2;
    // At the bottom no factor increases the rate again.
    if ((epoch - 1 - tMax) % (2 * tMax) === 0) return lr + ((base - etaMin) * (1 - cos(Math.PI / tMax))) / 2;
    const height = (at: number) => 1 + cos((Math.PI * at) / tMax);
    return (height(epoch) / height(epoch - 1)) * (lr - etaMin) + etaMin;
  }
}
