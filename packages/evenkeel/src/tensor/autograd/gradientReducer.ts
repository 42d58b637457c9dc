import type { Tensor } from "../tensor.ts";
import type { Node } from "./autogradNode.ts";

/**
 * Has a say in the gradients of leaves when a backward pass ends, before any is written: those of
 * several ranks become one. An op brings it along as the attribute `reducer`.
 */
export interface GradientReducer {
  /**
   * Replaces, adds or removes new gradients of leaves; throws if that fails, and nothing is written
   * then.
   * @param calls the attributes of the ops that have brought it along
   * @returns the leaves whose gradient is the whole of `.grad` from now on, instead of being added
   */
  reduce(gradients: Map<Tensor, Tensor>, calls: readonly unknown[]): Iterable<Tensor>;
  /** Called once `.grad` of every leaf has been written. */
  written?(): void;
}

/** The reducers that ops have brought along, in the order of the nodes, each with their attributes. */
export function reducersOf(nodes: Iterable<Node>): Map<GradientReducer, unknown[]> {
  const reducers = new Map<GradientReducer, unknown[]>();
  for (const { attrs } of nodes) {
    const reducer = (attrs as { readonly reducer?: GradientReducer } | undefined)?.reducer;
    if (reducer !== undefined) reducers.set(reducer, [...(reducers.get(reducer) ?? []), attrs]);
  }
  return reducers;
}
