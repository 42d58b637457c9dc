import { checkOptions, guard, isFloat, refuse, refuseGiven, refuseMisspellings, wrongState } from "../../core/index.ts";
import { type Destination, requestedDtype } from "../../tensor/dtypes.ts";
import { noGrad, type Tensor } from "../../tensor/index.ts";
import { formatModule, inspect } from "../print/print.ts";
import { BackwardWatch } from "./backwardHook.ts";
import { Callable, className, edits, invoke } from "./callable.ts";
import {
  type ForwardHook,
  type ForwardPreHook,
  type FullBackwardHook,
  hookCount,
  ModuleHooks,
  type RemoveHook,
  runForwardHooks,
  runPreHooks,
  takeHooks,
} from "./hooks.ts";
import { checkMember, ownBuffers, ownChildren, ownParameters } from "./members.ts";
import {
  findMember,
  findModule,
  type MemberOptions,
  type TraversalOptions,
  traverseBuffers,
  traverseModules,
  traverseParameters,
  uniqueChildren,
} from "./moduleTree.ts";
import { Buffer, type BufferOptions, type Parameter } from "./parameter.ts";
import { type LoadOptions, type LoadResult, loadState, type StateDict, saveState } from "./stateDict.ts";
import { warnOfStrays } from "./strays.ts";

/** Any module, whatever it takes and gives: the type for arguments that are not called. */
// biome-ignore lint/suspicious/noExplicitAny: inputs stand on both sides of a hook, so nothing else is above all modules
export type AnyModule = Module<any, any>;

const oneDevice = "not here: all computing is on the CPU; leave it out";

/** PyTorch's names that are no snake case of ours. */
const wrongNames = {
  cuda: oneDevice,
  cpu: oneDevice,
  xpu: oneDevice,
  half: 'not here: there are net.to("float32") and net.to("float64")',
  bfloat16: 'not here: there are net.to("float32") and net.to("float64")',
  register_backward_hook: "net.registerFullBackwardHook",
  register_state_dict_pre_hook: "not here: change what net.stateDict() gives",
} as const;

/** The inputs of a call, those of `forward`; one Tensor if that is not typed. */
export type InputsOf<M> = M extends { forward(...inputs: infer In): unknown }
  ? [In] extends [never]
    ? [input: Tensor]
    : In
  : never;

/**
 * The inputs of a hook. If a module is only known to take a tensor, there may be more inputs than
 * that tensor: those of `forward` that can be left out. So a module that has some is one of a
 * tensor too.
 */
export type HookInputsOf<M> = M extends { forward(...inputs: infer In): unknown }
  ? [In] extends [never]
    ? [input: Tensor, ...others: unknown[]]
    : In
  : never;

/** The output of a call, that of `forward`; a Tensor if that is not typed. */
export type OutputOf<M> = M extends { forward(...inputs: infer In): infer Out }
  ? IsAny<In[number]> extends true
    ? Out
    : IsAny<Out> extends true
      ? Tensor
      : Out
  : never;

type IsAny<T> = 0 extends 1 & T ? true : false;

// biome-ignore lint/correctness/noUnusedVariables: a merged interface has the parameters of its class
// biome-ignore lint/suspicious/noExplicitAny: what a subclass's forward gives is for it to say
export interface Module<In extends unknown[] = never, Out = any> {
  /** Runs the module: pre-hooks, `forward`, forward hooks. */
  // biome-ignore lint/style/useShorthandFunctionType: the interface is merged with the class
  (...inputs: InputsOf<this>): OutputOf<this>;
}

