import { formatGiven, type Given, givenOf, type Plain } from "./given.ts";

/**
 * Errors are data first: a Problem describes what is wrong, and is formatted once, where it is
 * shown. The functions of this file return an error for the caller to throw:
 * `throw wrongValue("Dropout", "p", 2, "a probability")`.
 */

/** The kind of problem. It decides the class of the JavaScript error. */
export type ProblemCode = keyof typeof classes;

/**
 * TypeError for the wrong kind, RangeError for the wrong shape or value, Error for the wrong state.
 */
const classes = {
  /** An option, a key or a name that no code reads. */
  "unknown-option": TypeError,
  /** A value of the wrong kind: a string for a number, an array for a Tensor. */
  "wrong-type": TypeError,
  /** A tensor of the wrong dtype. */
  "wrong-dtype": TypeError,
  /** A required value that was not given. */
  missing: TypeError,
  /** A name of PyTorch's that differs here, or that the library lacks. */
  "not-here": TypeError,
  /** A value of the right kind that does not fit: out of range, or not in a list of choices. */
  "wrong-value": RangeError,
  /** A tensor or a list of the wrong shape. */
  "wrong-shape": RangeError,
  /** Two values that are valid alone, but not together. */
  conflict: RangeError,
  /** More memory, or a longer file, than possible. */
  "too-large": RangeError,
  /** Bytes or JSON that the library did not write, or that changed since. */
  "damaged-file": RangeError,
  /** The request conflicts with an earlier or a running action. */
  "wrong-state": Error,
  /** A file or a folder that does not exist or cannot be read. */
  unreadable: Error,
  /** The call is valid, but the library does not support it. */
  "not-supported": Error,
  /** A computation gave NaN or an infinity. */
  "not-finite": Error,
  /** A fault of the library. */
  internal: Error,
} as const;

/**
 * An option in a text, optionally with a value for it or for one of its keys: each dialect spells
 * it differently.
 */
export interface Reference {
  readonly option: string;
  /** A key of an option that is a record, such as a column in `kinds`, or a position in a list. */
  readonly key?: string | number | undefined;
  readonly value?: Plain;
}

/** A sentence, or part of one, in which options are named by reference. */
export type Text = string | readonly (string | Reference)[];

/** A text from a template: text`train all epochs (${{ option: "patience", value: false }})`. */
export function text(strings: TemplateStringsArray, ...values: readonly (number | Text | Reference)[]): Text {
  const parts = strings.flatMap((string, i) => [string, values[i] ?? ""].flat());
  return parts.map((part) => (typeof part === "number" ? String(part) : part)).filter((part) => part !== "");
}

/** The location of a problem. */
export interface Place {
  /**
   * The function, class or method that was called; "" for the rules of operations, which several
   * callers share.
   */
  readonly caller: string;
  /** The option, by its path: "patience", "split.validation". */
  readonly option?: string;
  /** The key of the value, if it is a record, or the position in a list. */
  readonly key?: string | number;
  readonly column?: string;
  /** A row of a table, from 0. */
  readonly row?: number;
}

/**
 * A description of an error: the fault, its location and the cure, as plain data that survives JSON
 * and structuredClone.
 */
export interface Problem {
  readonly code: ProblemCode;
  readonly where: Place;
  /** The subject, if it is not an option: "input". */
  readonly what?: Text | undefined;
  readonly given?: Given | undefined;
  /** A sentence that replaces "subject is given"; `given` is appended to it. */
  readonly statement?: Text | undefined;
  readonly expected?: Text | undefined;
  /** What to do. */
  readonly cure?: Text | undefined;
}

/** The spelling of the parts of a problem: in JavaScript, or on a command line. */
export interface Dialect {
  /** The start of a line: "trainTable: ". */
  readonly place: (where: Place) => string;
  readonly reference: (reference: Reference) => string;
  readonly given: (given: Given) => string;
}

/** Spells a problem as JavaScript: options as properties, values as literals. */
export const javascript: Dialect = {
  place: ({ caller }) => caller && `${caller}: `,
  reference: ({ option, key, value }) => {
    if (value === undefined) return key === undefined ? option : `${option}[${JSON.stringify(key)}]`;
    const shown = formatGiven({ value });
    return key === undefined ? `${option}: ${shown}` : `${option}: { ${JSON.stringify(key)}: ${shown} }`;
  },
  given: formatGiven,
};

/** A text as a string, its options spelled in the given dialect. */
export function formatText(words: Text, { reference }: Dialect = javascript): string {
  if (typeof words === "string") return words;
  return words.map((part) => (typeof part === "string" ? part : reference(part))).join("");
}

