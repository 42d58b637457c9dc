import { type Dialect, formatProblem, type Given, type Problem, type Reference } from "evenkeel/problem";
import { flagOf, hasFlag, offFlagOf } from "./flags.ts";

/**
 * How problems are spelled on a command line: options as flags, values as they are typed, without
 * the name of a function.
 */
function commandLine(caller: string): Dialect {
  return {
    place: () => "",
    reference: ({ option, key, value }) => {
      if (value === false) return offFlagOf(option, caller);
      const flag = flagOf(option, caller);
      const typed = value === undefined || value === true ? undefined : typedValue(value);
      if (key === undefined) return typed === undefined ? flag : `${flag} ${shellWord(typed)}`;
      // On the command line, values of a list count from 1.
      if (typeof key === "number") return `${flag}, value ${key + 1},`;
      const escaped = key.replaceAll(",", "\\,");
      return `${flag} ${shellWord(typed === undefined ? escaped : `${escaped}=${typed}`)}`;
    },
    given: typedGiven,
  };
}

/** Before the name of an arm whose options a problem is about. */
const ofArm = /^planStudy: (?=.*\bthe arm ")/;

/** A problem in one line, or in several if it has several parts. */
export function said(problem: Problem): string {
  const { where, cure } = problem;
  // Arms are written in a file, whose keys are those of the library.
  if (ofArm.test(where.caller)) {
    return formatProblem({ ...problem, where: { ...where, caller: where.caller.replace(ofArm, "") } });
  }
  const namesNoFlag = (part: string | Reference) => typeof part !== "string" && !hasFlag(part.option);
  const isUseless = typeof cure !== "string" && cure?.some(namesNoFlag);
  return formatProblem(isUseless ? { ...problem, cure: undefined } : problem, commandLine(where.caller));
}

/** Where a row of a table stands, in words: "line 7", "line 7 of new.csv"; undefined if unknown. */
export type PlaceOf = (row: number) => string | undefined;

/** Findings whose messages are spelled for the command line, with places in place of rows. */
export function saidFindings<F extends { readonly message: string; readonly problem: Problem }>(
  findings: readonly F[],
  placeOf?: PlaceOf,
): F[] {
  return findings.map((finding) => ({ ...finding, message: said(inPlace(finding.problem, placeOf)) }));
}

/** A problem that names the place of a row in its file, not its number, which is counted from 0. */
export function inPlace(problem: Problem, placeOf?: PlaceOf): Problem {
  const { statement, where } = problem;
  const place = where.row === undefined ? undefined : placeOf?.(where.row);
  if (place === undefined || statement === undefined) return problem;
  // Names and values are in quotes, and may be called so too.
  const row = new RegExp(`"(?:[^"\\\\]|\\\\.)*"|\\brow ${where.row}\\b`, "g");
  const placed = (part: string) => part.replace(row, (found) => (found[0] === '"' ? found : place));
  if (typeof statement === "string") return { ...problem, statement: placed(statement) };
  const parts = joined(statement).map((part) => (typeof part === "string" ? placed(part) : part));
  return { ...problem, statement: parts };
}

/** A text without strings side by side. */
function joined(parts: readonly (string | Reference)[]): (string | Reference)[] {
  const all: (string | Reference)[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (typeof part === "string" && typeof last === "string") all[all.length - 1] = last + part;
    else all.push(part);
  }
  return all;
}

function typedGiven(given: Given): string {
  // Files and command lines have no undefined: what has no value is not there.
  if ("kind" in given) return given.kind === "undefined" ? "missing" : given.kind;
  const { value } = given;
  return typeof value === "string" ? JSON.stringify(value) : typedValue(value);
}

function typedValue(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : String(value);
}

/** A word, quoted for a shell if needed. */
export function shellWord(word: string): string {
  return /^[\w./:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
