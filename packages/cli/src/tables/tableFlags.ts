import type { ActionContext } from "../shell/context.ts";
import type { CsvOptions } from "./csv/dialect/dialect.ts";
import { type Allowed, allowedOf } from "./limits.ts";
import type { QuerySource } from "./query/sources.ts";
import { unreadable } from "./readError.ts";
import type { ReadTableOptions, TableRead } from "./readTable.ts";
import type { ShardFlags } from "./shards/memoryPlan.ts";

/** How a table is read, as the options of a command say it and as runs and studies record it. */
export interface TableFlags
  extends CsvOptions,
    Pick<ReadTableOptions, "columns" | "limit" | "sample" | "format" | "encoding">,
    Allowed {
  readonly sql?: string | undefined;
  /** Of a query out of a record: the files that it may read. */
  readonly sources?: readonly QuerySource[] | undefined;
  /** Lets a query read any file. Never recorded. */
  readonly trustSql?: true | undefined;
  readonly sampleSeed: number;
  /** How a table is read that memory does not hold, for `train`. */
  readonly shards?: ShardFlags | undefined;
  /** Tables of one's own to validate by and to test on, for `train`. */
  readonly parts?: { readonly validation?: string | undefined; readonly test?: string | undefined } | undefined;
}

/** These options, without others that were given beside them. */
export function tableFlags(flags: TableFlags): TableFlags {
  const { sql, trustSql, columns, limit, sample, sampleSeed, encoding } = flags;
  const { format, delimiter, header, headerRows, skip, units, skipFooter } = flags;
  return {
    ...{ sql, trustSql, columns, limit, sample, sampleSeed, encoding },
    ...{ format, delimiter, header, headerRows, skip, units, skipFooter, ...allowedOf(flags) },
  };
}

/** The options as a record keeps them, with the files that a query read. */
export function recordedFlags<F extends TableFlags>(
  { trustSql: _, sources: __, ...flags }: F,
  { sources }: Pick<TableRead, "sources">,
): Omit<F, "trustSql" | "sources"> & TableFlags {
  return { ...flags, ...(sources && { sources }) };
}

/**
 * Reads the table that an argument and these options mean.
 *
 * @throws TableReadError if it cannot be read, or neither a table nor a query is named
 */
export async function readTableOf(
  source: string | undefined,
  flags: TableFlags,
  { cwd, signal, stdin, progress }: ActionContext,
  { carry }: Pick<ReadTableOptions, "carry"> = {},
): Promise<TableRead> {
  const { sql, trustSql, sampleSeed, ...read } = tableFlags(flags);
  if (source === undefined && sql === undefined) {
    throw unreadable("missing", "there is no table to read", "name one, or give a query with --sql");
  }
  if (source !== undefined && sql !== undefined) {
    throw unreadable("conflict", "a table and --sql exclude each other", "name the table in the query");
  }
  const onProgress: ReadTableOptions["onProgress"] = progress && ((rows, part) => progress.read(rows, "rows", part));
  const options: ReadTableOptions = {
    ...read,
    ...{ seed: sampleSeed, cwd, signal, stdin, onProgress, carry },
  };
  // The database takes a while to load, and --help needs none.
  const { readTable } = await import("./readTable.ts");
  progress?.doing("reading");
  const asked = source ?? { sql: sql!, sources: flags.sources, trusted: trustSql, ...allowedOf(read) };
  return readTable(asked, options).finally(progress?.stop);
}
