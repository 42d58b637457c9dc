import { type Check, type Checked, check, plainObject } from "./checks.ts";
import { checkOptions } from "./options.ts";
import { refuse } from "./problem.ts";

/**
 * An option, declared once. Its type, the list of known options, the messages about wrong values,
 * the flags of the command, their help, completion and the tables of the documentation are all
 * derived from it.
 */
export interface Option<T = unknown> {
  /** The check of its value. */
  readonly check: Check<T>;
  /** Its effect, in whole sentences: editors, `--help` and the documentation show it. */
  readonly help: string;
  /** The effect of false, in a sentence, if the command has a flag for it. */
  readonly off?: string;
  /** The default, if it is a constant. */
  readonly default?: T;
  /** How the default follows from the data or from other options, if it is not a constant. */
  readonly defaultText?: string;
  /** Whether it must be given. */
  readonly required?: true;
  /** The nested options, if its value is an object of options itself. */
  readonly options?: Options;
}

/** The options of a function, by name. */
export type Options = Readonly<Record<string, Option>>;

/** The type of an option's value. */
export type OptionValue<D, K extends keyof D> = D[K] extends { readonly check: infer C } ? Checked<C> : never;

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
export function checkDeclared(caller: string, given: object, declared: Options, path = ""): void {
  checkOptions(caller, given, Object.keys(declared), path);
  const values = given as Readonly<Record<string, unknown>>;
  for (const [name, { check: wanted, options, required }] of Object.entries(declared)) {
    const value = values[name];
    if (value === undefined && !required) continue;
    check(caller, { option: `${path}${name}` }, value, wanted);
    if (options !== undefined) checkDeclared(caller, value as object, options, `${path}${name}.`);
  }
}

/** The constant default of an option. */
export function defaultOf<D extends Options, K extends keyof D & string>(declared: D, name: K): OptionValue<D, K> {
  const { default: value } = declared[name];
  if (value === undefined) throw refuse("internal", "", `the option ${name} declares no default`);
  return value as OptionValue<D, K>;
}
