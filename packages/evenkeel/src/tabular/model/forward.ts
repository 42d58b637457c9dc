import type { NdArray } from "../../core/index.ts";
import type { EnsembleMeanLayer, Layer } from "./layers.ts";

/** Lines that go through the hidden layers at a time, each a row as one member sees it. */
const blockLines = 256;

/**
 * Rows that go through the layers at a time. Compiled code always computes as many, the last ones
 * for nothing: the order of a sum depends on the sizes of the product that it is part of, and a row
 * is to get the same bits in any company.
 */
export const blockRows = (members: number): number => Math.floor(blockLines / members);

/** Arrays by the name that they have in the network's state dict. */
export type State = Readonly<Record<string, NdArray>>;

/** What a {@link Forward} runs. */
export interface ForwardPlan {
  readonly layers: readonly (Layer | EnsembleMeanLayer)[];
  /** How many rows go through at a time; see {@link blockRows}. */
  readonly rows: number;
  /** The width of what the first layer is given. */
  readonly inputs: number;
}

/** Runs the layers of a network in eval mode: without a tensor, a graph or a gradient. */
export interface Forward {
  /** [rows, inputs], to be filled before {@link run}. */
  readonly input: Float32Array;
  /** [rows, outputs], as {@link run} left it. */
  readonly output: Float32Array;
  /** Makes the first {@link run} as fast as the others, in the background. */
  prepare(): Promise<void>;
  /** Computes the output of the first `rows` rows of the input. */
  run(rows: number): void;
}
