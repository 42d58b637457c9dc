import { describe, mismatch, refuse, wrongType, wrongValue } from "../../core/index.ts";

/**
 * Reading JSON that may come from anywhere. `at` says where a value stands, for the message:
 * "inputs[2].scale".
 */

/**
 * @throws TypeError unless `value` is an object with exactly these keys of its own, `optional` ones
 *   aside
 */
export function objectAt(
  at: string,
  value: unknown,
  keys: readonly string[],
  optional: readonly string[] = [],
): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongType("", at, value, "an object");
  }
  const missing = keys.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) throw refuse("wrong-type", "", `${at} has no "${missing}"`);
  const unknown = Object.keys(value).find((key) => !keys.includes(key) && !optional.includes(key));
  if (unknown !== undefined) throw refuse("unknown-option", "", `${at} has an unknown key ${describe(unknown)}`);
  return value as Record<string, unknown>;
}

export function listAt(at: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw wrongType("", at, value, "a list");
  return value;
}

export function stringAt(at: string, value: unknown): string {
  if (typeof value !== "string") throw wrongType("", at, value, "a string");
  return value;
}

export function booleanAt(at: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw wrongType("", at, value, "true or false");
  return value;
}

/**
 * @throws TypeError if it is no number
 * @throws RangeError if it is not finite, or not above 0 where it must be
 */
export function numberAt(at: string, value: unknown, { above0 = false } = {}): number {
  if (typeof value !== "number") throw wrongType("", at, value, "a number");
  if (!Number.isFinite(value) || (above0 && value <= 0)) {
    throw wrongValue("", at, value, `a finite number${above0 ? " above 0" : ""}`);
  }
  return value;
}

export function oneOfAt<T extends string | true>(at: string, value: unknown, known: readonly T[]): T {
  if (known.includes(value as T)) return value as T;
  throw wrongValue("", at, value, known.map((text) => JSON.stringify(text)).join(" or "));
}

/**
 * @throws TypeError if it is no list of strings
 * @throws RangeError if one is there twice, or there are fewer than `least`
 */
export function namesAt(at: string, value: unknown, least = 0): readonly string[] {
  const names = listAt(at, value).map((name, i) => stringAt(`${at}[${i}]`, name));
  if (names.length < least) throw mismatch("wrong-value", "", `${at} has ${names.length} items`, `at least ${least}`);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw refuse("wrong-value", "", `${at} has ${describe(name)} twice`);
    seen.add(name);
  }
  return names;
}
