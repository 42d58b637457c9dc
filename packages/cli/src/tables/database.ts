import type { DuckDBConnection, DuckDBVector } from "@duckdb/node-api";
import { literal } from "./formats/sql.ts";

interface DatabaseOptions {
  /** What DuckDB may hold in memory before it writes to `temporary`, such as "512MB". */
  readonly memoryLimit: string;
  readonly threads: number;
  /** A folder that DuckDB may write to and that is removed afterwards. */
  readonly temporary: string;
  /** Where relative names in SQL start. */
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * DuckDB in memory, for reading: no extension is fetched, no file is written but for temporary
 * ones.
 */
export interface Database {
  /** All rows, for small answers. */
  rows<Row>(sql: string): Promise<Row[]>;
  /**
   * Rows by batches of columns, in their order and as they are read, so many at most. The query
   * gives the same rows when it is run again.
   */
  batches(sql: string, limit: number): AsyncGenerator<Batch>;
  /**
   * From now on no other files are opened than these and temporary ones, and no setting changes.
   * @param files "any" leaves reading free
   */
  confine(files: readonly string[] | "any"): Promise<void>;
  close(): Promise<void>;
}

interface Batch {
  readonly rows: number;
  column(index: number): DuckDBVector;
}

export async function openDatabase({
  memoryLimit,
  threads,
  temporary,
  cwd,
  signal,
}: DatabaseOptions): Promise<Database> {
  // It takes a while to load, and texts are read without it.
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    memory_limit: memoryLimit,
    threads: String(threads),
    temp_directory: temporary,
    file_search_path: cwd,
  });
  const connection = await instance.connect();
  // Dates without a zone are UTC, wherever the machine is.
  await connection.run("SET TimeZone = 'UTC'");
  const interrupt = () => connection.interrupt();
  signal?.addEventListener("abort", interrupt);
  return {
    rows: (sql) => interruptible(signal, () => allRows(connection, sql)),
    batches: (sql, limit) => batches(connection, sql, limit, signal),
    async confine(files) {
      if (files !== "any") {
        await connection.run(`SET allowed_paths = [${files.map(literal).join(", ")}]`);
        await connection.run("SET enable_external_access = false");
      }
      await connection.run("SET lock_configuration = true");
    },
    async close() {
      signal?.removeEventListener("abort", interrupt);
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** The same, opened when it is first asked: texts are read without it. */
export function lazyDatabase(options: DatabaseOptions): Database {
  let opened: Promise<Database> | undefined;
  const database = () => {
    opened ??= openDatabase(options);
    return opened;
  };
  return {
    rows: async (sql) => (await database()).rows(sql),
    async *batches(sql, limit) {
      yield* (await database()).batches(sql, limit);
    },
    confine: async (files) => (await database()).confine(files),
    async close() {
      await (await opened)?.close();
    },
  };
}

async function allRows<Row>(connection: DuckDBConnection, sql: string): Promise<Row[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjectsJS() as Row[];
}

/**
 * DuckDB ends a stream that fails midway exactly like one that is exhausted, and its interface for
 * Node does not tell them apart. So the rows are counted once more, which takes few columns; where
 * some did not come, reading all columns raises the error.
 */
async function* batches(
  connection: DuckDBConnection,
  sql: string,
  limit: number,
  signal?: AbortSignal,
): AsyncGenerator<Batch> {
  const limited = Number.isFinite(limit) ? `${sql} LIMIT ${limit}` : sql;
  const result = await interruptible(signal, () => connection.stream(limited));
  let came = 0;
  for (;;) {
    const chunk = await interruptible(signal, () => result.fetchChunk());
    if (chunk === null || chunk.rowCount === 0) break;
    came += chunk.rowCount;
    yield { rows: chunk.rowCount, column: (index) => chunk.getColumnVector(index) };
  }
  if (came === limit) return;
  const counted = `SELECT count(*)::DOUBLE AS rows FROM (${sql})`;
  const [{ rows }] = await interruptible(signal, () => allRows<{ rows: number }>(connection, counted));
  if (rows === came) return;
  await interruptible(signal, () => connection.run(`SELECT count(COLUMNS(*)) FROM (${sql})`));
  throw new Error(`only ${came} of ${rows} rows could be read`);
}

/**
 * What DuckDB says of an interrupt is not what the caller asked for: the signal's own reason is.
 */
async function interruptible<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  try {
    const done = await work();
    signal?.throwIfAborted();
    return done;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
