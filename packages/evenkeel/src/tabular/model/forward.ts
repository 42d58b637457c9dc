import type { NdArray } from "../../core/index.ts";

/**
 * Rows that go through the layers at a time. Compiled code always computes as many, the last ones
 * for nothing: the order of a sum depends on the sizes of the product that it is part of, and a row
 * is to get the same bits in any company.
 */
export const blockRows = 256;

/** Arrays by the name that they have in the network's state dict. */
export type State = Readonly<Record<string, NdArray>>;

/** Runs the layers of a network in eval mode: without a tensor, a graph or a gradient. */
export interface Forward {
  /** [blockRows, inputs], to be filled before {@link run}. */
  readonly input: Float32Array;
  /** [blockRows, outputs], as {@link run} left it. */
  readonly output: Float32Array;
  /** Makes the first {@link run} as fast as the others, in the background. */
  prepare(): Promise<void>;
  /** Computes the output of the first `rows` rows of the input. */
  run(rows: number): void;
}
