import { check, checkOptions, fn, listOf, type OptionValues, required } from "../../core/index.ts";
import { checkScheduled, type ScheduledOptimizer } from "./scheduled.ts";
import { LRScheduler, type LRSchedulerOptions, schedulerOptions } from "./scheduler.ts";
import { type OneForAll, perGroup } from "./settings.ts";

/** The factor of the rate in an epoch, counted from 0. */
export type LrLambda = (epoch: number) => number;

const lambda = fn<LrLambda>("a function, as in { lrLambda: (epoch) => 0.95 ** epoch }");

const lambdaOptions = {
  /** Returns the factor of the initial rate; or a list with a function for each parameter group. */
  lrLambda: required(listOf(lambda, "a list of functions")),
};

export interface LambdaLROptions extends OneForAll<typeof lambdaOptions>, LRSchedulerOptions {}

/**
 * The initial rate times a function of the epoch. The functions are not saved: load the state into
 * a scheduler with the same functions.
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html
 *
 * @example
 * new LambdaLR(optimizer, { lrLambda: (epoch) => 1 / (1 + epoch) });
 */
export class LambdaLR extends LRScheduler<OptionValues<typeof lambdaOptions>> {
  /** @throws as `LRScheduler`; RangeError if a function gives no finite number */
  constructor(optimizer: ScheduledOptimizer, options: LambdaLROptions) {
    checkScheduled("LambdaLR", optimizer);
    checkOptions("LambdaLR", options, Object.keys({ ...lambdaOptions, ...schedulerOptions }));
    const { lrLambda, ...rest } = options;
    if (!Array.isArray(lrLambda)) check("LambdaLR", { option: "lrLambda" }, lrLambda, lambda);
    super(
      optimizer,
      {},
      { ...rest, lrLambda: perGroup("LambdaLR", "lrLambda", lrLambda, optimizer.paramGroups) },
      lambdaOptions,
    );
  }

  override getLr(): number[] {
    return this.baseLrs.map((base, index) => base * this.settings.lrLambda[index](this.lastEpoch));
  }
}
