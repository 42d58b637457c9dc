import { accumulate } from "./accumulate.ts";
import { exchanges } from "./exchanges.ts";
import { fail } from "./fail.ts";
import { masks } from "./masks.ts";
import { normalize } from "./normalize.ts";
import { overlap } from "./overlap.ts";
import { quarrel } from "./quarrel.ts";
import { disagree, refusals } from "./refusals.ts";
import { train } from "./train.ts";

export type { Accumulating } from "./accumulate.ts";
export type { Normalizing } from "./normalize.ts";
export type { Overlapping } from "./overlap.ts";
export type { Training } from "./train.ts";

/**
 * What ranks do in tests, each in a thread of its own, or one alone in the thread of the test. What
 * they are given and what they return is copied between threads.
 */
export const scenarios = { train, exchanges, normalize, disagree, accumulate, fail, refusals, masks, quarrel, overlap };
