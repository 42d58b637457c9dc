import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const names = new Map<string, string | undefined>();

/**
 * The name of the package that a file belongs to: that of the nearest package.json with a name, so
 * that it does not matter under which name or in which layout of node_modules a package is
 * installed. Undefined outside any package.
 */
export function packageOf(file: string): string | undefined {
  const folder = dirname(file);
  if (names.has(folder)) return names.get(folder);
  const name = nameIn(folder) ?? (folder === file ? undefined : packageOf(folder));
  names.set(folder, name);
  return name;
}

function nameIn(folder: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: unknown };
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined; // no manifest here, or one that cannot be read: look further up
  }
}
