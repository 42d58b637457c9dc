import { describe, guard, mismatch, wrongState } from "../core/index.ts";

/** Throws if a hyperparameter is invalid; `scheduled`: a schedule has set the rate. */
type OptionRule = (value: unknown, scheduled: boolean) => void;

/** One rule per hyperparameter: a missing one does not compile. */
export type OptionRules<O> = { readonly [K in keyof O]-?: OptionRule };

/** `what` names the value in the message, as PyTorch does. */
function requireNumber(what: string, value: unknown): asserts value is number {
  if (typeof value !== "number") throw mismatch("wrong-type", "", `Invalid ${what}: ${describe(value)}`, "a number");
}

export function nonNegative(what: string): OptionRule {
  return (value) => {
    requireNumber(what, value);
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw mismatch("wrong-value", "", `Invalid ${what}: ${value}`, "a finite number of at least 0");
    }
  };
}

export function finite(what: string): OptionRule {
  return (value) => {
    requireNumber(what, value);
    if (!Number.isFinite(value)) throw mismatch("wrong-value", "", `Invalid ${what}: ${value}`, "a finite number");
  };
}

const [anyRate, givenRate] = [finite("learning rate"), nonNegative("learning rate")];

/** PyTorch checks the rate given by the user, but not the rates of a schedule. */
export const learningRate: OptionRule = (value, scheduled) => (scheduled ? anyRate : givenRate)(value, scheduled);

export function flag(what: string): OptionRule {
  return (value) => {
    if (typeof value !== "boolean") {
      throw mismatch("wrong-type", "", `Invalid ${what}: ${describe(value)}`, "true or false");
    }
  };
}

/** Two numbers in [0, 1): the decay rates of the running averages. */
export const betas: OptionRule = (value) => {
  if (!Array.isArray(value) || value.length !== 2) {
    throw mismatch("wrong-type", "", `Invalid betas: ${describe(value)}`, "two numbers in [0, 1), as in [0.9, 0.999]");
  }
  value.forEach((beta: unknown, index) => {
    const what = `beta parameter at index ${index}`;
    requireNumber(what, beta);
    if (!(beta >= 0 && beta < 1)) throw mismatch("wrong-value", "", `Invalid ${what}: ${beta}`, "a number in [0, 1)");
  });
};

/**
 * Options are numbers, words, booleans and lists of them: a copy shares nothing with its source.
 */
export function copyOptions<O extends object>(options: O): O {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]),
  ) as O;
}

/** Rules from defaults: a number must stay a number, a flag a flag, a list a list. */
export function rulesLike<O extends object>(defaults: Partial<O>): OptionRules<O> {
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, ruleLike(name, value)]),
  ) as OptionRules<O>;
}

function ruleLike(name: string, value: unknown): OptionRule {
  if (typeof value === "boolean") return flag(name);
  if (typeof value === "number") return (given) => requireNotNaN(name, given);
  if (!Array.isArray(value)) return () => {};
  const rules = value.map((element, i) => ruleLike(`${name}[${i}]`, element));
  return (given) => {
    if (!Array.isArray(given)) throw mismatch("wrong-type", "", `Invalid ${name}: ${describe(given)}`, "a list");
    for (const [i, element] of given.entries()) rules[i]?.(element, false);
  };
}

function requireNotNaN(what: string, value: unknown): void {
  requireNumber(what, value);
  if (Number.isNaN(value)) throw mismatch("wrong-value", "", `Invalid ${what}: NaN`, "a number");
}

/** @throws Error if an option is missing that has a rule */
export function checkComplete<O extends object>(owner: string, options: Partial<O>, rules: OptionRules<O>): void {
  for (const name in rules) {
    if (options[name] !== undefined) continue;
    throw wrongState(
      "",
      `parameter group didn't specify a value of required optimization parameter ${name}`,
      `give it in the group or to ${owner}`,
    );
  }
}

/** Applies the rules to the given options. */
export function checkRules<O extends object>(options: Partial<O>, rules: OptionRules<O>, scheduled: boolean): void {
  for (const name in rules) if (options[name] !== undefined) rules[name](options[name], scheduled);
}

/** Guards options that are read as plain values. Lists are compared by their items. */
export function guardOptions(group: object, names: readonly string[]): void {
  guard(group, names);
  const options = group as Readonly<Record<string, unknown>>;
  for (const name of names) {
    const isList = Array.isArray(options[name]) && name !== "params";
    if (isList)
      guard({
        get [name]() {
          return String(options[name]);
        },
      });
  }
}
