import { type Check, describe, instance, mismatch, refuse, wrongShape, wrongType } from "../core/index.ts";
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

export const generators = /* @__PURE__ */ instance(Generator, "a Generator, as new Generator(seed)");

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof (value as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] === "function";

/** Iterable positions, or batches of them. A tensor is iterable, but gives tensors. */
export function iterable<T>(expected: string): Check<T> {
  return {
    expected,
    isKind: (value) => isIterable(value) && !(value instanceof Tensor),
    fits: () => true,
    cure: (value) => (value instanceof Tensor ? "take its numbers with toArray()" : undefined),
  };
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
