import { describe, refuse } from "../../core/index.ts";

/** One number for all spatial dimensions, or one for each. */
export type Sizes = number | readonly number[];

const show = (value: unknown) => (Array.isArray(value) ? `[${value.map(describe).join(", ")}]` : describe(value));

/**
 * A size for each of `rank` dimensions.
 * @throws TypeError if it is neither a number nor a list
 * @throws RangeError for a list of another length, or numbers that are not whole or below `least`
 */
export function sizesOf(owner: string, name: string, value: Sizes, rank: number, least: number): number[] {
  const expected = `expected a whole number of at least ${least}, or a list of ${rank}`;
  if (typeof value !== "number" && !Array.isArray(value)) {
    throw refuse("wrong-type", owner, `${name} is ${describe(value)}, ${expected}`);
  }
  const sizes: number[] = typeof value === "number" ? new Array<number>(rank).fill(value) : [...value];
  if (sizes.length === rank && sizes.every((n) => Number.isInteger(n) && n >= least)) return sizes;
  throw refuse("wrong-shape", owner, `${name} is ${show(value)}, ${expected}`);
}

/** A list of the caller's may change. */
export const kept = <T>(size: T): T => (Array.isArray(size) ? ([...size] as T) : size);

/** The names of spatial dimensions, the last `rank` of them. */
export const spatialNames = (rank: number) => (rank === 1 ? ["L"] : ["D", "H", "W"].slice(3 - rank));
