import { describe, isPlainObject } from "./given.ts";
import { mismatch, problemError } from "./problem.ts";

/** Options of which each may be left out, or be undefined, which says the same. */
export type PartialOptions<O> = { [K in keyof O]?: O[K] | undefined };

/** Options with their defaults. */
export type CompleteOptions<O> = { [K in keyof O]-?: Exclude<O[K], undefined> };

/** What is left of an object without its undefined properties. */
export type WithoutUndefined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The options that were given: an undefined one counts as left out. */
export function withoutUndefined<T extends object>(options: T): WithoutUndefined<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as WithoutUndefined<T>;
}

/**
 * Refuses options that no code reads: a misspelt one would be silently ignored.
 * @param path the prefix of a name if the options are an option's value: "network."
 * @throws TypeError if `options` is not an object, or has a key that is not in `known`
 */
export function checkOptions(caller: string, options: unknown, known: readonly string[], path = ""): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw noOptions(caller, options, known);
  }
  for (const name in options) {
    if (known.includes(name)) continue;
    // A tensor or a generator in place of options has other fields.
    if (!isPlainObject(options)) throw noOptions(caller, options, known);
    const statement = `unknown option ${JSON.stringify(path + name)}`;
    const where = { caller, option: path + name };
    throw problemError({ code: "unknown-option", where, statement, expected: known.join(", ") });
  }
}

function noOptions(caller: string, options: unknown, known: readonly string[]): Error {
  const statement = `the options are ${describe(options)}`;
  const expected = `an object such as { ${known[0]}: ... }`;
  return mismatch("wrong-type", caller, statement, expected);
}
