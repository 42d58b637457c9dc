import { describe, mismatch, refuse, wrongShape, wrongType } from "../core/index.ts";
import { Generator } from "../random/index.ts";
import { Tensor } from "../tensor/index.ts";

/**
 * Checks shared by datasets, samplers and loaders. Each message names who was called, what was
 * given and what was expected.
 */

/** @throws TypeError if `value` has no length to draw from */
export function checkSized(caller: string, name: string, value: unknown): void {
  const length = (value as { readonly length?: unknown } | null | undefined)?.length;
  if (typeof value !== "object" || !Number.isSafeInteger(length)) {
    throw wrongType(caller, name, value, "an object with a length, as a Dataset has");
  }
}

/**
 * An index from the front; negative ones count from the back.
 * @throws RangeError if there is no such item
 */
export function resolveIndex(caller: string, index: number, length: number): number {
  if (!Number.isInteger(index) || index < -length || index >= length) {
    const range = length === 0 ? "it is empty" : `expected a whole number from ${-length} to ${length - 1}`;
    throw refuse("wrong-value", caller, `index ${describe(index)} is out of range, ${range}`);
  }
  return index < 0 ? index + length : index;
}

/** @throws TypeError if `generator` is given and no Generator */
export function checkGenerator(caller: string, generator: unknown): void {
  if (generator !== undefined && !(generator instanceof Generator)) {
    throw wrongType(caller, "generator", generator, "a Generator, as new Generator(seed)");
  }
}

/**
 * Iterable positions, or batches of them. A tensor is iterable, but gives tensors.
 * @throws TypeError if they are not iterable, or a tensor
 */
export function checkIterable(caller: string, name: string, value: unknown, expected: string): void {
  if (value instanceof Tensor) {
    throw mismatch("wrong-type", caller, `${name} is a Tensor`, expected, "take its numbers with toArray()");
  }
  if (typeof (value as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] !== "function") {
    throw wrongType(caller, name, value, expected);
  }
}

/**
 * Numbers as PyTorch takes them too: a list, or a tensor of one dimension such as `randperm(10)`.
 */
export type Numbers = Iterable<number> | Tensor;

/**
 * A copy of the numbers.
 * @throws TypeError if `values` is neither, or a mask of booleans @throws RangeError if a tensor
 *   has other dimensions
 */
export function listNumbers(caller: string, name: string, values: Numbers): number[] {
  if (values instanceof Tensor) {
    if (values.dtype === "bool") {
      throw mismatch("wrong-dtype", caller, `${name} is a tensor of dtype bool`, "numbers, not a mask");
    }
    if (values.ndim !== 1) {
      throw wrongShape(caller, name, values.shape, "one dimension");
    }
    return Array.from(values.data);
  }
  if (typeof values !== "object" || typeof values?.[Symbol.iterator] !== "function") {
    throw wrongType(caller, name, values, "a list of numbers or a tensor of them");
  }
  return Array.from(values);
}
