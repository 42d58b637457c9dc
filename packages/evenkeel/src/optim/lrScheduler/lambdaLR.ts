import { checkOptions, wrongType } from "../../core/index.ts";
import { checkScheduled, type ScheduledOptimizer } from "./scheduled.ts";
import { LRScheduler, type LRSchedulerOptions } from "./scheduler.ts";
import { perGroup, type SettingRules } from "./settings.ts";

/** The factor of the rate in an epoch, counted from 0. */
export type LrLambda = (epoch: number) => number;

export interface LambdaLROptions extends LRSchedulerOptions {
  /** Returns the factor of the initial rate; or a list with a function for each parameter group. */
  readonly lrLambda: LrLambda | readonly LrLambda[];
}

interface LambdaLRSettings {
  lrLambda: readonly LrLambda[];
}

const rules: SettingRules<LambdaLRSettings> = {
  lrLambda(owner, name, value) {
    for (const lambda of value as readonly unknown[]) {
      if (typeof lambda === "function") continue;
      throw wrongType(owner, name, lambda, "a function, as in { lrLambda: (epoch) => 0.95 ** epoch }");
    }
  },
};

/**
 * The initial rate times a function of the epoch. The functions are not saved: load the state into
 * a scheduler with the same functions.
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html
 *
 * @example
 * new LambdaLR(optimizer, { lrLambda: (epoch) => 1 / (1 + epoch) });
 */
export class LambdaLR extends LRScheduler<LambdaLRSettings> {
  /** @throws as `LRScheduler`; RangeError if a function gives no finite number */
  constructor(optimizer: ScheduledOptimizer, options: LambdaLROptions) {
    checkScheduled("LambdaLR", optimizer);
    checkOptions("LambdaLR", options, ["lrLambda", "lastEpoch"]);
    const { lrLambda, ...rest } = options;
    super(
      optimizer,
      {},
      { ...rest, lrLambda: perGroup("LambdaLR", "lrLambda", lrLambda, optimizer.paramGroups) },
      rules,
    );
  }

  override getLr(): number[] {
    return this.baseLrs.map((base, index) => base * this.settings.lrLambda[index](this.lastEpoch));
  }
}
