import { describe, mismatch, refuse } from "../core/index.ts";

/**
 * An iterator over a loader or any other iterable, for `next`: Python's `iter`. A `for` loop needs
 * none.
 *
 * @example
 * const [x, y] = next(iter(loader)); // the first batch
 * @throws TypeError if it is no iterable
 */
export function iter<T>(iterable: Iterable<T>): Iterator<T> {
  if (typeof iterable?.[Symbol.iterator] === "function") return iterable[Symbol.iterator]();
  throw mismatch("wrong-type", "iter", `${describe(iterable)} is no iterable`, "a DataLoader or a list");
}

/**
 * The next item of an iterator: Python's `next`.
 * @throws TypeError if it is no iterator @throws RangeError if there is none left, unless
 *   `fallback` is given to be returned
 */
export function next<T>(iterator: Iterator<T>, ...fallback: [fallback: T] | []): T {
  if (typeof iterator?.next !== "function") {
    throw mismatch("wrong-type", "next", `${describe(iterator)} is no iterator`, "one made by iter(loader)");
  }
  const { done, value } = iterator.next();
  if (!done) return value;
  if (fallback.length > 0) return fallback[0] as T;
  throw refuse(
    "wrong-value",
    "next",
    "the iterator has no further item",
    "make a new one with iter(loader), or use a for loop",
  );
}
