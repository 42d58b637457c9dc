import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

/** The file that names what the page is made of, beside it. */
export const licenceFile = "licences.txt";

/**
 * Collects the licences of all packages of which code or data is in the page, also in the scripts of
 * its workers, which are bundled by themselves: `plugins: [licences.page()]`,
 * `worker: { plugins: () => [licences.worker()] }`.
 */
export function licences(): { page: () => Plugin; worker: () => Plugin } {
  const found = new Map<string, string>();
  const collect = (
    bundle: Readonly<Record<string, { readonly type: string; readonly moduleIds?: readonly string[] }>>,
  ) => {
    for (const { moduleIds = [] } of Object.values(bundle)) {
      for (const id of moduleIds) {
        const folder = packageOf(id);
        if (folder !== undefined) found.set(folder, licenceOf(folder));
      }
    }
  };
  return {
    worker: () => ({ name: "licences-of-workers", generateBundle: (_, bundle) => collect(bundle) }),
    page: () => ({
      name: "licences",
      generateBundle(_, bundle) {
        collect(bundle);
        const source = [...new Set(found.values())].sort().join(`\n${"-".repeat(80)}\n\n`);
        this.emitFile({ type: "asset", fileName: licenceFile, source });
      },
    }),
  };
}

/** The folder of the package that a module is of; undefined for one of this repository. */
function packageOf(id: string): string | undefined {
  const path = id.replace(/^\0+/, "").split("?")[0];
  if (!/[\\/]node_modules[\\/]/.test(path)) return undefined;
  for (let folder = dirname(path); dirname(folder) !== folder; folder = dirname(folder)) {
    // Folders of a package may have a package.json that says only how they are loaded.
    const file = join(folder, "package.json");
    if (existsSync(file) && "name" in JSON.parse(readFileSync(file, "utf8"))) return folder;
  }
  return undefined;
}

/** @throws Error for a package that does not say under which licence it is */
function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (typeof license !== "string") throw new Error(`${name} has no licence`);
  const file = readdirSync(folder).find((entry) => /^(?:licen[cs]e|copying)/i.test(entry));
  const text = file === undefined ? "" : `\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  return `${name} ${version}: ${license}\n${text}`;
}
