import { describe } from "../core/index.ts";
import { Generator } from "../random/index.ts";
import { Tensor } from "../tensor/index.ts";

/** Checks shared by datasets, samplers and loaders. Each message names who was called, what was given and what was expected. */

/** @throws TypeError if `value` is no number @throws RangeError if it is no whole number of at least `least` */
export function checkWhole(caller: string, name: string, value: unknown, least: number): void {
  if (typeof value !== "number") {
    throw new TypeError(`${caller}: ${name} is ${describe(value)}, expected a whole number of at least ${least}`);
  }
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${caller}: ${name} is ${value}, expected a whole number of at least ${least}`);
  }
}

/** @throws TypeError if `value` is no boolean */
export function checkFlag(caller: string, name: string, value: unknown): void {
  if (typeof value !== "boolean") {
    throw new TypeError(`${caller}: ${name} is ${describe(value)}, expected true or false`);
  }
}

/** @throws TypeError if `value` has no length to draw from */
export function checkSized(caller: string, name: string, value: unknown): void {
  const length = (value as { readonly length?: unknown } | null | undefined)?.length;
  if (typeof value !== "object" || !Number.isSafeInteger(length)) {
    throw new TypeError(`${caller}: ${name} is ${describe(value)}, expected an object with a length, as a Dataset has`);
  }
}

/**
 * An index from the front; negative ones count from the back.
 * @throws RangeError if there is no such item
 */
export function resolveIndex(caller: string, index: number, length: number): number {
  if (!Number.isInteger(index) || index < -length || index >= length) {
    const range = length === 0 ? "it is empty" : `expected a whole number from ${-length} to ${length - 1}`;
    throw new RangeError(`${caller}: index ${describe(index)} is out of range, ${range}`);
  }
  return index < 0 ? index + length : index;
}

/** @throws TypeError if `generator` is given and no Generator */
export function checkGenerator(caller: string, generator: unknown): void {
  if (generator !== undefined && !(generator instanceof Generator)) {
    throw new TypeError(`${caller}: generator is ${describe(generator)}, expected a Generator, as new Generator(seed)`);
  }
}

/**
 * Positions, or batches of them, that can be gone through. A tensor can, but gives tensors.
 * @throws TypeError if they cannot, or are a tensor
 */
export function checkIterable(caller: string, name: string, value: unknown, expected: string): void {
  if (value instanceof Tensor) {
    throw new TypeError(`${caller}: ${name} is a Tensor, expected ${expected}; take its numbers with toArray()`);
  }
  if (typeof (value as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] !== "function") {
    throw new TypeError(`${caller}: ${name} is ${describe(value)}, expected ${expected}`);
  }
}
