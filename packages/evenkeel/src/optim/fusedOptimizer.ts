import { guard } from "../core/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { checkGradient } from "./checks.ts";
import { Optimizer, type ParamGroup } from "./optimizer.ts";
import type { ParamState } from "./paramStates.ts";
import type { StateExpectation, StateNames } from "./stateDict.ts";

/**
 * Base of the optimizers whose step is one operation per parameter. They count the steps of each
 * parameter in `step`, and never replace its state tensors, so that programs stay valid when a
 * state dict is loaded.
 */
export abstract class FusedOptimizer<O extends object> extends Optimizer<O> {
  /** Hyperparameters that select the computation of a step; all others are read at every step. */
  protected abstract readonly switches: readonly string[];

  /**
   * The tensors of a parameter's entry in the state dict, given the hyperparameters of its group.
   */
  protected abstract stateNames(options: O): StateNames;

  /**
   * Makes one step for the parameters of a group that have a gradient; they are checked already.
   */
  protected abstract stepGroup(group: ParamGroup<O>, params: readonly Tensor[]): void;

  override step(): undefined;
  override step<T>(closure: () => T): T;
  /** @throws RangeError too if a gradient is not like its parameter */
  override step<T>(closure?: () => T): T | undefined {
    const result = closure?.();
    const work = this.paramGroups.map((group) => {
      const params = group.params.filter((param) => param.grad !== null);
      for (const param of params) checkGradient(param);
      return { group, params };
    });
    for (const { group, params } of work) this.stepGroup(group, params);
    return result;
  }

  protected override meetSettings(): void {
    // A step that overrides this one may read any option as a plain number.
    if (Object.getPrototypeOf(this).step !== FusedOptimizer.prototype.step) super.meetSettings();
    else for (const group of this.paramGroups) guard(group, this.switches);
  }

  protected override stateOf(param: Tensor, names: readonly string[]): ParamState {
    return super.stateOf(param, ["step", ...names]);
  }

  /** A count of 0 is a state that was reset: PyTorch has no entry for it. */
  protected override saveState(state: ParamState): Record<string, Tensor> | undefined {
    return state.step.item() > 0 ? { ...state } : undefined;
  }

  protected override expectedState(): StateExpectation<O> {
    return {
      stateNames: (options) => this.stateNames(options),
      shapeOf: (param, name) => (name === "step" ? [] : param.shape),
    };
  }

  /**
   * Written in place, because a compiled program may refer to the tensors; a parameter without an
   * entry starts over.
   */
  protected override restoreState(param: Tensor, entry: Record<string, Tensor> | undefined): void {
    for (const value of Object.values(this.state.get(param) ?? {})) value.zero_();
    if (entry === undefined) return;
    const target = this.stateOf(param, Object.keys(entry));
    for (const [name, value] of Object.entries(entry)) target[name].copy_(value);
    // Without a count (SGD) it only matters whether a step was made.
    if (entry.step === undefined) target.step.fill_(1);
  }
}
