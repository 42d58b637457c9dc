import type { PartialOptions } from "../core/index.ts";
import { adamStep, amsgradStep } from "../ops/optimizer/optimizer.ts";
import type { Tensor } from "../tensor/index.ts";
import { FusedOptimizer } from "./fusedOptimizer.ts";
import type { ParamGroup, ParamGroupInit } from "./optimizer.ts";
import { betas, flag, learningRate, nonNegative, type OptionRules } from "./options.ts";
import type { StateNames } from "./stateDict.ts";

export interface AdamOptions {
  /** Learning rate (0.001). */
  lr: number;
  /** The decay rates of the running averages of the gradient and of its square ([0.9, 0.999]). */
  betas: readonly [number, number];
  /** Added to the denominator (1e-8). */
  eps: number;
  /**
   * Weight decay: 0 for Adam, where it is an L2 penalty; 0.01 for AdamW, where it shrinks the
   * parameter itself.
   */
  weightDecay: number;
  /** Scales by the largest second moment so far (false). */
  amsgrad: boolean;
  /** Climbs instead of descending (false). */
  maximize: boolean;
}

const defaults: AdamOptions = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
};

const rules: OptionRules<AdamOptions> = {
  lr: learningRate,
  betas,
  eps: nonNegative("epsilon value"),
  weightDecay: nonNegative("weightDecay value"),
  amsgrad: flag("amsgrad value"),
  maximize: flag("maximize value"),
};

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
    options: PartialOptions<AdamOptions> = {},
  ) {
    super(params, defaults, options, rules);
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
    options: PartialOptions<AdamOptions> = {},
  ) {
    super(params, { ...defaults, weightDecay: 1e-2 }, options, rules);
  }
}
