import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { builtinNames } from "../builtin.ts";
import type { Database } from "../database.ts";
import { literal } from "../formats/sql.ts";
import type { Allowed } from "../limits.ts";
import { unreadable } from "../readError.ts";
import type { Workspace } from "../workspace.ts";
import { checkBounds } from "./boundedFiles.ts";
import type { Statement } from "./statement.ts";

/** A file that a query reads, as a run or a study records it. */
export interface QuerySource {
  /** Relative to the folder that the query was run in. */
  readonly name: string;
  readonly sha256: string;
}

/** The files that a query names, and the paths by which DuckDB may open them. */
interface NamedFiles {
  readonly sources: readonly QuerySource[];
  readonly paths: string[];
}

/**
 * The files behind the names in a query; names of something else stand for none.
 *
 * @param recorded the files that a record lists: others are refused
 * @throws TableReadError for a file that the record does not list, that has changed, or that costs
 *   more than its size allows
 */
export async function namedFiles(
  { names, json }: Statement,
  workspace: Workspace,
  recorded: readonly QuerySource[] | undefined,
  allowed: Allowed,
): Promise<NamedFiles> {
  const { database, cwd, signal } = workspace;
  const known = recorded && new Set(recorded.map(({ sha256 }) => sha256));
  const sources: QuerySource[] = [];
  // DuckDB compares the name as it is written, and that of each file that a pattern matches.
  const paths: string[] = [];
  for (const name of names) {
    if (builtinNames.includes(name)) continue;
    const path = absolute(name, cwd);
    paths.push(name, path);
    const files = await matches(path, database);
    // A device or a pipe has no digest.
    if (known !== undefined && files.length === 0 && existsSync(path)) throw unrecorded(name);
    for (const file of files) {
      paths.push(file, ...(isAbsolute(name) ? [] : [relative(cwd, file)]));
      const source = { name: relative(cwd, file), sha256: await digest(file, signal) };
      if (known !== undefined && !known.has(source.sha256)) throw unrecorded(source.name);
      await checkBounds({ name: source.name, path: file, ...allowed }, json.has(name), workspace);
      sources.push(source);
    }
  }
  return { sources, paths };
}

function absolute(name: string, cwd: string): string {
  if (name.startsWith("~/")) return join(homedir(), name.slice(2));
  return isAbsolute(name) ? name : `${cwd.replace(/[[*?]/g, "[$&]")}/${name}`;
}

async function matches(path: string, database: Database): Promise<string[]> {
  const isFile = async (file: string) => (await stat(file).catch(() => undefined))?.isFile();
  if (!/[[*?]/.test(path)) return (await isFile(path)) ? [path] : [];
  const found = await database.rows<{ file: string }>(`SELECT file FROM glob(${literal(path)}) ORDER BY file`);
  return found.map(({ file }) => file);
}

async function digest(file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest("hex");
}

function unrecorded(name: string) {
  return unreadable(
    "conflict",
    `the recorded query names ${name}, which is not a file that the record lists, or has changed`,
    "if you trust the folder that it comes from, let its query read any file with --trust-sql",
  );
}
