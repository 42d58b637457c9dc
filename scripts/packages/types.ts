import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Packed } from "./pack.ts";
import { root } from "./packages.ts";
import { run } from "./run.ts";

const bin = join(root, "node_modules/.bin");

/**
 * What publint says of a package's manifest and files, and Are the types wrong? of its types as
 * TypeScript resolves them. All are ES modules alone, so `require` of an old Node is not looked at.
 */
export async function typeFaults({ package: one, path }: Packed): Promise<string[]> {
  const linted = await run(join(bin, "publint"), ["run", "--strict", path], { cwd: root });
  const faults = linted.code === 0 ? [] : [`${one.name}: publint says\n${linted.out}${linted.err}`];
  if (one.manifest.exports === undefined) return faults; // a command, which nobody imports
  const typed = await run(join(bin, "attw"), [path, "--profile", "esm-only", "--format", "ascii", "--no-emoji"], {
    cwd: root,
  });
  if (typed.code !== 0) faults.push(`${one.name}: attw says\n${typed.out}${typed.err}`);
  return faults;
}

const strict = {
  target: "ES2022",
  module: "NodeNext",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
  types: [],
};

/**
 * What TypeScript finds in the declarations themselves, which most programs skip, under the
 * strictest options that a user may have: `folder` has the packages installed.
 */
export async function declarationFaults(folder: string, subpaths: readonly string[]): Promise<string[]> {
  const lines = subpaths.map((path, i) => `import * as m${i} from "${path}";\nexport { m${i} };\n`);
  writeFileSync(join(folder, "everything.mts"), lines.join(""));
  const config = { compilerOptions: { ...strict, lib: ["ES2023", "DOM"] }, files: ["everything.mts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const compiler = join(root, "node_modules/typescript-native/bin/tsc");
  const { code, out } = await run(process.execPath, [compiler, "-p", folder], { cwd: folder });
  return code === 0 ? [] : [`the declarations have faults:\n${out}`];
}
