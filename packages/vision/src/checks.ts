import { type Problem, problemError } from "evenkeel";

/** What a value is, for messages. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" && typeof value !== "function") return String(value);
  return value === null ? "null" : value.constructor?.name || typeof value;
}

/** @throws TypeError if the options are no object, or one is unknown: a misspelt one would do nothing, without a word */
export function checkOptions(caller: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(
      `${caller}: the options are ${describe(options)}, expected an object such as { ${known[0]}: ... }`,
    );
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new TypeError(`${caller}: unknown option "${name}", expected ${known.join(", ")}`);
  }
}

/**
 * A size given as one number for both, or as [height, width].
 * @throws RangeError for anything but whole numbers of at least `least`
 */
export function pair(caller: string, name: string, value: number | readonly number[], least = 1): [number, number] {
  const list = typeof value === "number" ? [value, value] : value;
  const valid = Array.isArray(list) && list.length === 2 && list.every((n) => Number.isSafeInteger(n) && n >= least);
  if (!valid) {
    const given = Array.isArray(value) ? `[${value.join(", ")}]` : describe(value);
    throw new RangeError(
      `${caller}: ${name} is ${given}, expected a whole number of at least ${least}, or two as [height, width]`,
    );
  }
  return [list[0], list[1]];
}

/** A file or a folder that cannot be used, for the caller to throw: "caller: statement, expected …; cure". */
export function unusable(
  caller: string,
  statement: string,
  { expected, cure, cause }: { readonly expected?: string; readonly cure?: string; readonly cause?: unknown } = {},
): Error {
  const rest = { ...(expected !== undefined && { expected }), ...(cure !== undefined && { cure }) };
  const problem: Problem = { code: "damaged-file", where: { caller }, statement, ...rest };
  const error = problemError(problem);
  return cause === undefined ? error : Object.assign(error, { cause });
}

/** Why something did not work, for a message. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
