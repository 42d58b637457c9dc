import type { ActionContext } from "../shell/context.ts";
import { TableReadError } from "./readError.ts";
import type { ReadTableOptions, TableRead } from "./readTable.ts";

/** How a table is read, as the options of a command say it and as runs and studies record it. */
export interface TableFlags {
  readonly sql?: string;
  readonly columns?: readonly string[];
  readonly limit?: number;
  readonly sample?: number;
  readonly sampleSeed: number;
  readonly format?: ReadTableOptions["format"];
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly null?: readonly string[];
  readonly encoding?: string;
}

/** These options, without others that were given beside them. */
export function tableFlags(flags: TableFlags): TableFlags {
  const { sql, columns, limit, sample, sampleSeed, format, delimiter, header, encoding } = flags;
  return { sql, columns, limit, sample, sampleSeed, format, delimiter, header, null: flags.null, encoding };
}

/**
 * Reads the table that an argument and these options mean.
 *
 * @throws TableReadError if it cannot be read, or neither a table nor a query is named
 */
export async function readTableOf(
  source: string | undefined,
  flags: TableFlags,
  { cwd, signal, stdin }: ActionContext,
  onProgress?: (rows: number) => void,
): Promise<TableRead> {
  const { sql, columns, limit, sample, sampleSeed, format, delimiter, header, encoding } = flags;
  if ((source === undefined) === (sql === undefined)) {
    throw new TableReadError(
      source === undefined
        ? "name a table, or give a query with --sql"
        : "a table and --sql exclude each other: name the table in the query",
    );
  }
  const options: ReadTableOptions = {
    ...{ columns, limit, sample, seed: sampleSeed, format, delimiter, header, nullStrings: flags.null, encoding },
    ...{ cwd, signal, stdin, onProgress },
  };
  // The database takes a while to load, and --help needs none.
  const { readTable } = await import("./readTable.ts");
  try {
    return await readTable(source ?? { sql: sql! }, options);
  } catch (error) {
    // What is wrong with an option is no fault of the program either.
    if (error instanceof RangeError) throw new TableReadError(error.message.replace(/^readTable: /, "--"));
    throw error;
  }
}
