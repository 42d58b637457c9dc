import { stat } from "node:fs/promises";
import { allowedOf } from "../limits.ts";
import { type LocatedFile, locate } from "../locate.ts";
import { type ReadNote, unreadable } from "../readError.ts";
import { openFile, type ReadTableOptions } from "../readTable.ts";
import type { Workspace } from "../workspace.ts";
import { CsvShards } from "./csvShards.ts";
import { ParquetShards } from "./parquetShards.ts";

/** The files of a table, and how they were when they were opened. */
export interface OpenShards {
  /** In words for a person. */
  readonly source: string;
  readonly target?: string;
  readonly shards: CsvShards | ParquetShards;
  readonly notes: readonly ReadNote[];
  readonly sizes: readonly number[];
  /** @throws TableReadError naming a file that has changed since */
  checkUnchanged(): Promise<void>;
}

/**
 * Finds the files of a pattern and looks at the beginning of each.
 * @throws TableReadError if one cannot be read, or they are not alike
 */
export async function openShards(
  pattern: string,
  options: ReadTableOptions,
  workspace: Workspace,
): Promise<OpenShards> {
  if (pattern === "-") {
    throw unreadable("not-supported", "--shards takes files, not standard input", "write the rows into files");
  }
  const { files, target } = await locate(pattern, workspace, process.stdin);
  const before = await Promise.all(files.map(({ path }) => stat(path)));
  const opened = [];
  for (const file of files) opened.push(await openFile(file, { thorough: false }, options, workspace));
  const csv = opened.flatMap((one) => one.csv ?? []);
  const parts = opened.flatMap((one) => one.part ?? []);
  const json = opened.findIndex(({ format }) => format === "json" || format === "ndjson");
  if (json >= 0) {
    throw unreadable("not-supported", `${files[json].name} is JSON, and shards are CSV or Parquet files`, "convert it");
  }
  if (csv.length > 0 && parts.length > 0) {
    const [text, binary] = [csv[0].name, parts[0].name];
    throw unreadable("conflict", `the shards are not alike: ${text} is CSV, ${binary} is Parquet`);
  }
  const allowed = allowedOf(options);
  const shards =
    csv.length > 0 ? new CsvShards(csv) : await ParquetShards.open(workspace.database, files, parts, allowed);
  return {
    source: files.length === 1 ? files[0].name : `${pattern} (${files.length} files)`,
    ...(target !== undefined && { target }),
    shards,
    notes: shards.notes,
    sizes: before.map(({ size }) => size),
    checkUnchanged: () => checkUnchanged(files, before),
  };
}

async function checkUnchanged(
  files: readonly LocatedFile[],
  before: readonly { readonly size: number; readonly mtimeMs: number }[],
): Promise<void> {
  for (const [i, { name, path }] of files.entries()) {
    const now = await stat(path).catch(() => undefined);
    if (now?.size === before[i].size && now.mtimeMs === before[i].mtimeMs) continue;
    const what = now === undefined ? "is gone" : "has changed";
    throw unreadable(
      "wrong-state",
      `${name} ${what} since it was first read`,
      "leave shards as they are, and train again",
    );
  }
}
