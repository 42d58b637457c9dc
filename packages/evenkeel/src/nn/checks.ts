import { describe } from "../core/index.ts";
import { Tensor } from "../tensor/index.ts";

/** Checks of arguments. Each message names the layer or function, what was given and what was expected. */

export function requireTensor(owner: string, name: string, value: unknown): asserts value is Tensor {
  if (value instanceof Tensor) return;
  throw new TypeError(`${owner}: ${name} is ${describe(value)}, expected a Tensor; wrap arrays with tensor(...)`);
}

export function checkWholeNumber(owner: string, name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`${owner}: ${name} is ${describe(value)}, expected a whole number of at least ${least}`);
  }
}

export function checkFinite(owner: string, name: string, value: number): void {
  if (!Number.isFinite(value))
    throw new RangeError(`${owner}: ${name} is ${describe(value)}, expected a finite number`);
}

export function checkFlag(owner: string, name: string, value: boolean): void {
  if (typeof value !== "boolean") {
    throw new TypeError(`${owner}: ${name} is ${describe(value)}, expected true or false`);
  }
}

/** A dimension counts from the front, or from the back if negative; which ones there are is known at the call. */
export function checkDim(owner: string, dim: number, name = "dim"): void {
  if (!Number.isInteger(dim)) {
    throw new RangeError(`${owner}: ${name} is ${describe(dim)}, expected a whole number such as 1 or -1`);
  }
}
