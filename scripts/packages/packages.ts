import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** What of a package.json is looked at here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly repository?: unknown;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly publishConfig?: { readonly access?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A package that users install. */
export interface Package {
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest;
  /** What its tarball may have at most: packed and unpacked kilobytes, and files. */
  readonly most: { readonly packed: number; readonly unpacked: number; readonly files: number };
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

function packageIn(name: string, most: Package["most"]): Package {
  const folder = join(root, "packages", name);
  const manifest = readManifest(folder);
  return { name: manifest.name, folder, manifest, most };
}

/**
 * All packages in the order in which they are published: each after those that it depends on. The
 * limits are a quarter above what they have, so that a folder which slips in is noticed.
 */
export const packages: readonly Package[] = [
  packageIn("evenkeel", { packed: 2100, unpacked: 8800, files: 2400 }),
  packageIn("vision", { packed: 20, unpacked: 70, files: 40 }),
  packageIn("mpi", { packed: 35, unpacked: 110, files: 70 }),
  packageIn("cli", { packed: 940, unpacked: 2800, files: 380 }),
  packageIn("eslint-plugin", { packed: 20, unpacked: 70, files: 40 }),
];
