import {
  checkOptions,
  type DType,
  describe,
  formatShape,
  hostScalar,
  meet,
  refuseInStep,
  type Shape,
  type Value,
  withoutUndefined,
} from "../core/index.ts";
import { formatBool, formatFloat } from "../nn/format.ts";
import { enableGrad, noGrad, Storage, Tensor } from "../tensor/index.ts";
import { checkGradient, checkParam, isGroup } from "./checks.ts";
import { copyOptions, type OptionRules } from "./options.ts";
import { checkStateDict, type OptimizerStateDict, type StateNames } from "./stateDict.ts";

/**
 * What an optimizer keeps for one parameter, under PyTorch's names (`exp_avg`, `momentum_buffer`). `step` counts the steps
 * done, a single float64. Every tensor stays the same object for the life of the optimizer: a compiled program refers to it.
 */
export interface ParamState {
  readonly step: Tensor;
  [name: string]: Tensor;
}

/**
 * Parameters that share hyperparameters, which may be changed between steps: `optimizer.paramGroups[0].lr *= 0.1`.
 * `initialLr` is the rate that schedulers start from: the first of them notes it down.
 */
export type ParamGroup<O> = O & { readonly params: Tensor[]; initialLr?: number };

/** Counts its changes, so that a compiled step can tell that the state it refers to is not the optimizer's any more. */
class ParamStates extends Map<Tensor, ParamState> {
  changes = 0;

  override set(param: Tensor, state: ParamState): this {
    this.changes++;
    return super.set(param, state);
  }

  override delete(param: Tensor): boolean {
    this.changes++;
    return super.delete(param);
  }

  override clear(): void {
    this.changes++;
    super.clear();
  }
}

/** A group as it is given: its parameters and the hyperparameters that differ from the optimizer's defaults. */
export type ParamGroupInit<O> = Partial<O> & { readonly params: Tensor | Iterable<Tensor> };

const zeroGradOptions = ["setToNone"];

/**
 * Base of the optimizers: parameter groups, their hyperparameters `O`, and the state of each parameter.
 * https://pytorch.org/docs/stable/optim.html#base-class
 */
export abstract class Optimizer<O extends object> {
  readonly paramGroups: ParamGroup<O>[] = [];
  /** State of the parameters that have been stepped. */
  readonly state: Map<Tensor, ParamState> = new ParamStates();
  /** The hyperparameters of a group that names none; a required one may be absent. */
  readonly defaults: Partial<O>;
  readonly #rules: OptionRules<O>;

  /**
   * @param params the parameters, or groups of them
   * @param defaults the optimizer's own defaults
   * @param options what the user gave instead of the defaults
   * @param rules the validity of each hyperparameter
   * @throws TypeError if `params` is a tensor, or holds something other than tensors or groups; if `options` is no object, or one is unknown or of the wrong kind
   * @throws RangeError if there are no parameters, or an option is out of range
   * @throws Error if a parameter is given twice or is no leaf, or a required option is missing
   */
  constructor(
    params: Iterable<Tensor> | Iterable<ParamGroupInit<O>>,
    defaults: Partial<O>,
    options: Partial<O>,
    rules: OptionRules<O>,
  ) {
    this.#rules = rules;
    checkOptions(this.constructor.name, options, Object.keys(rules));
    this.defaults = { ...defaults, ...withoutUndefined(options) };
    this.#checkOptions(this.defaults);
    if (params instanceof Tensor || typeof params?.[Symbol.iterator] !== "function") {
      throw new TypeError(
        `params argument given to the optimizer should be an iterable of Tensors or groups, but got ${describe(params)}; ` +
          "pass model.parameters() or a list",
      );
    }
    const list: (Tensor | ParamGroupInit<O>)[] = [...params];
    if (list.length === 0) {
      throw new RangeError("optimizer got an empty parameter list; was parameters() read from a model without layers?");
    }
    const groups = isGroup(list[0]) ? list : [{ params: list }];
    for (const group of groups) this.addParamGroup(group as ParamGroupInit<O>);
  }

  /** Relations between hyperparameters that no single rule can see. Throws if they do not go together. */
  protected checkTogether(_options: Partial<O>): void {}

  /** Hyperparameters that choose between ways to compute a step; all others are read anew at every step. */
  protected abstract readonly switches: readonly string[];

  /** The tensors of a parameter's entry in the state dict, given the hyperparameters of its group. */
  protected abstract stateNames(options: O): StateNames;

