/** Checks of constructor arguments. Each message names the layer, what was given and what was expected. */

export function checkWholeNumber(owner: string, name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`${owner}: ${name} is ${show(value)}, expected a whole number of at least ${least}`);
  }
}

export function checkFinite(owner: string, name: string, value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`${owner}: ${name} is ${show(value)}, expected a finite number`);
}

/** A dimension counts from the front, or from the back if negative; which ones there are is known at the call. */
export function checkDim(owner: string, dim: number, name = "dim"): void {
  if (!Number.isInteger(dim)) {
    throw new RangeError(`${owner}: ${name} is ${show(dim)}, expected a whole number such as 1 or -1`);
  }
}

/** Catches `new Linear(9, 50, false)` and misspelt options, which plain JavaScript would ignore without a word. */
export function checkOptions(owner: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${owner}: the options are ${show(options)}, expected an object such as { ${known[0]}: ... }`);
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new TypeError(`${owner}: unknown option ${JSON.stringify(unknown)}, expected ${known.join(", ")}`);
  }
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
