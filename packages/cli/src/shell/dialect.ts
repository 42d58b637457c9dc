import { type Dialect, formatProblem, type Given, type Problem, type Reference } from "evenkeel";
import { flagOf, hasFlag, offFlagOf } from "./flags.ts";
import { type PlaceOf, placed } from "./places.ts";

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

/** A problem in one line, or in several if it has several parts. */
export function said(problem: Problem): string {
  const { where, cure } = problem;
  const namesNoFlag = (part: string | Reference) => typeof part !== "string" && !hasFlag(part.option);
  const isUseless = typeof cure !== "string" && cure?.some(namesNoFlag);
  return formatProblem(isUseless ? { ...problem, cure: undefined } : problem, commandLine(where.caller));
}

/**
 * Findings whose messages are spelled for the command line.
 *
 * @param placeOf where in its file a row stands, where that is known
 */
export function saidFindings<F extends { readonly message: string; readonly problem: Problem }>(
  findings: readonly F[],
  placeOf?: PlaceOf,
): F[] {
  return findings.map((finding) => ({ ...finding, message: said(placed(finding.problem, placeOf)) }));
}

function typedGiven(given: Given): string {
  if ("kind" in given) return given.kind;
  const { value } = given;
  return typeof value === "string" ? JSON.stringify(value) : typedValue(value);
}

function typedValue(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : String(value);
}

/** A word, quoted for a shell if needed. */
function shellWord(word: string): string {
  return /^[\w.:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
