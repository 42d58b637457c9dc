import type { Text } from "./problem.ts";
import { type Subject, unexpected } from "./problem.ts";

/**
 * Describes a valid value, as data: functions check arguments with it, options are declared with
 * it, and the command line parses its flags with it.
 */
export interface Check<T = unknown> {
  /** The expectation, as messages word it: "a whole number of at least 1". */
  readonly expected: string;
  /** Whether a value is of the right kind; if not, it is a TypeError. */
  readonly isKind: (value: unknown) => boolean;
  /**
   * Whether a value of the right kind fits; if not, it is a RangeError. A method, so that a
   * `Check<number>` is a `Check`.
   */
  fits(value: T): boolean;
  /** For a list or a record: the first item that does not pass, and its expectation. */
  readonly culprit?: (value: unknown) => Culprit | undefined;
  /**
   * Parses a text of the command line; returns undefined if it is not of this kind. In a list or a
   * record, items that cannot be parsed stay texts, for `culprit` to find. Absent if no text can
   * express the value.
   */
  readonly parse?: (text: string) => T | undefined;
  /** What is expected on a command line, if it is written differently there: "column=kind". */
  readonly typed?: string;
  /**
   * The placeholder of the value in the usage of a flag: the n of `--epochs <n>`. Absent if the
   * flag takes no value.
   */
  readonly noun?: string;
  /** All valid values, if there is a list of them. */
  readonly choices?: readonly string[];
  /** What to do about a value that does not pass, if it is a usual mistake. */
  readonly cure?: (value: unknown) => Text | undefined;
}

/** An item of a value. */
export interface Culprit {
  /** Its position in a list, or its key in a record. */
  readonly at: number | string;
  readonly given: unknown;
  readonly wanted: Check;
}

/** The type of the values that pass a check: `Checked<typeof check>`. */
export type Checked<C> = C extends Check<infer T> ? T : never;

/** @throws TypeError if `value` is of another kind @throws RangeError if it does not fit */
export function check<T>(
  caller: string,
  what: Subject,
  value: unknown,
  wanted: Check<T>,
  cure?: Text,
): asserts value is T {
  const isKind = wanted.isKind(value);
  if (isKind && wanted.fits(value as T)) return;
  const item = isKind ? wanted.culprit?.(value) : undefined;
  if (item !== undefined) return check(caller, itemOf(what, item.at), item.given, item.wanted, cure);
  const advice = cure ?? wanted.cure?.(value);
  throw unexpected(isKind ? "wrong-value" : "wrong-type", caller, what, value, wanted.expected, advice);
}

function itemOf(what: Subject, at: number | string): Subject {
  if (typeof what !== "string") return { ...what, key: at };
  return `${what}[${JSON.stringify(at)}]`;
}

/**
 * Like `check`, but any misfit is a RangeError, a wrong kind too: for sizes and rates, which code
 * computes.
 */
export function checkValue<T>(
  caller: string,
  what: Subject,
  value: unknown,
  wanted: Check<T>,
  cure?: Text,
): asserts value is T {
  if (!passes(value, wanted)) throw unexpected("wrong-value", caller, what, value, wanted.expected, cure);
}

/** Whether a value passes. */
export function passes<T>(value: unknown, wanted: Check<T>): value is T {
  return wanted.isKind(value) && wanted.fits(value as T);
}

const isNumber = (value: unknown) => typeof value === "number";
const everything = () => true;

function numeric(expected: string, fits: (value: number) => boolean, noun = "number"): Check<number> {
  const parse = (text: string) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined);
  return { expected, isKind: isNumber, fits, parse, noun };
}

/** A whole number that a double holds exactly, from `least` to `most`. */
export function wholeNumber(least = -Infinity, most = Infinity): Check<number> {
  const bounds = most < Infinity ? ` from ${least} to ${most}` : least > -Infinity ? ` of at least ${least}` : "";
  const fits = (value: number) => Number.isSafeInteger(value) && value >= least && value <= most;
  return numeric(`a whole number${bounds}`, fits, "n");
}

// Checks without parameters are made once: eager calls of layers run through them.
const finite = /* @__PURE__ */ numeric("a finite number", Number.isFinite);

/** Any number except NaN and infinities. */
export function finiteNumber(): Check<number> {
  return finite;
}

/** A finite number greater than `bound`. */
export function numberAbove(bound: number): Check<number> {
  return numeric(`a finite number above ${bound}`, (value) => Number.isFinite(value) && value > bound);
}

/** A finite number, `bound` or greater. */
export function numberAtLeast(bound: number): Check<number> {
  return numeric(`a finite number of at least ${bound}`, (value) => Number.isFinite(value) && value >= bound);
}

/** A number from `least` to `most`, both included. */
export function numberBetween(least: number, most: number, noun = "number"): Check<number> {
  return numeric(`a ${noun} from ${least} to ${most}`, (value) => value >= least && value <= most, noun);
}

const fromZeroToOne = /* @__PURE__ */ numberBetween(0, 1, "probability");

/** A number from 0 to 1, both included. */
export function probability(): Check<number> {
  return fromZeroToOne;
}

/** From 0 up to, but not including, 1. */
export function share(noun = "share"): Check<number> {
  return numeric(`a ${noun} from 0 up to, but not including, 1`, (value) => value >= 0 && value < 1, noun);
}

const trueOrFalse: Check<boolean> = {
  expected: "true or false",
  isKind: (value) => typeof value === "boolean",
  fits: everything,
  parse: (text) => (text === "true" ? true : text === "false" ? false : undefined),
};