/** A problem as a line of text: "caller: what is given, expected this; do that". */
export function formatProblem(problem: Problem, dialect: Dialect = javascript): string {
  const { code, where, what = "", given, statement, expected, cure } = problem;
  const say = (words: Text) => formatText(words, dialect);
  let line = dialect.place(where);
  if (statement !== undefined) line += say(statement);
  else line += where.option === undefined ? say(what) : dialect.reference({ option: where.option, key: where.key });
  if (given !== undefined && statement !== undefined) line += `, got ${dialect.given(given)}`;
  else if (given !== undefined) {
    const plain = code === "wrong-dtype" && "value" in given ? String(given.value) : dialect.given(given);
    line += ` ${code === "wrong-shape" ? "has shape" : code === "wrong-dtype" ? "has dtype" : "is"} ${plain}`;
  }
  if (expected !== undefined) line += `, expected ${say(expected)}`;
  return cure === undefined ? line : `${line}; ${say(cure)}`;
}

/** The error of a problem, to throw; its message is the problem in JavaScript's spelling. */
export function problemError(problem: Problem): Error {
  return withProblem(new classes[problem.code](formatProblem(problem)), problem);
}

/** Attaches a problem to an error of a custom class. */
export function withProblem<E extends Error>(error: E, problem: Problem): E {
  // Not enumerable: otherwise Node prints it below every stack.
  Object.defineProperty(error, "problem", { value: problem, configurable: true });
  return error;
}

/** The problem of an error of this library; undefined for other errors. */
export function problemOf(error: unknown): Problem | undefined {
  return error instanceof Error && "problem" in error && isProblem(error.problem) ? error.problem : undefined;
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && Object.hasOwn(classes, String(value.code));
}

/** The subject of a message: an argument or a part of it by name, an option by reference. */
export type Subject = string | Reference;

/** A location in a table. */
export type Cell = Pick<Place, "column" | "row">;

/** A free sentence: "caller: statement; cure". */
export function refuse(code: ProblemCode, caller: string, statement: Text, cure?: Text, cell?: Cell): Error {
  return problemError({ code, where: { caller, ...cell }, statement, cure });
}

/** A free sentence that states the requirement: "caller: statement, got <given>; <cure>". */
export function refuseGiven(code: ProblemCode, caller: string, statement: Text, given: unknown, cure?: Text): Error {
  return problemError({ code, where: { caller }, statement, given: givenOf(given), cure });
}

/** A free sentence with what was expected: "caller: statement, expected <expected>; <cure>". */
export function mismatch(
  code: ProblemCode,
  caller: string,
  statement: Text,
  expected: Text,
  cure?: Text,
  cell?: Cell,
): Error {
  return problemError({ code, where: { caller, ...cell }, statement, expected, cure });
}

/** An error about what was done before: "caller: statement; cure", with code "wrong-state". */
export function wrongState(caller: string, statement: Text, cure?: Text): Error {
  return refuse("wrong-state", caller, statement, cure);
}

/** "caller: what is <given>, expected <expected>; <cure>", where `given` is of another kind. */
export function wrongType(caller: string, what: Subject, given: unknown, expected: Text, cure?: Text): Error {
  return unexpected("wrong-type", caller, what, given, expected, cure);
}

/** "caller: what is <given>, expected <expected>; <cure>", where `given` is of the right kind. */
export function wrongValue(caller: string, what: Subject, given: unknown, expected: Text, cure?: Text): Error {
  return unexpected("wrong-value", caller, what, given, expected, cure);
}

/** "caller: what has shape [2, 3], expected <expected>; <cure>". */
export function wrongShape(
  caller: string,
  what: Subject,
  shape: readonly number[],
  expected: Text,
  cure?: Text,
): Error {
  return unexpected("wrong-shape", caller, what, shape, expected, cure);
}

/** "caller: what has dtype int32, expected <expected>; <cure>". */
export function wrongDtype(caller: string, what: Subject, dtype: string, expected: Text, cure?: Text): Error {
  return unexpected("wrong-dtype", caller, what, dtype, expected, cure);
}

/** The same with any code. */
export function unexpected(
  code: ProblemCode,
  caller: string,
  what: Subject,
  given: unknown,
  expected?: Text,
  cure?: Text,
): Error {
  const where =
    typeof what === "string"
      ? { caller }
      : { caller, option: what.option, ...(what.key !== undefined && { key: what.key }) };
  const subject = typeof what === "string" ? { what } : {};
  return problemError({
    code,
    where,
    ...subject,
    given: code === "wrong-shape" ? { value: given as Plain } : givenOf(given),
    expected,
    cure,
  });
}

/** An error that another one caused: both are shown with their stacks. */
export function because<E extends Error>(error: E, cause: unknown): E {
  Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true });
  return error;
}
