import { refuse, type Shape } from "../../core/index.ts";
import type { Generator } from "../../random/index.ts";

/** A batch that is divided among ranks, for what draws in a network that runs on one of them. */
export interface DrawingDivision {
  /**
   * Runs a draw of values for the rows of this rank, [rows, ...], which are then those that one
   * rank would draw for them in the joined batch. Where it is known that every rank has rows, there
   * may be several values in the place of a row, one after another: those of the members of an
   * ensemble.
   * @param words how many words of the generator each value takes
   * @throws RangeError if the first dimension is not that of the rows
   */
  draw<T>(owner: string, shape: Shape, words: number, generator: Generator, fn: () => T): T;
}

let active: DrawingDivision | undefined;
/** Whether a draw is one of {@link DrawingDivision.draw}. */
let isDrawing = false;

/** The division whose network is running, if there is one. */
export function activeDivision(): DrawingDivision | undefined {
  return active;
}

/** Runs a network on the rows of a rank. */
export function duringDivision<T>(division: DrawingDivision, fn: () => T): T {
  const outer = active;
  active = division;
  try {
    return fn();
  } finally {
    active = outer;
  }
}

/** Runs a draw of {@link DrawingDivision.draw}. */
export function duringDraw<T>(fn: () => T): T {
  isDrawing = true;
  try {
    return fn();
  } finally {
    isDrawing = false;
  }
}

/**
 * Refuses a draw in the network of a division that would give every rank the same numbers, or
 * others than one rank draws.
 */
export function refuseDrawOfRank(op: string): void {
  if (active === undefined || isDrawing) return;
  throw refuse(
    "not-supported",
    op,
    "a draw within DistributedDataParallel would not be that of the joined batch; dropout is",
    "draw before the call and give the network what was drawn for its rows",
  );
}
