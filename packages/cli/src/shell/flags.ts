/**
 * The names of the command's flags: the path of a library option, such as "network.hidden", and the
 * flag that sets it.
 */

/** Flags that are not named after the last part of the path. */
const named: Readonly<Record<string, string>> = {
  dateFormats: "--date-format",
  kinds: "--kind",
  lrs: "--lr",
  nulls: "--null",
  numberFormats: "--number-format",
  onlyNulls: "--null-only",
  "preprocessing.target": "--target-scale",
  rowFractions: "--rows",
};

/** Options that have another flag in the errors of this function. */
const namedByCallers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  planStudy: { target: "--target-scale" },
  "Preprocessing.fit": { target: "--target-scale" },
  readTable: { seed: "--sample-seed" },
};

/**
 * Flags that switch an option off, by the last part of its path, unless they are `--no-` and its
 * name.
 */
const switches: Readonly<Record<string, string>> = { patience: "--no-early-stopping" };

/** Options that no command has. */
const withoutFlag: ReadonlySet<string> = new Set(["stratify"]);

export function hasFlag(path: string): boolean {
  return !withoutFlag.has(path);
}

/** "--batch-size" for batchSize, "--hidden" for network.hidden. */
export function flagOf(path: string, caller = ""): string {
  const known = namedByCallers[caller]?.[path] ?? named[path];
  if (known !== undefined) return known;
  return `--${nameOf(path).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The flag that sets an option to false. */
export function offFlagOf(path: string, caller = ""): string {
  return switches[nameOf(path)] ?? flagOf(path, caller).replace("--", "--no-");
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

/**
 * The key under which commander stores a flag: "batchSize" for "--batch-size", "refit" for
 * "--no-refit".
 */
export function attributeOf(flag: string): string {
  return flag.replace(/^--(no-)?/, "").replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