/** true or false; no truthy value counts. */
export function flag(): Check<boolean> {
  return trueOrFalse;
}

/** One of a list of words. Anything else is a wrong value, regardless of its kind. */
export function oneOf<const C extends readonly string[]>(choices: C): Check<C[number]> {
  const isChoice = (value: unknown): value is C[number] => (choices as readonly unknown[]).includes(value);
  return {
    expected: `one of ${choices.join(", ")}`,
    isKind: everything,
    fits: isChoice,
    parse: (text) => (isChoice(text) ? text : undefined),
    noun: "name",
    choices,
  };
}

/** A string; `expected` can be more specific, such as "the name of a column". */
export function string(expected = "a string"): Check<string> {
  return {
    expected,
    isKind: (value) => typeof value === "string",
    fits: everything,
    parse: (text) => text,
    noun: "name",
  };
}

/** A function; its parameters cannot be checked. */
export function fn<F extends (...args: never[]) => unknown>(expected = "a function"): Check<F> {
  return { expected, isKind: (value) => typeof value === "function", fits: everything };
}

/** An object, but not an array. */
export function plainObject<T extends object = object>(expected = "an object"): Check<T> {
  const isKind = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  return { expected, isKind, fits: everything };
}

export const abortSignal: Check<AbortSignal> = {
  expected: "an AbortSignal such as controller.signal",
  isKind: (value) => typeof (value as AbortSignal | null)?.aborted === "boolean",
  fits: everything,
};

/** An instance of a class. */
export function instance<T>(type: abstract new (...args: never[]) => T, expected: string): Check<T> {
  return { expected, isKind: (value) => value instanceof type, fits: everything };
}

/**
 * A list whose items all pass. The command line separates items by commas; a comma in an item is
 * written "\\,".
 *
 * @param none how the command line writes an empty list, if one is valid
 * @param least the fewest items
 */
export function listOf<T>(
  item: Check<T>,
  expected: string,
  {
    noun = "list",
    none,
    least = 0,
    most = Number.POSITIVE_INFINITY,
  }: { readonly noun?: string; readonly none?: string; readonly least?: number; readonly most?: number } = {},
): Check<readonly T[]> {
  const tooMany: Check<unknown> = { expected: `at most ${most} ${noun}`, isKind: () => true, fits: () => false };
  const { parse } = item;
  const parseAll = (text: string) =>
    text === none ? [] : (splitAtCommas(text).map((part) => parse?.(part) ?? part) as T[]);
  return {
    expected,
    isKind: Array.isArray,
    fits: (value) => value.length >= least && value.length <= most && value.every((one) => passes(one, item)),
    culprit: (value) => {
      const list = value as readonly unknown[];
      if (list.length > most) return { at: most, given: list[most], wanted: tooMany };
      const at = list.findIndex((one) => !passes(one, item));
      return at < 0 ? undefined : { at, given: list[at], wanted: item };
    },
    ...(parse && { parse: parseAll, noun }),
  };
}

/**
 * An object with a value for each of its keys, which are names from the data: columns, classes. A
 * command line writes NAME=VALUE, separated by commas; a value may hold commas itself, where no
 * NAME= follows them.
 */
export function recordOf<T>(
  value: Check<T>,
  expected: string,
  noun = "name=value",
): Check<Readonly<Record<string, T>>> {
  const parseAll = (text: string) => {
    const entries = pairsIn(text).map((pair) => {
      const at = pair.lastIndexOf("=");
      const typed = pair.slice(at + 1);
      return at < 1 ? undefined : ([pair.slice(0, at), value.parse?.(typed) ?? typed] as const);
    });
    return entries.every((entry) => entry !== undefined)
      ? (Object.fromEntries(entries) as Record<string, T>)
      : undefined;
  };
  return {
    ...plainObject(expected),
    fits: (record) => Object.values(record).every((one) => passes(one, value)),
    culprit: (record) => {
      const found = Object.entries(record as object).find(([, one]) => !passes(one, value));
      return found && { at: found[0], given: found[1], wanted: value };
    },
    ...(value.parse && { parse: parseAll, noun, typed: noun }),
  };
}

const comma = /(?<!\\),/;
const item = (part: string) => part.trim().replaceAll("\\,", ",");

function splitAtCommas(text: string): string[] {
  return text.split(comma).map(item);
}

function pairsIn(text: string): string[] {
  const pairs: string[] = [];
  for (const part of text.split(comma)) {
    if (part.includes("=") || pairs.length === 0) pairs.push(part);
    else pairs[pairs.length - 1] += `,${part}`;
  }
  return pairs.map(item);
}

/** A value that passes `wanted`, or one more value: `orElse(wholeNumber(1), false)`. */
export function orElse<T, const O extends boolean | null | number | string>(wanted: Check<T>, other: O): Check<T | O> {
  const { parse, choices, typed = wanted.expected } = wanted;
  return {
    expected: `${wanted.expected}, or ${typeof other === "string" ? JSON.stringify(other) : other}`,
    isKind: (value) => value === other || wanted.isKind(value),
    fits: (value) => value === other || wanted.fits(value as T),
    ...(wanted.culprit && { culprit: wanted.culprit }),
    ...(parse && { parse: (text: string) => (text === String(other) ? other : parse(text)) }),
    ...(wanted.noun && { noun: wanted.noun }),
    // A flag of its own says false.
    typed: typeof other === "string" ? `${typed}, or ${other}` : typed,
    ...(choices && { choices: [...choices, String(other)] }),
  };
}
