/** What a value is, for messages: numbers, booleans and strings as they are, anything else by its kind. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null || value === undefined)
    return String(value);
  return value.constructor?.name || typeof value;
}

/** Options that were given: an undefined one is as good as left out. */
export function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/**
 * Refuses options that nobody would read: a misspelt one would otherwise do nothing, without a word.
 * @throws TypeError if `options` is no object, or has a key that is not `known`
 */
export function checkOptions(caller: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw noOptions(caller, options, known);
  }
  for (const name in options) {
    if (known.includes(name)) continue;
    // A tensor or a generator in their place has fields of its own.
    if (describe(options) !== "Object") throw noOptions(caller, options, known);
    throw new TypeError(`${caller}: unknown option "${name}", expected ${known.join(", ")}`);
  }
}

function noOptions(caller: string, given: unknown, known: readonly string[]): TypeError {
  return new TypeError(
    `${caller}: the options are ${describe(given)}, expected an object such as { ${known[0]}: ... }`,
  );
}
