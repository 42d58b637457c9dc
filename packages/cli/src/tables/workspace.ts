import { rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join, sep } from "node:path";
import { misuse } from "../shell/errors.ts";
import { newTemporaryFolder, temporaryPrefix } from "../shell/files/temporaryFolder.ts";
import { reasonOf } from "../shell/files/writeAtomic.ts";
import { type Database, lazyDatabase } from "./database.ts";
import { isFullDisk } from "./explain.ts";

/**
 * What reading one table needs for a while: DuckDB, and a folder for what has to be written down.
 */
export interface Workspace {
  readonly database: Database;
  readonly cwd: string;
  readonly signal?: AbortSignal;
  /** A name for a new file that is removed afterwards. */
  newFile(suffix: string): string;
}

export interface WorkspaceOptions {
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly memoryLimit?: string | undefined;
  readonly threads?: number | undefined;
}

async function temporaryFolder(): Promise<string> {
  try {
    return await newTemporaryFolder();
  } catch (error) {
    throw notTemporary(error);
  }
}

function notTemporary(error: unknown): Error {
  const statement = `no temporary file can be made in ${tmpdir()}: ${reasonOf(error)}`;
  return misuse("wrong-state", statement, "set TMPDIR to a folder that takes files", { cause: error });
}

/**
 * An error of the temporary folder as such: reading a table writes nowhere else. Undefined for any
 * other error. DuckDB tells of its own files in texts.
 */
export function temporaryFault(error: unknown): Error | undefined {
  if (isFullDisk(error)) return notTemporary(Object.assign(error, { code: "ENOSPC" }));
  const { syscall, path = "" } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return undefined;
  const isWritten = ["write", "writev", "fsync", "mkdtemp"].includes(syscall);
  return isWritten || path.includes(`${sep}${temporaryPrefix}`) ? notTemporary(error) : undefined;
}

/** A workspace, and how it is cleared away. */
export interface OpenWorkspace extends Workspace {
  /** Never fails: what is left, as an open file on NFS may be, goes when a command runs again. */
  close(): Promise<void>;
}

/** Makes a workspace that is kept until it is closed. */
export async function openWorkspace({
  cwd = process.cwd(),
  signal,
  memoryLimit = "512MB",
  threads,
}: WorkspaceOptions): Promise<OpenWorkspace> {
  signal?.throwIfAborted();
  const folder = await temporaryFolder();
  const database = lazyDatabase({
    memoryLimit,
    threads: threads ?? Math.min(availableParallelism(), 4),
    temporary: join(folder, "duckdb"),
    cwd,
    signal,
  });
  let files = 0;
  return {
    database,
    cwd,
    ...(signal && { signal }),
    newFile: (suffix) => join(folder, `${files++}${suffix}`),
    async close() {
      await Promise.resolve(database.close()).catch(() => {});
      await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
    },
  };
}

/** Runs work in a workspace and clears it away, whatever happens. */
export async function withWorkspace<T>(
  options: WorkspaceOptions,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const workspace = await openWorkspace(options);
  try {
    return await work(workspace);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw temporaryFault(error) ?? error;
  } finally {
    await workspace.close();
  }
}
