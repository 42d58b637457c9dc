import type { Tensor } from "../tensor/index.ts";

/**
 * The state of an optimizer for one parameter, under PyTorch's names (`exp_avg`,
 * `momentum_buffer`). The tensors are written in place, because compiled programs refer to them.
 */
export interface ParamState {
  [name: string]: Tensor;
}

/**
 * State by parameter. Counts its changes, so that a compiled step can detect that the tensors it
 * refers to are no longer the optimizer's: entries that are set, deleted or cleared, and replaced
 * tensors.
 */
export class ParamStates extends Map<Tensor, ParamState> {
  changes = 0;
  /** The states whose tensors are watched. */
  readonly #watched = new WeakSet<ParamState>();

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

  /** The state of a parameter, with a tensor for each name; those that are missing are made. */
  complete(param: Tensor, names: readonly string[], make: (name: string) => Tensor): ParamState {
    const known = this.get(param);
    const state: ParamState = known ?? {};
    if (known === undefined) {
      this.#watched.add(state);
      this.set(param, state);
    }
    for (const name of names) {
      if (state[name] !== undefined) continue;
      if (this.#watched.has(state)) this.#define(state, name, make(name));
      else state[name] = make(name);
    }
    return state;
  }

  #define(state: ParamState, name: string, first: Tensor): void {
    let tensor = first;
    const set = (other: Tensor) => {
      tensor = other;
      this.changes++;
    };
    Object.defineProperty(state, name, { get: () => tensor, set, enumerable: true, configurable: true });
  }

  /** States that user code has set, as plain objects: a replaced tensor in them is not observed. */
  unwatched(): ParamState[] {
    return [...this.values()].filter((state) => !this.#watched.has(state));
  }
}
