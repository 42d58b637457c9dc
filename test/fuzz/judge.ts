import type { TypedArray } from "evenkeel";
import { ulp32 } from "./noise.ts";
import type { Observation } from "./run.ts";

/** How two runs of a composition compare. */
export interface Difference {
  readonly label: string;
  readonly what: string;
}

/**
 * The first thing in which runs differ beyond rounding. `allowed` gives, for the observation at a
 * position, how far numbers may be apart; without it they must be the same to the bit.
 */
export function firstDifference(
  actual: readonly Observation[],
  expected: readonly Observation[],
  allowed?: (position: number) => number,
): Difference | undefined {
  for (let i = 0; i < Math.max(actual.length, expected.length); i++) {
    const [a, e] = [actual[i], expected[i]];
    if (a?.label !== e?.label)
      return {
        label: (e ?? a).label,
        what: `${a?.label ?? "nothing"} stands in the place of ${e?.label ?? "nothing"}`,
      };
    if (a.dtype !== e.dtype || String(a.shape) !== String(e.shape)) {
      return { label: a.label, what: `${a.dtype} [${a.shape}], expected ${e.dtype} [${e.shape}]` };
    }
    const bound = allowed === undefined || e.exact ? 0 : allowed(i);
    const at = farther(a.data, e.data, bound);
    if (at >= 0) return { label: a.label, what: `element ${at} is ${a.data[at]}, expected ${e.data[at]} +- ${bound}` };
  }
  return undefined;
}

/**
 * The first position where numbers are farther apart than that, or -1. Equal infinities and two NaN
 * are not apart.
 */
function farther(a: TypedArray, e: TypedArray, bound: number): number {
  // Where float32 overflows and float64 does not, any number may come out.
  if (bound === Infinity) return -1;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], e[i]) || a[i] === e[i]) continue;
    if (!(Math.abs(a[i] - e[i]) <= bound)) return i;
  }
  return -1;
}

/** The largest finite magnitude. */
export function largest(data: TypedArray): number {
  let most = 0;
  for (const value of data) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}

/** The largest distance, or Infinity where one is finite and the other is not. */
export function distance(a: TypedArray, b: TypedArray): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue;
    const apart = Math.abs(a[i] - b[i]);
    most = Math.max(most, Number.isNaN(apart) ? Infinity : apart);
  }
  return most;
}

/**
 * Ops that compute in double leave a few of its ulps where terms of the size of 1 cancel, in either
 * run.
 */
const tiny = 2 ** -48;

/** A few ulps of the largest number of a tensor: what nobody needs to ask about. */
export const few = ({ data }: Observation, ulp = ulp32): number => 4 * ulp * largest(data) + tiny;
