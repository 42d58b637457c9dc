import { getRngState, type nn, setRngState } from "evenkeel";
import { updateBatchNorm } from "evenkeel/train";
import { copyOf, isBatchNorm } from "./network.ts";
import { heldOutError } from "./observer.ts";
import type { PreparedRows, Rows } from "./rows.ts";
import type { Trainer } from "./trainer.ts";

/** Held-out errors in eval mode of the same weights, with two kinds of running statistics. */
export interface Recomputed {
  readonly step: number;
  /** The training rows that the statistics were recomputed over. */
  readonly rows: number;
  /** With the running statistics of the training. */
  readonly before: number;
  /** With those of all training rows. */
  readonly after: number;
}

/** In each pass, so that wide networks and long tables fit the memory. */
const rowsAtOnce = 2048;

/**
 * What `updateBatchNorm` over the training rows does to the error. It works on a copy, so the curves
 * never depend on when a button was pressed. Undefined for a network without running statistics.
 */
export function recompute(trainer: Trainer, prepared: PreparedRows): Recomputed | undefined {
  const copy = copyOf(trainer.network);
  if (!copy.modules().some((module) => isBatchNorm(module as nn.AnyModule))) return undefined;
  copy.eval();
  const error = () => heldOutError((x) => copy.forward(x), prepared);
  const before = error();
  const [x, y] = prepared.train;
  const parts = x.split(rowsAtOnce);
  const targets = y.split(rowsAtOnce);
  const batches: Rows[] = parts.map((part, i) => [part, targets[i]]);
  // Where there is dropout the pass draws masks; the training goes on with those that it would have had.
  const state = getRngState();
  const { rows } = updateBatchNorm(copy, batches);
  setRngState(state);
  return { step: trainer.step, rows, before, after: error() };
}
