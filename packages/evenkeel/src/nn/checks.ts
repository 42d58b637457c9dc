import { describe } from "../core/index.ts";

/** Checks of constructor arguments. Each message names the layer, what was given and what was expected. */

export function checkWholeNumber(owner: string, name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`${owner}: ${name} is ${describe(value)}, expected a whole number of at least ${least}`);
  }
}

export function checkFinite(owner: string, name: string, value: number): void {
  if (!Number.isFinite(value))
    throw new RangeError(`${owner}: ${name} is ${describe(value)}, expected a finite number`);
}

/** A dimension counts from the front, or from the back if negative; which ones there are is known at the call. */
export function checkDim(owner: string, dim: number, name = "dim"): void {
  if (!Number.isInteger(dim)) {
    throw new RangeError(`${owner}: ${name} is ${describe(dim)}, expected a whole number such as 1 or -1`);
  }
}
