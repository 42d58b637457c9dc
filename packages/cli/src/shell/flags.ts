/**
 * The names of the command's flags: an option of the library by its path, such as "network.hidden",
 * and the flag that sets it.
 */

/** Flags whose names are not the last part of the path in another spelling. */
const named: Readonly<Record<string, string>> = {
  arms: "--scales and --norms",
  kinds: "--kind",
  lrs: "--lr",
  nullStrings: "--null",
  nulls: "--null",
  "preprocessing.target": "--target-scale",
  rowFractions: "--rows",
};

/** Options that have another flag where this function complains. */
const namedByCallers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  planStudy: { target: "--target-scale" },
  "Preprocessing.fit": { target: "--target-scale" },
  readTable: { seed: "--sample-seed" },
};

/**
 * Flags that switch an option off, by the last part of its path, where that is not `--no-` and its
 * name.
 */
const switches: Readonly<Record<string, string>> = { patience: "--no-early-stopping" };

/** Options that no command has. */
const withoutFlag: ReadonlySet<string> = new Set(["stratify"]);

export function hasFlag(path: string): boolean {
  return !withoutFlag.has(path);
}

/** "--batch-size" of batchSize, "--hidden" of network.hidden. */
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
 * The attribute under which commander keeps a flag: "batchSize" of "--batch-size", "refit" of
 * "--no-refit".
 */
export function attributeOf(flag: string): string {
  return flag.replace(/^--(no-)?/, "").replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
