import { type Check, type Checked, check, plainObject } from "./checks.ts";
import { checkOptions, withoutUndefined } from "./options.ts";
import { refuse } from "./problem.ts";

/**
 * An option, declared once: its type, the list of known options, the messages about wrong values
 * and its default are derived from it. The docstring above it says what it does; the types that are
 * derived from it keep it.
 */
export interface Declaration<T = unknown> {
  /** The check of its value. */
  readonly check: Check<T>;
  /** The default, if it is a constant. */
  readonly default?: T;
  /** Whether it must be given. */
  readonly required?: true;
  /** The nested options, if its value is, or can be, an object of options itself. */
  readonly options?: Declarations;
}

/** The declared options of a function, by name. */
export type Declarations = Readonly<Record<string, Declaration>>;

/** Declares an option that must be given. */
export function required<T>(check: Check<T>): { readonly check: Check<T>; readonly required: true } {
  return { check, required: true };
}

/** Declares an option that may be left out, and its default if it is a constant. */
export function optional<T>(check: Check<T>): { readonly check: Check<T> };
export function optional<T>(check: Check<T>, value: NoInfer<T>): { readonly check: Check<T>; readonly default: T };
export function optional<T>(check: Check<T>, value?: T): Declaration<T> {
  return value === undefined ? { check } : { check, default: value };
}

/**
 * An option that commands and pages show too: the flags of the command, their help, completion and
 * the tables of the documentation are derived from it as well.
 */
export interface Option<T = unknown> extends Declaration<T> {
  /** Its effect, in whole sentences: editors, `--help` and the documentation show it. */
  readonly help: string;
  /** The effect of false, in a sentence, if the command has a flag for it. */
  readonly off?: string;
  /** How the default follows from the data or from other options, if it is not a constant. */
  readonly defaultText?: string;
  readonly options?: Options;
}

/** The options of a function that commands and pages show, by name. */
export type Options = Readonly<Record<string, Option>>;

/** The type of an option's value. */
export type OptionValue<D, K extends keyof D> = D[K] extends { readonly check: infer C } ? Checked<C> : never;

/** The values of all options. */
export type OptionValues<D> = { [K in keyof D]: OptionValue<D, K> };

type RequiredNames<D> = { [K in keyof D]: D[K] extends { readonly required: true } ? K : never }[keyof D];

type NamesWithDefault<D> = { [K in keyof D]: D[K] extends { readonly default: unknown } ? K : never }[keyof D];

/** The options as a caller gives them: those that are not required may be left out. */
export type GivenOptions<D> = [RequiredNames<D>] extends [never]
  ? GroupValue<D> // an intersection with {} would let numbers and strings pass
  : GroupValue<D> & Readonly<Pick<OptionValues<D>, RequiredNames<D>>>;

/** Options with their defaults; those that have none may still be absent. */
export type ResolvedOptions<D> = GivenOptions<D> & Readonly<Pick<OptionValues<D>, NamesWithDefault<D>>>;

/** Declares one option; its default must be of the type that its check lets through. */
export function option<T, const D extends Partial<Omit<Option<T>, "check">>>(
  declared: { readonly check: Check<T>; readonly help: string; readonly default?: NoInfer<T> } & D,
): D & Option<T> {
  return declared;
}

/** Declares an option whose value is an object of options. */
export function group<D extends Options>(
  options: D,
  {
    expected = "an object",
    ...rest
  }: { readonly help: string; readonly expected?: string; readonly defaultText?: string },
): Option<GroupValue<D>> & { readonly options: D } {
  return { check: plainObject<GroupValue<D>>(expected), options, ...rest };
}

/** An object of options, each of which may be left out. */
export type GroupValue<D> = { readonly [K in keyof D]?: OptionValue<D, K> | undefined };

/**
 * Checks the given options against the declared ones, nested options too.
 *
 * @param path the prefix of a name in messages: "network."
 * @throws TypeError for an unknown name, a missing option, or a value of another kind
 * @throws RangeError for a value that does not fit
 */
export function checkDeclared(caller: string, given: object, declared: Declarations, path = ""): void {
  checkOptions(caller, given, Object.keys(declared), path);
  const values = given as Readonly<Record<string, unknown>>;
  for (const name in declared) {
    const { check: wanted, options, required } = declared[name];
    const value = values[name];
    if (value === undefined && !required) continue;
    check(caller, { option: `${path}${name}` }, value, wanted);
    if (options === undefined || typeof value !== "object") continue;
    checkDeclared(caller, value as object, options, `${path}${name}.`);
  }
}

/** The constant default of an option. */
export function defaultOf<D extends Declarations, K extends keyof D & string>(declared: D, name: K): OptionValue<D, K> {
  const { default: value } = declared[name];
  if (value === undefined) throw refuse("internal", "", `the option ${name} declares no default`);
  return value as OptionValue<D, K>;
}

/** The constant defaults of the options that have one. */
export function defaultsOf<D extends Declarations>(declared: D): Pick<OptionValues<D>, NamesWithDefault<D>> {
  const entries = Object.entries(declared).map(([name, { default: value }]) => [name, value] as const);
  return withoutUndefined(Object.fromEntries(entries)) as Pick<OptionValues<D>, NamesWithDefault<D>>;
}

/**
 * The given options with their defaults, checked.
 *
 * @throws as `checkDeclared`
 */
export function resolveOptions<D extends Declarations>(caller: string, given: object, declared: D): ResolvedOptions<D> {
  checkDeclared(caller, given, declared);
  // Every step comes through here: a loop is several times as fast as entries and spreads.
  const values = given as Readonly<Record<string, unknown>>;
  const resolved: Record<string, unknown> = {};
  for (const name in declared) {
    const value = values[name] === undefined ? declared[name].default : values[name];
    if (value !== undefined) resolved[name] = value;
  }
  return resolved as ResolvedOptions<D>;
}