  /** Makes one step for the parameters of a group that have a gradient, all of them checked. */
  protected abstract stepGroup(group: ParamGroup<O>, params: readonly Tensor[]): void;

  /**
   * Adds parameters, for instance of layers that are trained from now on.
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.add_param_group.html
   * @throws as the constructor; the optimizer is then unchanged
   */
  addParamGroup(init: ParamGroupInit<O>): void {
    refuseInStep("addParamGroup()", "call it between two steps");
    if (!isGroup(init)) {
      throw new TypeError(
        `param group must be an object with params, as in { params: [...] }, but got ${describe(init)}`,
      );
    }
    const { params: given, ...options } = init;
    if (!(given instanceof Tensor) && typeof (given as Iterable<Tensor>)?.[Symbol.iterator] !== "function") {
      throw new TypeError(`params of a group must be a Tensor or an iterable of Tensors, but got ${describe(given)}`);
    }
    const params = given instanceof Tensor ? [given] : [...given];
    const taken = new Set(this.paramGroups.flatMap((group) => group.params));
    params.forEach((param, index) => {
      checkParam(param, index);
      if (taken.has(param)) {
        const where =
          params.indexOf(param) < index ? "twice in one parameter group" : "in more than one parameter group";
        throw new Error(`parameter ${index} of shape ${formatShape(param.shape)} appears ${where}; give each one once`);
      }
      taken.add(param);
    });
    checkOptions(`a parameter group of ${this.constructor.name}`, options, Object.keys(this.#rules));
    const merged = { ...this.defaults, ...withoutUndefined(options) } as Partial<O>;
    this.#check(merged);
    this.paramGroups.push({ ...copyOptions(merged as O), params });
  }

  /**
   * Forgets the gradients, so that the next `backward()` starts from nothing.
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.zero_grad.html
   * @param options.setToNone false fills the gradients with 0 instead: a parameter that then gets no gradient is still stepped
   */
  zeroGrad(options: { readonly setToNone?: boolean } = {}): void {
    checkOptions("zeroGrad", options, zeroGradOptions);
    const { setToNone = true } = options;
    this.#meetParams();
    for (const { params } of this.paramGroups) {
      for (const param of params) {
        if (setToNone) param.grad = null;
        else if (param.grad === null) continue;
        else if (param.grad.gradFn !== null) param.grad = emptyState(param.shape, param.dtype);
        else noGrad(() => param.grad?.zero_());
      }
    }
  }

  /**
   * Makes one step along the gradients. Parameters without one are left alone. With a closure, which computes the loss and
   * its gradients, returns what the closure returned.
   * @throws TypeError or RangeError if the closure, a hyperparameter or a gradient is not valid; nothing has moved then
   */
  step(): undefined;
  step<T>(closure: () => T): T;
  step<T>(closure?: () => T): T | undefined {
    if (closure !== undefined && typeof closure !== "function") {
      throw new TypeError(
        `step: the closure is ${describe(closure)}, expected a function that gives the loss, or nothing`,
      );
    }
    const result = closure === undefined ? undefined : enableGrad(closure);
    this.#meetParams();
    const work = this.paramGroups.map((group) => {
      meet(group, this.switches);
      this.#check(group);
      const params = group.params.filter((param) => param.grad !== null);
      for (const param of params) checkGradient(param);
      return { group, params };
    });
    noGrad(() => {
      for (const { group, params } of work) this.stepGroup(group, params);
    });
    meet(this.state, ["changes"]);
    return result;
  }

  /** A compiled step is traced anew when there are other groups, or other parameters in one. */
  #meetParams(): void {
    meet(this.paramGroups, placesOf(this.paramGroups));
    for (const group of this.paramGroups) {
      meet(group, ["params"]);
      meet(group.params, placesOf(group.params));
    }
  }

  /**
   * A hyperparameter of a group as a 0-d float64 value, or one number of a list; compiled steps read it anew at every run.
   * A value that is another than before is checked with its group, as `step` does, and a program reads before it computes: a
   * step at a rate of NaN moves nothing.
   */
  protected hyper(group: ParamGroup<O>, name: keyof O & string, index?: number): Value {
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
    return hostScalar(read, group, index === undefined ? name : `${name}[${index}]`);
  }

  /** The state of a parameter, made of zeros at its first step. */
  protected stateOf(param: Tensor, names: readonly string[]): ParamState {
    const known = this.state.get(param);
    const state: ParamState = known ?? { step: emptyState([], "float64") };
    for (const name of names) state[name] ??= emptyState(param.shape, param.dtype);
    if (known === undefined) this.state.set(param, state);
    return state;
  }

  /**
   * PyTorch's structure: state by the position of the parameter, and the groups with positions for parameters. The tensors
   * are the optimizer's own, as in PyTorch: clone them for a snapshot. The rest is plain data.
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.state_dict.html
   */
  stateDict(): OptimizerStateDict<O> {
    const state: OptimizerStateDict<O>["state"] = {};
    let position = 0;
    const paramGroups = this.paramGroups.map((group) => {
      const { params, ...options } = group;
      const positions = params.map((param) => {
        const saved = this.state.get(param);
        // A count of 0 is a state that was reset: PyTorch has no entry for it.
        if (saved !== undefined && saved.step.item() > 0) state[position] = this.saveState(saved);
        return position++;
      });
      return { ...copyOptions(options as unknown as O), params: positions };
    });
    return { state, paramGroups };
  }

  /** A parameter's entry in the state dict. */
  protected saveState(state: ParamState): Record<string, Tensor> {
    return { ...state };
  }

  /**
   * Takes over state and hyperparameters from `stateDict()` of an optimizer over parameters of the same shapes in the same
   * order. Values are copied.
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.load_state_dict.html
   * @throws TypeError if the structure is wrong
   * @throws RangeError if counts or shapes differ, or a hyperparameter is not valid
   * @throws Error if hyperparameters or state tensors are missing or unknown; the optimizer is unchanged after each of them
   */
  loadStateDict(stateDict: OptimizerStateDict<O>): void {
    refuseInStep("loadStateDict() of an optimizer", "call it between two steps");
    const loaded = checkStateDict(stateDict, this.paramGroups, {
      options: Object.keys(this.#rules),
      checkOptions: (options) => this.#checkOptions(options),
      stateNames: (options) => this.stateNames(options),
    });
    const params = this.paramGroups.flatMap((group) => group.params);
    this.paramGroups.forEach((group, index) => {
      const { params: _, ...options } = loaded.paramGroups[index];
      Object.assign(group, copyOptions(options as unknown as O));
    });
    noGrad(() => {
      params.forEach((param, position) => {
        // Written in place, because a compiled program may refer to the tensors; what has no entry starts over.
        for (const value of Object.values(this.state.get(param) ?? {})) value.zero_();
        const entry = loaded.state.get(position);
        if (entry === undefined) return;
        const target = this.stateOf(param, Object.keys(entry));
        for (const [name, value] of Object.entries(entry)) target[name].copy_(value);
        // Without a count of its own (SGD) it only matters that a step was done.
        if (entry.step === undefined) target.step.fill_(1);
      });
    });
  }

  /** The hyperparameters of each group, as PyTorch prints them. */
  toString(): string {
    const groups = this.paramGroups.map(({ params: _, ...options }, index) => {
      const lines = Object.entries(options).map(([name, value]) => `    ${snakeCase(name)}: ${formatOption(value)}\n`);
      return `Parameter Group ${index}\n${lines.sort().join("")}`;
    });
    return `${this.constructor.name} (\n${groups.join("\n")})`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** Every hyperparameter is there, and all are valid. */
  #check(options: Partial<O>): void {
    this.#checkComplete(options);
    this.#checkOptions(options);
  }

  #checkComplete(options: Partial<O>): void {
    for (const name of Object.keys(this.#rules)) {
      if (options[name as keyof O] === undefined) {
        throw new Error(
          `parameter group didn't specify a value of required optimization parameter ${name}; ` +
            `give it in the group or to ${this.constructor.name}`,
        );
      }
    }
  }

  #checkOptions(options: Partial<O>): void {
    for (const name of Object.keys(this.#rules) as (keyof O)[]) {
      if (options[name] !== undefined) this.#rules[name](options[name]);
    }
    this.checkTogether(options);
  }
}

const placesOf = (list: readonly unknown[]) => ["length", ...Object.keys(list)];

/** Zeros with storage of their own, also while a step is being traced: state is never a value of the graph. */
function emptyState(shape: Shape, dtype: DType): Tensor {
  return new Tensor(Storage.zeros({ shape, dtype }), shape, dtype);
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** As in Python, where whole numbers (PyTorch's defaults of 0) are integers. */
function formatOption(value: unknown): string {
  if (Array.isArray(value)) return `(${value.map(formatOption).join(", ")})`;
  if (typeof value === "boolean") return formatBool(value);
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : formatFloat(value);
  return value === null ? "None" : String(value);
}
