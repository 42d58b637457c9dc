import { type Dialect, formatProblem, type Given, type Problem, type Reference } from "evenkeel";

/** Options of the library whose flags are not spelled alike, as `batchSize` and `--batch-size` are. */
const flags: Readonly<Record<string, string>> = {
  arms: "--scales and --norms",
  kinds: "--kind",
  lrs: "--lr",
  nullStrings: "--null",
  "preprocessing.target": "--target-scale",
  rowFractions: "--rows",
};

/** Options that mean another flag where this function complains. */
const flagsOfCallers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  planStudy: { target: "--target-scale" },
  "Preprocessing.fit": { target: "--target-scale" },
  readTable: { seed: "--sample-seed" },
};

/** Flags that say no. */
const refusals: Readonly<Record<string, string>> = { patience: "--no-early-stopping" };

/** Options that no command has: advice that names one is left out. */
const withoutFlag: ReadonlySet<string> = new Set(["stratify"]);

/** The flag of an option: "--batch-size" of `batchSize`, "--validation" of `split.validation`. */
export function flagOf(option: string, caller = ""): string {
  const known = flagsOfCallers[caller]?.[option] ?? flags[option];
  if (known !== undefined) return known;
  const name = option.slice(option.lastIndexOf(".") + 1);
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** How a problem is said to somebody who typed a command: options as flags, values as they are typed, nobody who complains. */
function commandLine(caller: string): Dialect {
  return {
    place: () => "",
    reference: ({ option, key, value }) => {
      if (value === false) return refusals[option] ?? flagOf(option, caller).replace("--", "--no-");
      const flag = flagOf(option, caller);
      const typed = value === undefined || value === true ? undefined : typedValue(value);
      if (key === undefined) return typed === undefined ? flag : `${flag} ${shellWord(typed)}`;
      const escaped = key.replaceAll(",", "\\,");
      return `${flag} ${shellWord(typed === undefined ? escaped : `${escaped}=${typed}`)}`;
    },
    given: typedGiven,
  };
}

/** A problem in one line, or more where there are several. */
export function said(problem: Problem): string {
  const { where, cure } = problem;
  const namesNoFlag = (part: string | Reference) => typeof part !== "string" && withoutFlag.has(part.option);
  const isUseless = typeof cure !== "string" && cure?.some(namesNoFlag);
  return formatProblem(isUseless ? { ...problem, cure: undefined } : problem, commandLine(where.caller));
}

/** Findings so that their messages are in the command's words. */
export function saidFindings<F extends { readonly message: string; readonly problem: Problem }>(
  findings: readonly F[],
): F[] {
  return findings.map((finding) => ({ ...finding, message: said(finding.problem) }));
}

function typedGiven(given: Given): string {
  if ("kind" in given) return given.kind;
  const { value } = given;
  return typeof value === "string" ? JSON.stringify(value) : typedValue(value);
}

function typedValue(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : String(value);
}

/** A word as a shell takes it. */
function shellWord(word: string): string {
  return /^[\w.:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
