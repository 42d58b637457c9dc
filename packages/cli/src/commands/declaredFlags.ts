import { type CommandUnknownOpts, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { Option as Declared, Options } from "evenkeel";
import { type Check, passes } from "evenkeel/problem";
import { attributeOf, flagOf, offFlagOf } from "../shell/flags.ts";

/**
 * Flags, their help and their parsers, all of it derived from the options that the library
 * declares.
 */

/** What commander has parsed, by attribute. */
export type FlagValues = Readonly<Record<string, unknown>>;

/**
 * Options of the library by their paths, such as "network.hidden", under the heading that the help
 * gives them.
 */
export interface FlagGroup {
  readonly title: string;
  readonly paths: readonly string[];
}

/**
 * Adds the flags of these options to a command, each under its heading.
 * @param caller the function whose options they are, where it names a flag of its own for one of
 *   them
 */
export function addDeclaredFlags(
  command: CommandUnknownOpts,
  options: Options,
  groups: readonly FlagGroup[],
  caller = "",
): void {
  for (const { title, paths } of groups) {
    for (const path of paths) {
      for (const flag of flagsOf(options, path, caller)) command.addOption(flag.helpGroup(`${title}:`));
    }
  }
}

/**
 * The values of the flags that were given, as the library takes them:
 * `{ network: { hidden: [64] } }`.
 */
export function optionValues(flags: FlagValues, options: Options, paths: readonly string[], caller = ""): object {
  const values: Record<string, unknown> = {};
  for (const path of paths) {
    const value = valueFor(flags, declaredAt(options, path), path, caller);
    if (value === undefined) continue;
    const names = path.split(".");
    const last = names.pop() ?? path;
    let inside = values;
    for (const name of names) {
      inside[name] ??= {};
      inside = inside[name] as Record<string, unknown>;
    }
    inside[last] = value;
  }
  return values;
}

/** Commander gives a flag that starts with "no-" the value true until it is there. */
function valueFor(flags: FlagValues, declared: Declared, path: string, caller: string): unknown {
  const on = attributeOf(flagOf(path, caller));
  const off = attributeOf(offFlagOf(path, caller));
  if (declared.off !== undefined && flags[off] === false) return false;
  const value = flags[on];
  return on === off && value === true && declared.default === true ? undefined : value;
}

/** The declaration of an option by its path. */
export function declaredAt(options: Options, path: string): Declared {
  const [name, ...rest] = path.split(".");
  const found = Object.hasOwn(options, name) ? options[name] : undefined;
  if (found === undefined) throw new Error(`there is no option ${path}`);
  return rest.length === 0 ? found : declaredAt(found.options ?? {}, rest.join("."));
}

/**
 * The flags of an option: one that gives its value or switches it on, and one that switches it off.
 */
export function flagsOf(options: Options, path: string, caller: string): Option[] {
  const declared = declaredAt(options, path);
  const { check, off } = declared;
  const flags: Option[] = [];
  const name = flagOf(path, caller);
  if (check.noun !== undefined) flags.push(valueFlag(name, declared, check.noun));
  else if (declared.default !== true) flags.push(new Option(name, helpOf(declared)));
  if (off !== undefined) flags.push(new Option(offFlagOf(path, caller), asHelp(off)));
  return flags;
}

function valueFlag(name: string, declared: Declared, noun: string): Option {
  const flag = new Option(`${name} <${noun}>`, helpOf(declared));
  return declared.check.choices === undefined
    ? flag.argParser(parserOf(declared.check))
    : flag.choices(declared.check.choices);
}

/**
 * Reads the text of a flag as the check does, and refuses what the check does not let through;
 * commander names the flag. A flag of a list or a record may be repeated; "none" takes back what
 * stands before it.
 */
export function parserOf<T>(check: Check<T>): (text: string, before: T | undefined) => T {
  return (text, before) => {
    const value = check.parse?.(text);
    if (value === undefined || !passes(value, check)) throw new InvalidArgumentError(complaint(value, check));
    const joined: unknown =
      Array.isArray(value) && value.length > 0 && Array.isArray(before)
        ? [...before, ...value]
        : isRecord(value) && isRecord(before)
          ? { ...before, ...value }
          : value;
    return joined as T;
  };
}

/** The flags that were typed, by their long names: "--no-early-stopping". */
export function typedFlags(command: CommandUnknownOpts): string[] {
  return command.options.flatMap((option) => {
    const name = option.attributeName();
    // A flag and the one that switches it off share an attribute.
    const isOff = command.getOptionValue(name) === false;
    return command.getOptionValueSource(name) === "cli" && option.negate === isOff ? [option.long ?? option.flags] : [];
  });
}

/**
 * What is wrong with the text of a flag: with the whole of it, or with one of its items, which
 * people count from 1.
 */
function complaint(value: unknown, { culprit, typed, expected }: Check): string {
  const item = value === undefined ? undefined : culprit?.(value);
  if (item === undefined) return `Expected ${typed ?? expected}.`;
  const { at, given, wanted } = item;
  const which = typeof at === "number" ? `Value ${at + 1}` : JSON.stringify(at);
  return `${which} is ${JSON.stringify(given)}, expected ${wanted.typed ?? wanted.expected}.`;
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first sentence of what the library says of an option, and the default. */
function helpOf({ help, default: value, defaultText }: Declared): string {
  const text = defaultText ?? (value === undefined || value === false ? undefined : String(value));
  return text === undefined ? asHelp(help) : `${asHelp(help)} (default: ${text})`;
}

/** "Rows per step. Batches …" as the help of a flag: "rows per step". */
function asHelp(sentences: string): string {
  const [first] = sentences.split(/\.(?: |$)/);
  return /^[A-Z]{2}/.test(first) ? first : `${first[0].toLowerCase()}${first.slice(1)}`;
}
