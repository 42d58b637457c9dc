import { hasPictures, type Setup } from "../state/setup.ts";

/** The result of a training at one learning rate. */
export interface RateResult {
  readonly lr: number;
  /** Held-out error in eval mode at the end; infinite if the training diverged. */
  readonly error: number;
}

/** How long each training of the strip is at most. A step on pictures takes as long as dozens on a table. */
const mostSteps = { table: 500, pictures: 100 } as const;

/** How long each training of the strip is. */
export function rateSteps(setup: Pick<Setup, "table" | "steps">): number {
  return Math.min(mostSteps[hasPictures(setup) ? "pictures" : "table"], setup.steps);
}

/** The rates of the strip: four for each power of ten. */
export const rates: readonly number[] = Array.from({ length: 16 }, (_, i) =>
  Number((10 ** (-4 + i / 4)).toPrecision(2)),
);
