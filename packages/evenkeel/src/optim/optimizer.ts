import {
  checkOptions,
  type DType,
  flag,
  formatShape,
  type GivenOptions,
  guard,
  hostScalar,
  optional,
  type PartialOptions,
  refuse,
  refuseGiven,
  refuseInStep,
  refuseMisspellings,
  resolveOptions,
  type Shape,
  withoutUndefined,
  wrongState,
  wrongType,
} from "../core/index.ts";
import { enableGrad, noGrad, Tensor } from "../tensor/index.ts";
import { Storage } from "../tensor/storage.ts";
import { checkParam, checkState, isGroup } from "./checks.ts";
import { isScheduled, noteScheduled, type ScheduledGroup } from "./lrScheduler/scheduled.ts";
import {
  checkComplete,
  checkGiven,
  copyOptions,
  declaredLike,
  guardOptions,
  type Hyperparameters,
  notNaN,
} from "./options.ts";
import { type ParamState, ParamStates } from "./paramStates.ts";
import { formatOptimizer } from "./print.ts";
import { checkStateDict, type OptimizerStateDict, requireObject, type StateExpectation } from "./stateDict.ts";
import { noteStep } from "./stepped.ts";

/**
 * Parameters that share hyperparameters, which may be changed between steps:
 * `optimizer.paramGroups[0].lr *= 0.1`. `initialLr` is the rate that schedulers start from; the
 * first scheduler records it.
 */
export type ParamGroup<O> = O & { readonly params: Tensor[]; initialLr?: number };

/**
 * The input of a group: its parameters and the hyperparameters that differ from the optimizer's
 * defaults.
 */
export type ParamGroupInit<O> = PartialOptions<O> & { readonly params: Tensor | Iterable<Tensor> };

/** The type of the hyperparameters of any optimizer. */
export interface AnyOptions {
  lr: number;
}

const zeroGradOptions = {
  /**
   * False fills the gradients with 0 instead: a parameter that then gets no gradient is still
   * stepped (true).
   */
  setToNone: optional(flag(), true),
};

type Step = (closure?: () => unknown) => unknown;

/**
 * Base of the optimizers: parameter groups, their hyperparameters `O`, and the state of each
 * parameter. A custom optimizer passes its defaults to `super` and implements `step`, as in
 * PyTorch:
 *
 * @example
 * class SignSGD extends Optimizer {
 *   constructor(params: Iterable<Tensor>, { lr = 1e-3 } = {}) {
 *     super(params, { lr });
 *   }
 *   override step() {
 *     for (const { params, lr } of this.paramGroups) for (const p of params) if (p.grad) p.sub_(p.grad.sign().mul(lr));
 *   }
 * }
 *
 * `step` runs without recording gradients; its closure records them. Before each step the hyperparameters are checked,
 * as declared or against the kind of their defaults. In a compiled step, a changed hyperparameter makes a new
 * program; see {@link plainOptions} and {@link hyper}. https://pytorch.org/docs/stable/optim.html#base-class
 */
export abstract class Optimizer<O extends object = AnyOptions> {
  readonly paramGroups: ParamGroup<O>[] = [];
  /** State of the parameters that have been stepped. */
  readonly state: Map<Tensor, ParamState> = new ParamStates();
  /** The default hyperparameters of a group; a required one may be absent. */
  readonly defaults: Partial<O>;
  /**
   * The hyperparameters that `step` reads as plain numbers, flags or lists; by default all. A
   * compiled step is traced again when one of these changes: leave out those that are only read
   * through {@link hyper}.
   */
  protected readonly plainOptions?: readonly string[];
  readonly #declared: Hyperparameters<O>;

