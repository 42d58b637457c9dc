import {
  type Check,
  check,
  type Declaration,
  finiteNumber,
  flag,
  guard,
  listOf,
  numberAtLeast,
  share,
  wrongState,
} from "../core/index.ts";

/** One declaration for each hyperparameter: a missing one does not compile. */
export type Hyperparameters<O> = { readonly [K in keyof O]-?: Declaration<O[K]> };

export const learningRate: Check<number> = /* @__PURE__ */ numberAtLeast(0);

/** PyTorch checks the rate given by the user, but not the rates of a schedule. */
export function currentRate(scheduled: boolean): Check<number> {
  return scheduled ? finiteNumber() : learningRate;
}

const isPair = (value: unknown) => Array.isArray(value) && value.length === 2;

/** The decay rates of the running averages. */
export const decayRates = /* @__PURE__ */ Object.assign(
  listOf(share("number"), "two numbers from 0 up to, but not including, 1, as in [0.9, 0.999]"),
  { isKind: isPair },
) as Check<readonly [number, number]>;

/** Any number but NaN: infinite bounds are of use. */
export const notNaN: Check<number> = {
  expected: "a number",
  isKind: (value) => typeof value === "number",
  fits: (value) => !Number.isNaN(value),
};

const anything: Check = { expected: "a value", isKind: () => true, fits: () => true };

/**
 * Options are numbers, words, booleans and lists of them: a copy shares nothing with its source.
 */
export function copyOptions<O extends object>(options: O): O {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]),
  ) as O;
}

/** Declarations from defaults: a number must stay a number, a flag a flag, a list a list. */
export function declaredLike<O extends object>(defaults: Partial<O>, number: Check<number>): Hyperparameters<O> {
  const entries = Object.entries(defaults).map(([name, value]) => [name, { check: checkLike(value, number) }]);
  return Object.fromEntries(entries) as Hyperparameters<O>;
}

function checkLike(value: unknown, number: Check<number>): Check {
  if (typeof value === "number") return number as Check;
  if (typeof value === "boolean") return flag() as Check;
  if (!Array.isArray(value)) return anything;
  const isUniform = value.length > 0 && value.every((item) => typeof item === typeof value[0]);
  return listOf(isUniform ? checkLike(value[0], number) : anything, "a list") as Check;
}

/** @throws Error if a declared option is missing */
export function checkComplete<O extends object>(
  owner: string,
  options: Partial<O>,
  declared: Hyperparameters<O>,
): void {
  for (const name in declared) {
    if (options[name] !== undefined) continue;
    throw wrongState(
      "",
      `parameter group didn't specify a value of required optimization parameter ${name}`,
      `give it in the group or to ${owner}`,
    );
  }
}

/** Checks the options that are given; `scheduled`: a schedule has set the rate. */
export function checkGiven<O extends object>(
  owner: string,
  options: Partial<O>,
  declared: Hyperparameters<O>,
  scheduled: boolean,
): void {
  for (const option in declared) {
    const wanted: unknown = declared[option].check;
    if (options[option] === undefined) continue;
    check(owner, { option }, options[option], wanted === learningRate ? currentRate(scheduled) : (wanted as Check));
  }
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
