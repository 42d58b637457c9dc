import type { Tensor } from "../tensor/index.ts";

/**
 * What an optimizer keeps for one parameter, under PyTorch's names (`exp_avg`, `momentum_buffer`). The tensors are written
 * in place, so that a compiled program, which refers to them, goes on with what they hold.
 */
export interface ParamState {
  [name: string]: Tensor;
}

/**
 * State by parameter. Counts its changes, so that a compiled step can tell that the tensors it refers to are not the
 * optimizer's any more: entries that are set, deleted or cleared, and tensors that are put in the place of others.
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

  /** States that somebody else has set, as plain objects: nobody is told when a tensor of theirs is replaced. */
  unwatched(): ParamState[] {
    return [...this.values()].filter((state) => !this.#watched.has(state));
  }
}
