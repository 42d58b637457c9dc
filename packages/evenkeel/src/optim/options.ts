import { describe } from "../core/index.ts";

/** Throws if a hyperparameter is not valid; `scheduled`: a schedule has set the rate. */
export type OptionRule = (value: unknown, scheduled: boolean) => void;

/** One rule per hyperparameter: a missing one does not compile. */
export type OptionRules<O> = { readonly [K in keyof O]-?: OptionRule };

/** `what` names the value in the message, as PyTorch does. */
function requireNumber(what: string, value: unknown): asserts value is number {
  if (typeof value !== "number") throw new TypeError(`Invalid ${what}: ${describe(value)}; expected a number`);
}

export function nonNegative(what: string): OptionRule {
  return (value) => {
    requireNumber(what, value);
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`Invalid ${what}: ${value}; expected a finite number of at least 0`);
    }
  };
}

export function finite(what: string): OptionRule {
  return (value) => {
    requireNumber(what, value);
    if (!Number.isFinite(value)) throw new RangeError(`Invalid ${what}: ${value}; expected a finite number`);
  };
}

const [anyRate, givenRate] = [finite("learning rate"), nonNegative("learning rate")];

/** PyTorch looks at a rate when it is given, and never at what a schedule has made of it. */
export const learningRate: OptionRule = (value, scheduled) => (scheduled ? anyRate : givenRate)(value, scheduled);

export function flag(what: string): OptionRule {
  return (value) => {
    if (typeof value !== "boolean") {
      throw new TypeError(`Invalid ${what}: ${describe(value)}; expected true or false`);
    }
  };
}

/** Two numbers in [0, 1): how much of each running average is kept. */
export const betas: OptionRule = (value) => {
  if (!Array.isArray(value) || value.length !== 2) {
    throw new TypeError(`Invalid betas: ${describe(value)}; expected two numbers in [0, 1), as in [0.9, 0.999]`);
  }
  value.forEach((beta: unknown, index) => {
    const what = `beta parameter at index ${index}`;
    requireNumber(what, beta);
    if (!(beta >= 0 && beta < 1)) throw new RangeError(`Invalid ${what}: ${beta}; expected a number in [0, 1)`);
  });
};

/** Options are numbers, words, booleans and lists of them: a copy shares nothing with its source. */
export function copyOptions<O extends object>(options: O): O {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]),
  ) as O;
}
