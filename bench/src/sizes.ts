import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

interface PackageFile {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
}

/** Bytes on disk of packages and all that they depend on. */
export function installedBytes(names: readonly string[]): number {
  const found = new Map<string, number>();
  const here = dirname(fileURLToPath(import.meta.url));
  for (const name of names) add(name, here, found);
  return [...found.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function add(name: string, from: string, found: Map<string, number>): void {
  const folder = findPackage(name, from);
  if (folder === undefined || found.has(folder)) return;
  const { dependencies = {}, files } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageFile;
  // A package of this repository: only what is published of it, and without its tests.
  const linked = folder.includes(`${join("packages", "")}`) && files !== undefined;
  found.set(folder, linked ? published(folder, files) : bytesIn(folder));
  for (const dependency of Object.keys(dependencies)) add(dependency, folder, found);
}

function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
    if (folder === dirname(folder)) return undefined;
  }
}

function published(folder: string, files: readonly string[]): number {
  const paths = files.filter((file) => !file.startsWith("!")).map((file) => join(folder, file));
  return paths.filter((path) => existsSync(path)).reduce((sum, path) => sum + bytesIn(path), 0);
}

/** Packages nested in others are counted on their own. */
function bytesIn(path: string): number {
  const entry = lstatSync(path);
  if (!entry.isDirectory()) return /\.test\.ts$|\.tsbuildinfo$/.test(path) ? 0 : entry.size;
  const inside = readdirSync(path).filter((name) => name !== "node_modules");
  return inside.reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}
