import {
  defaultsOf,
  finiteNumber,
  flag,
  type GivenOptions,
  guard,
  numberAtLeast,
  type OptionValues,
  optional,
  type PartialOptions,
  required,
  wrongState,
} from "../core/index.ts";
import { sgdMomentumStep, sgdStep } from "../ops/optimizer/optimizer.ts";
import type { Tensor } from "../tensor/index.ts";
import { FusedOptimizer } from "./fusedOptimizer.ts";
import type { ParamGroup, ParamGroupInit } from "./optimizer.ts";
import { learningRate } from "./options.ts";
import type { ParamState } from "./paramStates.ts";
import type { StateNames } from "./stateDict.ts";

const sgdOptions = {
  /** Learning rate: has no default. */
  lr: required(learningRate),
  /** The fraction of the last step's direction that is kept (0). */
  momentum: optional(numberAtLeast(0), 0),
  /** The fraction of the gradient that does not enter the momentum (0). */
  dampening: optional(finiteNumber(), 0),
  /** L2 penalty: this multiple of the parameter is added to its gradient (0). */
  weightDecay: optional(numberAtLeast(0), 0),
  /** Looks ahead along the momentum; needs momentum and no dampening (false). */
  nesterov: optional(flag(), false),
  /** Climbs instead of descending (false). */
  maximize: optional(flag(), false),
};

export interface SGDOptions extends OptionValues<typeof sgdOptions> {}

/**
 * Stochastic gradient descent, with momentum if wanted.
 * https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
 *
 * @example
 * const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
 */
export class SGD extends FusedOptimizer<SGDOptions> {
  /** @throws as `Optimizer`; Error if nesterov comes without momentum or with dampening */
  constructor(params: Iterable<Tensor>, options: GivenOptions<typeof sgdOptions>);
  constructor(groups: Iterable<ParamGroupInit<SGDOptions>>, options?: PartialOptions<SGDOptions>);
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroupInit<SGDOptions>>,
    options: PartialOptions<SGDOptions> = {},
  ) {
    super(params, defaultsOf(sgdOptions), options, sgdOptions);
  }

  protected override checkTogether({ nesterov, momentum, dampening }: Partial<SGDOptions>): void {
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw wrongState(
        "",
        `Nesterov momentum requires a momentum and zero dampening, got momentum ${momentum} and ` +
          `dampening ${dampening}`,
      );
    }
  }

  protected readonly switches = ["nesterov", "maximize"];

  protected stateNames(): StateNames {
    return { required: [], optional: ["momentum_buffer"] };
  }

  /** PyTorch counts no steps here: a buffer exists after the first step. */
  protected override saveState(state: ParamState): Record<string, Tensor> | undefined {
    const { step: _, ...saved } = super.saveState(state) ?? {};
    return Object.keys(saved).length > 0 ? saved : undefined;
  }

  protected stepGroup(group: ParamGroup<SGDOptions>, params: readonly Tensor[]): void {
    const { nesterov, maximize } = group;
    // The op depends on whether momentum is 0; its value is read at every step, so that schedulers
    // may change it.
    guard({
      get hasMomentum() {
        return group.momentum !== 0;
      },
    });
    const lr = this.hyper(group, "lr");
    const weightDecay = this.hyper(group, "weightDecay");
    if (group.momentum === 0) {
      for (const param of params) sgdStep(param, param.grad as Tensor, lr, weightDecay, { maximize });
      return;
    }
    const momentum = this.hyper(group, "momentum");
    const dampening = this.hyper(group, "dampening");
    for (const param of params) {
      const { momentum_buffer: buffer, step } = this.stateOf(param, ["momentum_buffer"]);
      const grad = param.grad as Tensor;
      sgdMomentumStep(param, grad, buffer, step, lr, momentum, dampening, weightDecay, { nesterov, maximize });
    }
  }
}
