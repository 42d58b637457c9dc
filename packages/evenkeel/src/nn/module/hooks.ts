import { refuseGiven } from "../../core/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { type Callable, className, edits } from "./callable.ts";

/** The result of a hook: a replacement, or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: so that a hook may be a function without a return statement
type OrNothing<T> = T | void;

// Types of methods, which are compared both ways: a module with a mask that may be left out is
// still one of a tensor.

/** Runs before `forward`; may return the list of inputs that `forward` is to get instead. */
export type ForwardPreHook<M, In extends unknown[]> = {
  hook(module: M, inputs: In): OrNothing<unknown[]>;
}["hook"];

/** Runs after `forward`; may return another output. */
export type ForwardHook<M, In extends unknown[], Out> = {
  hook(module: M, inputs: In, output: Out): OrNothing<Out>;
}["hook"];

/**
 * Runs when the gradients with respect to the inputs are known; may return others in their place.
 * Both lists have an entry for each input and output; null for an entry that is not a tensor or has
 * no gradient.
 */
export type FullBackwardHook<M> = (module: M, gradInput: Gradients, gradOutput: Gradients) => OrNothing<Gradients>;

export type Gradients = readonly (Tensor | null)[];

/** Takes the hook away again; a second call does nothing. */
export type RemoveHook = () => void;

/** Hooks in the order in which they were registered; the same function may be there twice. */
class HookList<H> {
  readonly #hooks = new Set<{ readonly hook: H }>();

  get size(): number {
    return this.#hooks.size;
  }

  /**
   * Takes a hook of any signature: the lists do not know the module's types, only its methods do.
   */
  add(owner: Callable, hook: (...args: never[]) => unknown): RemoveHook {
    if (typeof hook !== "function") {
      throw refuseGiven("wrong-type", "", `a hook of ${className(owner)} must be a function`, hook);
    }
    const entry = { hook: hook as unknown as H };
    this.#hooks.add(entry);
    owner[edits].count++;
    return () => {
      if (this.#hooks.delete(entry)) owner[edits].count++;
    };
  }

  /** Adds the hooks of another list. */
  addAll(other: HookList<H>): void {
    for (const hook of other.list()) this.#hooks.add({ hook });
  }

  /** A copy, so that a hook may remove itself while they run. */
  list(): H[] {
    return [...this.#hooks].map(({ hook }) => hook);
  }
}

/** Makes a module run the hooks of another, for copies. */
export const takeHooks: unique symbol = Symbol("takeHooks");

/** How many hooks a module has. */
export const hookCount: unique symbol = Symbol("hookCount");

/** The hooks of one module. */
export class ModuleHooks {
  readonly forwardPre = new HookList<ForwardPreHook<Callable, unknown[]>>();
  readonly forward = new HookList<ForwardHook<Callable, unknown[], unknown>>();
  readonly fullBackward = new HookList<FullBackwardHook<Callable>>();

  addAll(other: ModuleHooks): void {
    this.forwardPre.addAll(other.forwardPre);
    this.forward.addAll(other.forward);
    this.fullBackward.addAll(other.fullBackward);
  }

  get size(): number {
    return this.forwardPre.size + this.forward.size + this.fullBackward.size;
  }
}

/** The inputs as the pre-hooks leave them. */
export function runPreHooks<In extends unknown[]>(module: Callable, hooks: ModuleHooks, inputs: In): In {
  let current = inputs;
  for (const hook of hooks.forwardPre.list()) {
    const result = hook(module, current);
    if (result === undefined) continue;
    if (!Array.isArray(result)) {
      throw refuseGiven(
        "wrong-type",
        "",
        `a forward pre-hook of ${className(module)} must return nothing or the list of inputs`,
        result,
        "return [input] for a single one",
      );
    }
    current = result as In;
  }
  return current;
}

/** The output as the forward hooks leave it. */
export function runForwardHooks<Out>(module: Callable, hooks: ModuleHooks, inputs: unknown[], output: Out): Out {
  let current = output;
  for (const hook of hooks.forward.list()) {
    const result = hook(module, inputs, current);
    if (result !== undefined) current = result as Out;
  }
  return current;
}
