import { describe } from "../../core/index.ts";

/** One number for all spatial dimensions, or one for each. */
export type Sizes = number | readonly number[];

/**
 * A size for each of `rank` dimensions.
 * @throws RangeError unless they are whole numbers of at least `least`, one or `rank` of them
 */
export function sizesOf(owner: string, name: string, value: Sizes, rank: number, least: number): readonly number[] {
  const sizes = Array.isArray(value) ? (value as readonly number[]) : new Array<number>(rank).fill(value as number);
  if (sizes.length === rank && sizes.every((n) => Number.isInteger(n) && n >= least)) return [...sizes];
  const given = Array.isArray(value) ? `[${sizes.map(describe).join(", ")}]` : describe(value);
  const several = rank === 1 ? "" : ` or ${rank} of them, one per dimension`;
  throw new RangeError(`${owner}: ${name} is ${given}, expected a whole number of at least ${least}${several}`);
}

/** Sizes as Python prints a tuple of them. */
export const formatTuple = (sizes: readonly number[]) => `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;

/** The names of spatial dimensions, the last `rank` of them. */
export const spatialNames = (rank: number) => (rank === 1 ? ["L"] : ["D", "H", "W"].slice(3 - rank));
