import { wrongValue } from "evenkeel/problem";

/**
 * A size given as one number for both, or as [height, width].
 * @throws RangeError for anything but whole numbers of at least `least`
 */
export function pair(caller: string, name: string, value: number | readonly number[], least = 1): [number, number] {
  const list = typeof value === "number" ? [value, value] : value;
  const valid = Array.isArray(list) && list.length === 2 && list.every((n) => Number.isSafeInteger(n) && n >= least);
  if (!valid) {
    throw wrongValue(caller, name, value, `a whole number of at least ${least}, or two as [height, width]`);
  }
  return [list[0], list[1]];
}
