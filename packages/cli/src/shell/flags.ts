/** The names of the command's flags: an option of the library by its path, such as "network.hidden", and the flag that sets it. */

/** Flags that are not the last part of the path in another spelling. */
const named: Readonly<Record<string, string>> = {
  kinds: "kind",
  "preprocessing.target": "target-scale",
};

/** Flags that switch an option off, where that is not `--no-` and its name. */
const switches: Readonly<Record<string, string>> = { patience: "no-early-stopping" };

/** "--batch-size" of batchSize, "--hidden" of network.hidden. */
export function flagOf(path: string): string {
  return `--${named[path] ?? kebab(path.slice(path.lastIndexOf(".") + 1))}`;
}

/** The flag that sets an option to false. */
export function offFlagOf(path: string): string {
  return `--${switches[path] ?? `no-${flagOf(path).slice(2)}`}`;
}

/** The attribute under which commander keeps a flag: "batchSize" of "--batch-size", "refit" of "--no-refit". */
export function attributeOf(flag: string): string {
  return flag.replace(/^--(no-)?/, "").replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
