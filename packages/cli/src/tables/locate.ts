import { createWriteStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, resolve } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { listed, nearest } from "../shell/nearest.ts";
import { sentence } from "../shell/sentence.ts";
import { builtinNames, builtinTable } from "./builtin.ts";
import { literal } from "./formats/sql.ts";
import { type TableReadError, unreadable } from "./readError.ts";
import { temporaryFault, type Workspace } from "./workspace.ts";

/** The files that a source means. */
export interface Located {
  readonly files: readonly LocatedFile[];
  /** The default target of a built-in table. */
  readonly target?: string;
}

export interface LocatedFile {
  /** As people know it. */
  readonly name: string;
  readonly path: string;
}

/**
 * Finds the files: a built-in table by its name, `-` for standard input, a file, or all files of a
 * pattern.
 *
 * @throws TableReadError if there are none, with the nearest names
 */
export async function locate(source: string, workspace: Workspace, stdin: Readable): Promise<Located> {
  if (source === "")
    throw unreadable("missing", "the table's name is empty", "give a file, a pattern, or a built-in table");
  if (source.includes("\0")) throw unreadable("wrong-value", `no file can be called ${JSON.stringify(source)}`);
  const builtin = builtinTable(source);
  if (builtin) return { files: [{ name: source, path: builtin.path }], target: builtin.target };
  if (source === "-") return { files: [await spooled("standard input", stdin, workspace)] };
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(source)) {
    throw unreadable(
      "wrong-value",
      `${source} is an address; tables are read from files: download it first, or pipe it to -`,
    );
  }
  const path = resolve(workspace.cwd, source);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    if (found.code !== "ENOENT" && found.code !== "ENOTDIR") {
      throw unreadable("damaged-file", `${source} cannot be read: ${sentence(found)}`);
    }
    if (/[*?[]/.test(source)) return { files: await matching(source, workspace) };
    throw await noSuchFile(source, path);
  }
  if (found.isDirectory()) {
    const inside = (await readdir(path)).filter(looksLikeTable).sort();
    const files = inside.length > 0 ? ` It holds ${listed(inside, 5)}.` : "";
    throw unreadable(
      "wrong-value",
      `${source} is a directory`,
      `name a file in it, or a pattern such as ${source}/*.csv.${files}`,
    );
  }
  if (found.isFIFO()) {
    const { createReadStream } = await import("node:fs");
    return { files: [await spooled(source, createReadStream(path), workspace)] };
  }
  if (!found.isFile()) throw unreadable("wrong-value", `${source} is no file but a device`);
  return { files: [{ name: source, path }] };
}

/** A stream, written to a file: its beginning is looked at before it is read. */
async function spooled(name: string, stream: Readable, workspace: Workspace): Promise<LocatedFile> {
  if ("isTTY" in stream && stream.isTTY) {
    throw unreadable("wrong-value", `${name} is a terminal`, "pipe a table into the command, or name a file");
  }
  const path = workspace.newFile("");
  try {
    await pipeline(stream, createWriteStream(path), { signal: workspace.signal });
  } catch (error) {
    workspace.signal?.throwIfAborted();
    throw temporaryFault(error) ?? unreadable("damaged-file", `${name} cannot be read: ${sentence(error)}`);
  }
  return { name, path };
}

async function matching(pattern: string, { database, cwd }: Workspace): Promise<LocatedFile[]> {
  const absolute = isAbsolute(pattern) ? pattern : `${cwd.replace(/[[*?]/g, "[$&]")}/${pattern}`;
  const found = await database.rows<{ file: string }>(`SELECT file FROM glob(${literal(absolute)}) ORDER BY file`);
  if (found.length === 0) throw unreadable("wrong-value", `no file matches ${pattern}`);
  const start = isAbsolute(pattern) ? 0 : cwd.length + 1;
  return found.map(({ file }) => ({ path: file, name: file.slice(start) }));
}

async function noSuchFile(source: string, path: string): Promise<TableReadError> {
  const folder = dirname(path);
  const inFolder = await readdir(folder).catch(() => undefined);
  if (inFolder === undefined) {
    return unreadable("wrong-value", `there is no file ${source}, nor the folder ${dirname(source)}`);
  }
  const wanted = basename(path);
  // A link whose file is gone is in the folder too.
  const tables = inFolder.filter((name) => name !== wanted && looksLikeTable(name)).sort();
  const near = nearest(wanted, [...tables, ...builtinNames]);
  const hint = near
    ? ` Did you mean ${near}?`
    : tables.length > 0
      ? ` The tables beside it: ${listed(tables, 8)}.`
      : ` Built-in tables are ${builtinNames.join(", ")}.`;
  return unreadable("wrong-value", `there is no file ${source}.${hint}`);
}

function looksLikeTable(name: string): boolean {
  return /\.(?:csv|tsv|tab|txt|json|jsonl|ndjson|parquet|pq)(?:\.gz|\.zst)?$/i.test(name);
}