  /**
   * @param params the parameters, or groups of them
   * @param defaults the default hyperparameters of a group
   * @param options the options of the user, if they are not merged into the defaults already
   * @param declared the declaration of each hyperparameter; without it each must have the kind of
   *   its default
   * @throws TypeError if `params` is a tensor, or holds something other than tensors or groups; if
   *   `options` is no object, or one is unknown or of the wrong kind
   * @throws RangeError if there are no parameters, or an option is out of range
   * @throws Error if a parameter is given twice or is no leaf, or a required option is missing
   */
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroupInit<O>>,
    defaults: Partial<O>,
    options: PartialOptions<O> = {},
    declared?: Hyperparameters<O>,
  ) {
    refuseMisspellings(Optimizer.prototype, "optimizer", { fields: ["paramGroups"] });
    requireObject(defaults, `the defaults of ${this.constructor.name}`, "an object such as { lr: 1e-3 }");
    this.#declared = declared ?? declaredLike(defaults, notNaN);
    checkOptions(this.constructor.name, options, Object.keys(this.#declared));
    this.defaults = { ...defaults, ...withoutUndefined(options) };
    this.#checkOptions(this.defaults);
    if (params instanceof Tensor || typeof params?.[Symbol.iterator] !== "function") {
      throw refuseGiven(
        "wrong-type",
        "",
        "params argument given to the optimizer should be an iterable of Tensors or groups",
        params,
        "pass model.parameters() or a list",
      );
    }
    const list: (Tensor | ParamGroupInit<O>)[] = [...params];
    if (list.length === 0) {
      throw refuse(
        "wrong-value",
        "",
        "optimizer got an empty parameter list",
        "was parameters() read from a model without layers?",
      );
    }
    const groups = isGroup(list[0]) ? list : [{ params: list }];
    for (const group of groups) this.addParamGroup(group as ParamGroupInit<O>);
    // Wraps the `step` of the class in the common checks.
    const step = this.step as Step;
    const value = (closure?: () => unknown) => this.#run(step, closure);
    Object.defineProperty(this, "step", { value, writable: true, configurable: true });
  }

  /** Checks relations between hyperparameters. Throws if they conflict. */
  protected checkTogether(_options: Partial<O>): void {}

  /**
   * Adds parameters, for example of layers that are unfrozen.
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.add_param_group.html
   * @throws as the constructor; the optimizer is then unchanged
   */
  addParamGroup(init: ParamGroupInit<O>): void {
    refuseInStep("addParamGroup()", "call it between two steps");
    if (!isGroup(init)) {
      throw refuseGiven("wrong-type", "", "param group must be an object with params, as in { params: [...] }", init);
    }
    const { params: given, ...options } = init;
    if (!(given instanceof Tensor) && typeof (given as Iterable<Tensor>)?.[Symbol.iterator] !== "function") {
      throw refuseGiven("wrong-type", "", "params of a group must be a Tensor or an iterable of Tensors", given);
    }
    const params = given instanceof Tensor ? [given] : [...given];
    const taken = new Set(this.paramGroups.flatMap((group) => group.params));
    params.forEach((param, index) => {
      checkParam(param, index);
      if (taken.has(param)) {
        const where =
          params.indexOf(param) < index ? "twice in one parameter group" : "in more than one parameter group";
        throw wrongState(
          "",
          `parameter ${index} of shape ${formatShape(param.shape)} appears ${where}`,
          "give each one once",
        );
      }
      taken.add(param);
    });
    checkOptions(`a parameter group of ${this.constructor.name}`, options, Object.keys(this.#declared));
    const merged = { ...this.defaults, ...withoutUndefined(options) } as Partial<O>;
    this.#check(merged);
    this.paramGroups.push({ ...copyOptions(merged as O), params });
  }

  /**
   * Clears the gradients, so that the next `backward()` does not accumulate.
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.zero_grad.html
   */
  zeroGrad(options: GivenOptions<typeof zeroGradOptions> = {}): void {
    const { setToNone } = resolveOptions("zeroGrad", options, zeroGradOptions);
    this.#meetParams();
    for (const { params } of this.paramGroups) {
      for (const param of params) {
        if (setToNone) param.grad = null;
        else if (param.grad === null) continue;
        else if (param.grad.gradFn !== null) param.grad = ownTensor(param.shape, param.dtype);
        else noGrad(() => param.grad?.zero_());
      }
    }
  }

  /**
   * Makes one step along the gradients. Parameters without one are skipped. With a closure, which
   * computes the loss and its gradients, returns the result of the closure.
   * @throws TypeError or RangeError if the closure or a hyperparameter is not valid; nothing has
   *   moved then
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: so that a step may be a method without a return statement
  step<T>(_closure?: () => T): T | void {
    const name = this.constructor.name;
    throw wrongState("", `${name} has no method "step"`, `write step() { ... } in class ${name}`);
  }

  #run(step: Step, closure: (() => unknown) | undefined): unknown {
    if (closure !== undefined && typeof closure !== "function") {
      throw wrongType("step", "the closure", closure, "a function that gives the loss, or nothing");
    }
    this.#meetParams();
    this.meetSettings();
    for (const group of this.paramGroups) this.#check(group);
    const recording = closure && (() => enableGrad(closure));
    const result = noGrad(() => step.call(this, recording));
    checkState(this.constructor.name, this.state);
    guard(this.state, ["changes"]);
    if (this.state instanceof ParamStates) {
      for (const tensors of this.state.unwatched()) guard(tensors, Object.keys(tensors));
    }
    noteStep(this);
    return result;
  }

  /** A compiled step is traced again when the groups or their parameters change. */
  #meetParams(): void {
    guard(this, ["paramGroups", "state"]);
    guard(this.paramGroups, placesOf(this.paramGroups));
    for (const group of this.paramGroups) {
      guard(group, ["params"]);
      guard(group.params, placesOf(group.params));
    }
  }

  /**
   * Guards the other dependencies of a compiled step: the optimizer's fields, and hyperparameters
   * that are read as plain numbers.
   */
  protected meetSettings(): void {
    const known = ["paramGroups", "state", "defaults"];
    guard(
      this,
      Object.keys(this).filter((key) => !known.includes(key)),
    );
    for (const group of this.paramGroups) guardOptions(group, this.plainOptions ?? Object.keys(group));
  }

  /**
   * A hyperparameter of a group, or one number of a list, as a 0-d float64 tensor; compiled steps
   * read it at every run, so that a schedule makes no new program. A changed value is checked with
   * its group, as `step` does, and a program reads before it computes: a step at a rate of NaN
   * changes nothing.
   */
  protected hyper(group: ParamGroup<O>, name: keyof O & string, index?: number): Tensor {
    const current = (): unknown => {
      const value: unknown = group[name];
      if (index === undefined || !Array.isArray(value)) return value;
      return value.length === length ? value[index] : undefined;
    };
    const length = index === undefined ? 0 : (group[name] as readonly unknown[]).length;
    let checked = current();
    const read = (): number => {
      const value = current();
      if (value !== checked) this.#check(group);
      checked = value;
      return value as number;
    };
    return hostScalar(read, group, index === undefined ? name : `${name}[${index}]`) as Tensor;
  }

  /**
   * The state of a parameter: tensors of its shape and dtype, created as zeros; `step` is a single
   * float64 number, for counting. Write them in place, as in `exp_avg.mul_(beta)`.
   */
  protected stateOf(param: Tensor, names: readonly string[]): ParamState {
    const make = (name: string) => (name === "step" ? ownTensor([], "float64") : ownTensor(param.shape, param.dtype));
    if (this.state instanceof ParamStates) return this.state.complete(param, names, make);
    throw wrongState(this.constructor.name, "state was replaced by another Map", "set and delete its entries instead");
  }

  /**
   * PyTorch's structure: state by the position of the parameter, and the groups with positions for
   * parameters. The tensors are the optimizer's own, as in PyTorch: clone them for a snapshot. The
   * rest is plain data.
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.state_dict.html
   */
  stateDict(): OptimizerStateDict<O> {
    const state: OptimizerStateDict<O>["state"] = {};
    let position = 0;
    const paramGroups = this.paramGroups.map((group) => {
      const { params, ...options } = group;
      const positions = params.map((param) => {
        const saved = this.state.get(param);
        const entry = saved && this.saveState(saved);
        if (entry !== undefined) state[position] = entry;
        return position++;
      });
      return { ...copyOptions(options as unknown as O), params: positions };
    });
    return { state, paramGroups };
  }

  /** A parameter's entry in the state dict; undefined if it has none. */
  protected saveState(state: ParamState): Record<string, Tensor> | undefined {
    return { ...state };
  }

  /**
   * Loads state and hyperparameters from the `stateDict()` of an optimizer over parameters of the
   * same shapes in the same order. Values are copied.
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.load_state_dict.html
   * @throws TypeError if the structure is wrong
   * @throws RangeError if counts or shapes differ, or a hyperparameter is not valid
   * @throws Error if hyperparameters or state tensors are missing or unknown; the optimizer is
   *   unchanged after each of them
   */
  loadStateDict(stateDict: OptimizerStateDict<O>): void {
    refuseInStep("loadStateDict() of an optimizer", "call it between two steps");
    const loaded = checkStateDict(stateDict, this.paramGroups, {
      options: Object.keys(this.#declared),
      // A group with an initial rate was under a schedule.
      checkOptions: (options, scheduled) => this.#checkOptions(options, scheduled),
      ...this.expectedState(),
    });
    this.paramGroups.forEach((group, index) => {
      const { params: _, ...options } = loaded.paramGroups[index];
      Object.assign(group, copyOptions(options as unknown as O));
      if (options.initialLr !== undefined) noteScheduled(group as unknown as ScheduledGroup);
    });
    const params = this.paramGroups.flatMap((group) => group.params);
    noGrad(() => {
      for (const [position, param] of params.entries()) this.restoreState(param, loaded.state.get(position));
    });
  }

  /** The allowed state of a parameter in a state dict; anything by default. */
  protected expectedState(): StateExpectation<O> {
    return { shapeOf: () => undefined };
  }

  /** Loads a parameter's entry of a state dict; without one it has not been stepped. */
  protected restoreState(param: Tensor, entry: Record<string, Tensor> | undefined): void {
    this.state.delete(param);
    if (entry === undefined) return;
    const state: ParamState = {};
    for (const [name, value] of Object.entries(entry)) state[name] = ownTensor(value.shape, value.dtype).copy_(value);
    this.state.set(param, state);
  }

  /** The hyperparameters of each group, as PyTorch prints them. */
  toString(): string {
    return formatOptimizer(this.constructor.name, this.paramGroups);
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** Checks that every hyperparameter is given and valid. */
  #check(options: Partial<O>): void {
    checkComplete(this.constructor.name, options, this.#declared);
    this.#checkOptions(options);
  }

  #checkOptions(options: Partial<O>, scheduled = isScheduled(options)): void {
    checkGiven(this.constructor.name, options, this.#declared, scheduled);
    this.checkTogether(options);
  }
}

const placesOf = (list: readonly unknown[]) => ["length", ...Object.keys(list)];

/**
 * Zeros with storage of their own, also while a step is being traced: state is never a value of the
 * graph.
 */
function ownTensor(shape: Shape, dtype: DType): Tensor {
  return new Tensor(Storage.zeros({ shape, dtype }), shape, dtype);
}