/**
 * The base class of all layers and networks. A subclass makes its layers as fields and writes
 * `forward`; an instance is called like a function: `net(x)`. What a call takes and gives is what
 * `forward` does; `Module<In, Out>` says it for a type, or for the subclasses of an abstract class.
 *
 * Fields that hold a Parameter, Buffer or Module belong to the module, in the order in which they
 * were set. Null, private (`#`) fields and arrays do not: for lists there are ModuleList and
 * ModuleDict. Where modules are handed out they are typed as taking and giving one Tensor; use
 * `instanceof` to know more. https://pytorch.org/docs/stable/generated/torch.nn.Module.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: Callable makes the call signature true
// biome-ignore lint/suspicious/noExplicitAny: as above
export abstract class Module<In extends unknown[] = never, Out = any> extends Callable {
  /** Whether the module is in training mode; written by `train` and `eval`. */
  training = true;
  readonly #hooks = new ModuleHooks();

  constructor() {
    super();
    refuseMisspellings(Module.prototype, "net", { others: wrongNames, assignable: true });
  }

  /** What the module computes. Call the module instead, so that its hooks run. */
  abstract forward(...inputs: In): Out;

  /**
   * The settings shown in the parentheses when the module is printed, as `"p=0.5, inplace=False"`.
   */
  extraRepr(): string {
    return "";
  }

  [invoke](inputs: In): Out {
    if (typeof this.forward !== "function") {
      const name = className(this);
      throw wrongState(
        "",
        `${name} has no method "forward", which a call of it runs`,
        `write forward(x) { ... } in class ${name}`,
      );
    }
    guard(this);
    guard(this[edits], ["count"]);
    const output = this.#hooks.size === 0 ? this.forward(...inputs) : this.#hooked(inputs);
    if (this[edits].calls++ === 0) warnOfStrays(this);
    return output;
  }

  #hooked(inputs: In): Out {
    const { fullBackward } = this.#hooks;
    const watch = fullBackward.size > 0 ? new BackwardWatch(this, fullBackward.list()) : undefined;
    const given = runPreHooks(this, this.#hooks, inputs);
    const watched = watch === undefined ? given : watch.watchInputs(given);
    const output = runForwardHooks(this, this.#hooks, watched, this.forward(...watched));
    return watch === undefined ? output : watch.watchOutput(output);
  }

  /** Runs `hook(module, inputs)` before every `forward`; it may return other inputs, as a list. */
  registerForwardPreHook(hook: ForwardPreHook<this, HookInputsOf<this>>): RemoveHook {
    return this.#hooks.forwardPre.add(this, hook);
  }

  /** Runs `hook(module, inputs, output)` after every `forward`; it may return another output. */
  registerForwardHook(hook: ForwardHook<this, HookInputsOf<this>, OutputOf<this>>): RemoveHook {
    return this.#hooks.forward.add(this, hook);
  }

  /**
   * Runs `hook(module, gradInput, gradOutput)` when backward has the gradients with respect to the
   * inputs; it may return others in place of `gradInput`, null standing for zeros. Inputs and
   * outputs must not be written to in place. If no input requires a gradient, the hook runs when
   * the gradient of the output is known.
   * https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook
   */
  registerFullBackwardHook(hook: FullBackwardHook<this>): RemoveHook {
    return this.#hooks.fullBackward.add(this, hook);
  }

  get [hookCount](): number {
    return this.#hooks.size;
  }

  [takeHooks](from: AnyModule): void {
    this.#hooks.addAll(from.#hooks);
  }

  /**
   * Sets the field `name` to a parameter; null keeps the place without one.
   * @throws TypeError, RangeError, Error for another kind of value, a bad name, a name that is
   *   taken
   */
  registerParameter(name: string, parameter: Parameter | null): void {
    checkMember(this, "parameter", name, parameter);
    this.#set(name, parameter);
  }

  /**
   * Sets the field `name` to a Buffer: to `tensor` itself if it is one and there are no options,
   * else to one that shares its memory. Throws as {@link registerParameter}.
   */
  registerBuffer(name: string, tensor: Tensor | null, options?: BufferOptions): void {
    const asItIs = tensor === null || (tensor instanceof Buffer && options === undefined);
    const buffer = asItIs ? tensor : new Buffer(tensor, options);
    checkMember(this, "buffer", name, buffer);
    this.#set(name, buffer);
  }

  /** Sets the field `name` to a module. Throws as {@link registerParameter}. */
  addModule(name: string, module: AnyModule | null): void {
    checkMember(this, "module", name, module);
    this.#set(name, module);
  }

  /** Another name of {@link addModule}. */
  registerModule(name: string, module: AnyModule | null): void {
    this.addModule(name, module);
  }

  #set(name: string, member: unknown): void {
    this[edits].count++;
    (this as unknown as Record<string, unknown>)[name] = member;
  }

  /** The parameters here and below by path, own ones first; one held in two places comes once. */
  namedParameters(options?: MemberOptions): [string, Parameter][] {
    return traverseParameters(this, options);
  }

  /** {@link namedParameters} without the names. */
  parameters(options?: Pick<MemberOptions, "recurse">): Parameter[] {
    return traverseParameters(this, options).map(([, parameter]) => parameter);
  }

  /** The buffers here and below by path, persistent or not; one held in two places comes once. */
  namedBuffers(options?: MemberOptions): [string, Buffer][] {
    return traverseBuffers(this, options);
  }

  /** {@link namedBuffers} without the names. */
  buffers(options?: Pick<MemberOptions, "recurse">): Buffer[] {
    return traverseBuffers(this, options).map(([, buffer]) => buffer);
  }

  /**
   * This module (under the name `""`) and all below it by path, each before its children and once.
   */
  namedModules(options?: TraversalOptions): [string, Module][] {
    return traverseModules(this as unknown as Module, options);
  }

  /** {@link namedModules} without the names. */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module);
  }

  /** The modules held by this one itself, by name, each once. */
  namedChildren(): [string, Module][] {
    return uniqueChildren(this as unknown as Module);
  }

  /** {@link namedChildren} without the names. */
  children(): Module[] {
    return this.namedChildren().map(([, child]) => child);
  }

  /**
   * The module at a path such as `"features.0"`; `""` is this module.
   * @throws RangeError naming the step that leads nowhere
   */
  getSubmodule(target: string): Module {
    return findModule(this as unknown as Module, target);
  }

  /** The parameter at a path such as `"layer1.weight"`. Throws as {@link getSubmodule}. */
  getParameter(target: string): Parameter {
    return findMember(this, target, "parameter", ownParameters);
  }

  /** The buffer at a path such as `"norm.running_mean"`. Throws as {@link getSubmodule}. */
  getBuffer(target: string): Buffer {
    return findMember(this, target, "buffer", ownBuffers);
  }

  /**
   * Switches this module and all below it to training mode (or, with false, to evaluation), which
   * matters to Dropout and BatchNorm. A subclass may override it to keep a part in evaluation.
   * @throws TypeError if `mode` is no boolean
   */
  train(mode = true): this {
    if (typeof mode !== "boolean") {
      throw refuseGiven(
        "wrong-type",
        "",
        `${className(this)}.train takes true or false`,
        mode,
        "to run an epoch use fit(...)",
      );
    }
    this.training = mode;
    for (const child of this.children()) child.train(mode);
    return this;
  }

  /** `train(false)`. */
  eval(): this {
    return this.train(false);
  }

  /**
   * Calls `fn` with every module below and then with this one: to initialise weights, for example.
   */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn);
    fn(this as unknown as Module);
    return this;
  }

  /** Sets whether gradients are recorded for all parameters here and below: false freezes them. */
  requiresGrad_(flag = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad_(flag);
    return this;
  }

  /**
   * Takes the gradients of all parameters away; with `setToNone: false` they become zeros, if they
   * are there.
   */
  zeroGrad(options: { readonly setToNone?: boolean | undefined } = {}): void {
    checkOptions("zeroGrad", options, ["setToNone"]);
    const { setToNone = true } = options;
    for (const parameter of this.parameters()) {
      const { grad } = parameter;
      if (setToNone) parameter.grad = null;
      // The same tensor, where it has no history: compiled steps that add to it know it.
      else if (grad?.gradFn === null) noGrad(() => grad.zero_());
      else if (grad !== null) parameter.grad = grad.detach().zero_();
    }
  }

  /**
   * Converts all parameters, their gradients and the floating-point buffers here and below, in
   * place: optimizers go on with the same parameters. "cpu" is where they are already.
   * @throws TypeError if it is neither float32 nor float64 @throws RangeError for any other device
   */
  to(target: Destination): this {
    const dtype = requestedDtype(target);
    if (dtype === undefined) return this;
    if (!isFloat(dtype)) {
      throw refuseGiven("wrong-dtype", "", `${className(this)}.to takes "float32", "float64" or "cpu"`, dtype);
    }
    for (const parameter of this.parameters()) parameter.convert(dtype);
    for (const buffer of this.buffers()) buffer.convert(dtype);
    return this;
  }

  /** `to("cpu")`: this module. */
  cpu(): this {
    return this;
  }

  /** `to("float32")`. */
  float(): this {
    return this.to("float32");
  }

  /** `to("float64")`. */
  double(): this {
    return this.to("float64");
  }

  /**
   * The parameters and persistent buffers by path, in PyTorch's order. They share the memory of the
   * module and change with it; `clone()` those that are to stay. `prefix` is put before each key as
   * it is: `{ prefix: "net." }`.
   */
  stateDict(options: { readonly prefix?: string | undefined } = {}): StateDict {
    checkOptions("stateDict", options, ["prefix"]);
    return saveState(this, options.prefix ?? "");
  }

  /**
   * Copies the values of a state dict into the parameters and buffers.
   * @throws Error listing every missing, unexpected, mis-shaped and incompatible key; nothing is
   *   written then. With `strict: false`, missing and unexpected keys are no error but returned.
   * @throws TypeError if `dict` is no object of tensors
   */
  loadStateDict(dict: StateDict, options: LoadOptions = {}): LoadResult {
    return loadState(this, dict, options);
  }

  /** @throws TypeError for JSON.stringify: weights are no JSON */
  toJSON(): never {
    throw refuse(
      "wrong-type",
      "",
      `${className(this)} is a module, which has no JSON`,
      "save module.stateDict() with io.saveSafetensors, copy it with nn.clone(module)",
    );
  }

  /** The module as PyTorch prints it. */
  override toString(): string {
    return formatModule({ name: className(this), extra: this.extraRepr(), children: ownChildren<Callable>(this) });
  }

  [inspect](): string {
    return this.toString();
  }
}
