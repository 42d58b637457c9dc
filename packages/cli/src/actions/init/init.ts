import { existsSync, readFileSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { inferSchema } from "evenkeel/tabular";
import type { ActionContext } from "../../shell/context.ts";
import { shellWord } from "../../shell/dialect.ts";
import { misuse } from "../../shell/errors.ts";
import { makeFolder } from "../../shell/files/makeFolder.ts";
import { writeAtomic, writing } from "../../shell/files/writeAtomic.ts";
import { listed } from "../../shell/nearest.ts";
import { printable } from "../../shell/printed.ts";
import { version } from "../../shell/version.ts";
import { readTableOf } from "../../tables/tableFlags.ts";
import { targetOf } from "../columns.ts";
import { plainTable } from "./plainTable.ts";

export interface InitRequest {
  /** Where the project goes, relative to the context's folder. */
  readonly folder: string;
  /** A CSV file, or a built-in table. */
  readonly table: string;
  readonly target?: string | undefined;
}

/** A project that was written. */
export interface NewProject {
  readonly folder: string;
  /** Relative to it, with slashes, in the order in which a person reads them. */
  readonly files: readonly string[];
  readonly target: string;
}

/** The files of packages/cli/template, and what they are called in a project. */
const template = new URL("../../../template/", import.meta.url);
const names: Readonly<Record<string, string>> = {
  "project.md": "README.md",
  "package.json": "package.json",
  "tsconfig.json": "tsconfig.json",
  gitignore: ".gitignore",
  "table.ts": "table.ts",
  "train.ts": "train.ts",
  "predict.ts": "predict.ts",
};

/**
 * Writes a small TypeScript project that trains on a table. The table is copied into it, unless it
 * lies there already. Nothing is written before everything is known to be in order.
 *
 * @throws CommandError if a file of the project is there already, or the table is not CSV that any
 *   reader would read alike
 * @throws TableReadError or an error of the library if the table cannot be read, or the target not
 *   be predicted
 */
export async function init({ folder, table, target }: InitRequest, context: ActionContext): Promise<NewProject> {
  const path = resolve(context.cwd, folder);
  const there = Object.values(names).filter((name) => existsSync(join(path, name)));
  if (there.length > 0) {
    throw misuse(
      "conflict",
      `${printable(folder)} has files of a project already: ${listed(there)}`,
      "give another folder",
    );
  }
  // Names and kinds are in the first rows.
  const read = await readTableOf(table, { limit: 5000, sampleSeed: 0 }, context);
  const wanted = targetOf(read, { target });
  inferSchema(read, { target: wanted });
  const plain = plainTable(table, read, context.cwd);
  const inside = plain.path === undefined ? undefined : pathWithin(path, plain.path);
  const tablePath = inside ?? `data/${plain.name}`;

  const project =
    basename(path)
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, "-")
      .replaceAll(/^-+|-+$/g, "") || "project";
  const contents = Object.entries(names).map(([source, name]) => {
    const text = readFileSync(new URL(source, template), "utf8");
    return [name, filled(name, text, { project, path: tablePath, target: wanted })] as const;
  });
  const copied = inside === undefined ? [[tablePath, plain.content()] as const] : [];
  for (const [name, content] of [...copied, ...contents]) {
    const file = join(path, name);
    writing(file, () => makeFolder(join(file, "..")));
    writeAtomic(file, content);
  }
  return { folder, files: [...copied, ...contents].map(([name]) => name), target: wanted };
}

/** The path inside a folder, with slashes; undefined if it lies elsewhere. */
function pathWithin(folder: string, path: string): string | undefined {
  const inner = relative(folder, path).split(sep).join("/");
  return inner.startsWith("../") || inner === ".." || resolve(folder, inner) !== path ? undefined : inner;
}

interface Names {
  readonly project: string;
  readonly path: string;
  readonly target: string;
}

/** A file of the template with the names of the project. */
function filled(name: string, text: string, { project, path, target }: Names): string {
  if (name === "package.json") {
    const manifest = JSON.parse(text) as { readonly dependencies: object };
    const dependencies = { ...manifest.dependencies, evenkeel: `^${version}` };
    return `${JSON.stringify({ ...manifest, name: project, dependencies }, null, 2)}\n`;
  }
  if (name.endsWith(".ts")) {
    return text
      .replace('"data/table.csv"', () => JSON.stringify(path))
      .replace('"the target"', () => JSON.stringify(target));
  }
  // A backquote would end the code that the name stands in.
  const code = (name: string) => printable(name).replaceAll("`", "'");
  const typed = text.replace("inspect data/table.csv", () => `inspect ${code(shellWord(path))}`);
  return typed.replaceAll("data/table.csv", () => code(path)).replaceAll("`the target`", () => `\`${code(target)}\``);
}
