import type { Tensor } from "../tensor.ts";
import type { Edge, Node } from "./autogradNode.ts";

/** Looks at a backward pass, to exchange the gradients of leaves as soon as they are final. */
export interface GradientWatch {
  /** A node has given the gradients that it has to give. */
  passed(node: Node, totals: ReadonlyMap<Edge, Tensor>): void;
  /** Whether the gradient of a leaf may not change any more. */
  isFinal(leaf: Tensor): boolean;
  /** The pass has failed. */
  abandon(): void;
}

/**
 * Has a say in the gradients of leaves when a backward pass ends, before any is written: those of
 * several ranks become one. An op brings it along as the attribute `reducer`.
 */
export interface GradientReducer {
  /**
   * Called at the beginning of a backward pass that is not recorded and has no other reducer.
   * @returns who looks at the pass, if anybody wants to
   */
  watch?(nodes: Iterable<Node>, calls: readonly unknown[]): GradientWatch | undefined;
  /**
   * Replaces, adds or removes new gradients of leaves; throws if that fails, and nothing is written
   * then.
   * @param calls the attributes of the ops that have brought it along
   * @param watch what `watch` has returned for this pass
   * @returns the leaves whose gradient is the whole of `.grad` from now on, instead of being added
   */
  reduce(gradients: Map<Tensor, Tensor>, calls: readonly unknown[], watch?: GradientWatch): Iterable<Tensor>;
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
