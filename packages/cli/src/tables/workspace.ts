import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { newTemporaryFolder } from "../shell/files/temporaryFolder.ts";
import { type Database, lazyDatabase } from "./database.ts";

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

/** Runs work in a workspace and clears it away, whatever happens. */
export async function withWorkspace<T>(
  { cwd = process.cwd(), signal, memoryLimit = "512MB", threads }: WorkspaceOptions,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const folder = await newTemporaryFolder();
  try {
    const database = lazyDatabase({
      memoryLimit,
      threads: threads ?? Math.min(availableParallelism(), 4),
      temporary: join(folder, "duckdb"),
      cwd,
      signal,
    });
    let files = 0;
    try {
      return await work({
        database,
        cwd,
        ...(signal && { signal }),
        newFile: (suffix) => join(folder, `${files++}${suffix}`),
      });
    } finally {
      await database.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
