import { defaultsOf, flag, type GivenOptions, numberAtLeast, type OptionValues, optional } from "../core/index.ts";
import { adamStep, amsgradStep } from "../ops/optimizer/optimizer.ts";
import type { Tensor } from "../tensor/index.ts";
import { FusedOptimizer } from "./fusedOptimizer.ts";
import type { ParamGroup, ParamGroupInit } from "./optimizer.ts";
import { decayRates, learningRate } from "./options.ts";
import type { StateNames } from "./stateDict.ts";

const adamOptions = {
  /** Learning rate (1e-3). */
  lr: optional(learningRate, 1e-3),
  /** The decay rates of the running averages of the gradient and of its square ([0.9, 0.999]). */
  betas: optional(decayRates, [0.9, 0.999]),
  /** Added to the denominator (1e-8). */
  eps: optional(numberAtLeast(0), 1e-8),
  /** An L2 penalty (0). For AdamW it shrinks the parameter itself instead, and is 0.01. */
  weightDecay: optional(numberAtLeast(0), 0),
  /** Scales by the largest second moment so far (false). */
  amsgrad: optional(flag(), false),
  /** Climbs instead of descending (false). */
  maximize: optional(flag(), false),
};

export interface AdamOptions extends OptionValues<typeof adamOptions> {}

/** The base of Adam and AdamW, which differ in the weight decay only. */
abstract class AdamBase extends FusedOptimizer<AdamOptions> {
  /** Weight decay shrinks the parameter instead of joining its gradient. */
  protected abstract readonly decoupled: boolean;

  protected readonly switches = ["amsgrad", "maximize"];

  protected stateNames({ amsgrad }: AdamOptions): StateNames {
    const required = ["step", "exp_avg", "exp_avg_sq"];
    const largest = ["max_exp_avg_sq"];
    return amsgrad ? { required: [...required, ...largest], optional: [] } : { required, optional: largest };
  }

  protected stepGroup(group: ParamGroup<AdamOptions>, params: readonly Tensor[]): void {
    const attrs = { maximize: group.maximize, decoupled: this.decoupled };
    const lr = this.hyper(group, "lr");
    const beta1 = this.hyper(group, "betas", 0);
    const beta2 = this.hyper(group, "betas", 1);
    const eps = this.hyper(group, "eps");
    const weightDecay = this.hyper(group, "weightDecay");
    const { required: names } = this.stateNames(group);
    for (const param of params) {
      const state = this.stateOf(param, names);
      const { step, exp_avg: mean, exp_avg_sq: square, max_exp_avg_sq: largest } = state;
      const grad = param.grad as Tensor;
      if (group.amsgrad) {
        amsgradStep(param, grad, mean, square, largest, step, lr, beta1, beta2, eps, weightDecay, attrs);
      } else {
        adamStep(param, grad, mean, square, step, lr, beta1, beta2, eps, weightDecay, attrs);
      }
    }
  }
}

/**
 * Adam: steps of about `lr`, whatever the size of the gradients.
 * https://pytorch.org/docs/stable/generated/torch.optim.Adam.html, https://arxiv.org/abs/1412.6980
 *
 * @example
 * const optimizer = new Adam(model.parameters(), { lr: 0.001 });
 */
export class Adam extends AdamBase {
  protected readonly decoupled = false;

  /** @throws as `Optimizer` */
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroupInit<AdamOptions>>,
    options: GivenOptions<typeof adamOptions> = {},
  ) {
    super(params, defaultsOf(adamOptions), options, adamOptions);
  }
}

/**
 * Adam with decoupled weight decay, which shrinks the parameters themselves by lr * weightDecay at
 * each step. https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html,
 * https://arxiv.org/abs/1711.05101
 */
export class AdamW extends AdamBase {
  protected readonly decoupled = true;

  /** @throws as `Optimizer` */
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroupInit<AdamOptions>>,
    options: GivenOptions<typeof adamOptions> = {},
  ) {
    super(params, { ...defaultsOf(adamOptions), weightDecay: 1e-2 }, options, adamOptions);
  }
}
