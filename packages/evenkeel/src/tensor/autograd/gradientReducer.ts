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
   * @returns the leaves whose gradient is the whole of `.grad` from now on, instead of being added
   */
  reduce(gradients: Map<Tensor, Tensor>): Iterable<Tensor>;
  /** Called once `.grad` of every leaf has been written. */
  written?(): void;
}

/** The reducer that an op has brought along, if it has. */
export function reducerOf({ attrs }: Node): GradientReducer | undefined {
  return (attrs as { readonly reducer?: GradientReducer } | undefined)?.reducer;
}
