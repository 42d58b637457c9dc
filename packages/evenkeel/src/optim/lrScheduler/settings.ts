import {
  check,
  checkOptions,
  checkValue,
  finiteNumber,
  mismatch,
  type PartialOptions,
  flag as trueOrFalse,
  wholeNumber,
  withoutUndefined,
  wrongType,
  wrongValue,
} from "../../core/index.ts";

/** Throws if a setting of a scheduler is invalid. */
export type SettingRule = (owner: string, name: string, value: unknown) => void;

/** One rule per setting: a missing one does not compile. */
export type SettingRules<S> = { readonly [K in keyof S]-?: SettingRule };

export function whole(least: number): SettingRule {
  const wanted = wholeNumber(least);
  return (owner, name, value) => checkValue(owner, name, value, wanted);
}

export const finite: SettingRule = (owner, name, value) => checkValue(owner, name, value, finiteNumber());

export const flag: SettingRule = (owner, name, value) => check(owner, name, value, trueOrFalse());

/** A number that satisfies `holds`; `expected` describes it. */
export const number =
  (expected: string, holds: (value: number) => boolean): SettingRule =>
  (owner, name, value) => {
    if (typeof value === "number" && Number.isFinite(value) && holds(value)) return;
    throw wrongValue(owner, name, value, expected);
  };

export const nonNegative = number("a finite number of at least 0", (value) => value >= 0);
export const positive = number("a finite number above 0", (value) => value > 0);
export const share = number("a number from 0 to 1", (value) => value >= 0 && value <= 1);

export const oneOf =
  (...words: readonly string[]): SettingRule =>
  (owner, name, value) => {
    if (words.includes(value as string)) return;
    const known = words.map((word) => JSON.stringify(word)).join(" or ");
    throw wrongValue(owner, name, value, known);
  };

export const listOf =
  (rule: SettingRule): SettingRule =>
  (owner, name, value) => {
    if (!Array.isArray(value)) throw wrongType(owner, name, value, "a list");
    value.forEach((element: unknown, i) => {
      rule(owner, `${name}[${i}]`, element);
    });
  };

/** Rules from defaults: a number must stay a finite number, a flag a flag, a list a list. */
export function settingsLike<S extends object>(defaults: Partial<S>): SettingRules<S> {
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, ruleLike(value)]),
  ) as SettingRules<S>;
}

function ruleLike(value: unknown): SettingRule {
  if (typeof value === "number") return finite;
  if (typeof value === "boolean") return flag;
  return Array.isArray(value) && value.length > 0 ? listOf(ruleLike(value[0])) : () => {};
}

export function checkSettings<S extends object>(owner: string, settings: S, rules: SettingRules<S>): void {
  for (const name of Object.keys(rules) as (keyof S & string)[]) rules[name](owner, name, settings[name]);
}

/** The options of the user merged with the defaults, checked. */
export function completeSettings<S extends object>(
  owner: string,
  defaults: Partial<S>,
  options: PartialOptions<S>,
  rules: SettingRules<S>,
): S {
  checkOptions(owner, options, Object.keys(rules));
  const settings = { ...defaults, ...withoutUndefined(options) } as S;
  checkSettings(owner, settings, rules);
  return settings;
}

/** One value for each parameter group, from a list of them or from one for all. */
export function perGroup<T>(
  owner: string,
  name: string,
  value: T | readonly T[],
  groups: readonly unknown[],
): readonly T[] {
  if (!Array.isArray(value)) return groups.map(() => value as T);
  checkCount(owner, name, value, groups);
  return value;
}

export function checkCount(owner: string, name: string, list: readonly unknown[], groups: readonly unknown[]): void {
  if (list.length === groups.length) return;
  throw mismatch(
    "wrong-value",
    owner,
    `${name} has ${list.length} values`,
    `${groups.length}, one for each parameter group`,
  );
}
