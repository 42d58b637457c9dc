import {
  check,
  checkOptions,
  type GivenOptions,
  mismatch,
  type OptionValue,
  type PartialOptions,
  withoutUndefined,
} from "../../core/index.ts";
import type { Hyperparameters } from "../options.ts";

/**
 * The options of a scheduler some of whose settings are lists, as a caller gives them: one value
 * may apply to all parameter groups.
 */
export type OneForAll<D> = {
  readonly [K in keyof GivenOptions<D>]:
    | GivenOptions<D>[K]
    | (K extends keyof D ? (OptionValue<D, K> extends readonly (infer T)[] ? T : never) : never);
};

export function checkSettings<S extends object>(owner: string, settings: S, declared: Hyperparameters<S>): void {
  for (const option in declared) check(owner, { option }, settings[option], declared[option].check);
}

/** The options of the user merged with the defaults, checked. */
export function completeSettings<S extends object>(
  owner: string,
  defaults: Partial<S>,
  options: PartialOptions<S>,
  declared: Hyperparameters<S>,
): S {
  checkOptions(owner, options, Object.keys(declared));
  const settings = { ...defaults, ...withoutUndefined(options) } as S;
  checkSettings(owner, settings, declared);
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
