import { dirname } from "node:path";
import { importsOf, target } from "../sources.ts";

/** The tests that may see a bug in a file, those most likely to see it first. */
export interface Tests {
  /** In the file's folder. */
  readonly beside: readonly string[];
  /** All others that import it, directly or through other files, by the number of steps. */
  readonly importing: readonly string[];
}

/**
 * Who imports whom, from the texts of all files by their paths from the root. Types run nowhere.
 */
export function importersOf(texts: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, string[]>();
  for (const [path, text] of texts) {
    for (const { specifier, typeOnly } of importsOf(text)) {
      const imported = typeOnly ? undefined : sourceOf(path, specifier);
      if (imported === undefined) continue;
      const known = importers.get(imported) ?? [];
      known.push(path);
      importers.set(imported, known);
    }
  }
  return importers;
}

/** The file behind a specifier; undefined for packages that are not ours. */
function sourceOf(from: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return target(from, specifier);
  const [, of, entry] = /^(evenkeel|@evenkeel\/vision)(\/.+)?$/.exec(specifier) ?? [];
  if (of === undefined) return undefined;
  return `packages/${of === "evenkeel" ? of : "vision"}/src${entry ?? ""}/index.ts`;
}

export function testsOf(
  file: string,
  importers: ReadonlyMap<string, readonly string[]>,
  all: readonly string[],
): Tests {
  const steps = new Map([[file, 0]]);
  // A map goes on to what is added while it is gone through: breadth first.
  for (const [path, count] of steps) {
    for (const importer of importers.get(path) ?? []) if (!steps.has(importer)) steps.set(importer, count + 1);
  }
  const beside = all.filter((path) => dirname(path) === dirname(file));
  const name = file.replace(/\.ts$/, ".test.ts");
  const importing = [...steps.keys()].filter((path) => path.endsWith(".test.ts") && !beside.includes(path));
  return { beside: beside.sort((a, b) => Number(b === name) - Number(a === name)), importing };
}
