import {
  checkValue,
  flag,
  fn,
  formatShape,
  type GivenOptions,
  mismatch,
  numberAtLeast,
  numberBetween,
  optional,
  resolveOptions,
  sameShape,
  wrongType,
} from "../core/index.ts";
import { type AnyModule, Buffer, clone, type InputsOf, Module, type OutputOf } from "../nn/index.ts";
import { noGrad, type Tensor, tensor, where } from "../tensor/index.ts";

/**
 * The new average of a tensor: from the average so far, the current value and the number of values
 * in the average, a single float64 number of at least 1. It computes with tensors, because it is
 * part of compiled steps.
 */
export type AvgFn = (averaged: Tensor, current: Tensor, numAveraged: Tensor) => Tensor;

const averagedOptions = {
  /** How a value joins the average; by default all weigh alike, as in stochastic weight averaging. */
  avgFn: optional(fn<AvgFn>("a function such as getEmaAvgFn(0.999)")),
  /**
   * Averages the buffers too: running statistics then fit the averaged weights better. Otherwise
   * they are the model's current ones (false).
   */
  useBuffers: optional(flag(), false),
};

export interface AveragedModelOptions extends GivenOptions<typeof averagedOptions> {}

/**
 * A copy of a model, `module`, whose weights are the average of the model's over many steps. Call
 * `updateParameters(model)` after each `optimizer.step()`, in a compiled step too; the first call
 * copies. The average predicts better than the weights of any one step, because those wander around
 * it. Calling it runs the copy.
 * https://pytorch.org/docs/stable/optim.html#weight-averaging-swa-and-ema,
 * https://arxiv.org/abs/1803.05407
 *
 * @example
 * const average = new optim.AveragedModel(net, { avgFn: optim.getEmaAvgFn(0.99) });
 * // in the training step, behind optimizer.step():
 * average.updateParameters(net);
 */
export class AveragedModel<M extends AnyModule = AnyModule> extends Module<never, OutputOf<M>> {
  /** The copy with the averaged weights. */
  readonly module: M;
  /** How many values the average has seen, a single float64 number. */
  readonly n_averaged: Buffer;
  readonly avgFn: AvgFn;
  readonly useBuffers: boolean;

  /**
   * @throws TypeError if it is no module, or for an unknown option or one of the wrong kind; Error
   *   if the model cannot be copied, see `nn.clone`
   */
  constructor(model: M, options: AveragedModelOptions = {}) {
    super();
    const { avgFn, useBuffers } = resolveOptions("AveragedModel", options, averagedOptions);
    this.module = clone(model);
    this.n_averaged = new Buffer(tensor(0, { dtype: "float64" }), { keepDtype: true });
    this.avgFn = avgFn ?? equalWeights;
    this.useBuffers = useBuffers;
  }

  override forward(...inputs: InputsOf<M>): OutputOf<M> {
    return (this.module as (...inputs: InputsOf<M>) => OutputOf<M>)(...inputs);
  }

  /**
   * Adds the model's current weights to the average.
   * @throws TypeError or RangeError if the parameters or buffers of `model` are not those of the
   *   copy; nothing has changed then
   */
  updateParameters(model: M): void {
    if (!(model instanceof Module)) throw wrongType("AveragedModel", "the model", model, "an nn.Module");
    const { parameters, buffers } = pairsOf(this, model);
    const count = this.n_averaged;
    noGrad(() => {
      const first = count.eq(0);
      const join = ([own, current]: readonly [Tensor, Tensor]) => {
        own.copy_(where(first, current, this.avgFn(own, current, count)));
      };
      for (const pair of parameters) join(pair);
      for (const [own, current] of buffers) {
        // A mean of counters counts nothing.
        const counts = own instanceof Buffer && own.keepDtype;
        if (this.useBuffers && !counts) join([own, current]);
        else own.copy_(current);
      }
      count.add_(1);
    });
  }
}

/**
 * The tensors of an average beside those of a model.
 * @throws as `updateParameters`
 */
export function pairsOf({ module }: AveragedModel, model: AnyModule) {
  return {
    parameters: pairs("parameters", module.parameters(), model.parameters()),
    buffers: pairs("buffers", module.buffers(), model.buffers()),
  };
}

function pairs(what: string, own: readonly Tensor[], given: readonly Tensor[]): (readonly [Tensor, Tensor])[] {
  if (own.length !== given.length) {
    throw mismatch("wrong-value", "AveragedModel", `the model has ${given.length} ${what}`, `${own.length}`);
  }
  return own.map((tensor, i) => {
    if (!sameShape(tensor.shape, given[i].shape)) {
      const statement = `one of the model's ${what} has shape ${formatShape(given[i].shape)}`;
      throw mismatch("wrong-shape", "AveragedModel", statement, formatShape(tensor.shape));
    }
    return [tensor, given[i]] as const;
  });
}

const equalWeights: AvgFn = (averaged, current, count) => averaged.add(current.sub(averaged).div(count.add(1)));

/**
 * An exponential moving average for {@link AveragedModel}: `decay` times the average plus
 * 1 - `decay` times the current value.
 * @throws TypeError or RangeError unless `decay` is from 0 to 1
 */
export function getEmaAvgFn(decay = 0.999): AvgFn {
  checkValue("getEmaAvgFn", "decay", decay, numberBetween(0, 1));
  return (averaged, current) => averaged.mul(decay).add(current.mul(1 - decay));
}

/**
 * A polynomial-decay average for {@link AveragedModel}: value t has the weight (eta + 1) / (t + eta)
 * when it joins, so that the average is over about the last 1 / (eta + 1) of all steps, however many
 * there are; with eta 0 it is the mean.
 * https://proceedings.mlr.press/v28/shamir13.html, section 4
 * @throws TypeError or RangeError unless `eta` is a number of at least 0
 */
export function getPolynomialDecayAvgFn(eta = 9): AvgFn {
  checkValue("getPolynomialDecayAvgFn", "eta", eta, numberAtLeast(0));
  return (averaged, current, count) => averaged.add(current.sub(averaged).div(count.div(eta + 1).add(1)));
}
