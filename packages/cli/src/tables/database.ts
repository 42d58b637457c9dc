import { type DuckDBConnection, DuckDBInstance, type DuckDBVector } from "@duckdb/node-api";

export interface DatabaseOptions {
  /** What DuckDB may hold in memory before it writes to `temporary`, such as "512MB". */
  readonly memoryLimit: string;
  readonly threads: number;
  /** A folder that DuckDB may write to and that is removed afterwards. */
  readonly temporary: string;
  /** Where relative names in SQL start. */
  readonly cwd: string;
  readonly signal?: AbortSignal;
}

/** DuckDB in memory, for reading: no extension is fetched, no file is written but for temporary ones. */
export interface Database {
  /** All rows, for small answers. */
  rows<Row>(sql: string): Promise<Row[]>;
  /** Rows by batches of so many columns, as they are read and in their order. The columns have names. */
  batches(sql: string, columns: number): AsyncGenerator<Batch>;
  close(): void;
}

export interface Batch {
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
    batches: (sql, columns) => batches(connection, sql, columns, signal),
    close() {
      signal?.removeEventListener("abort", interrupt);
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function allRows<Row>(connection: DuckDBConnection, sql: string): Promise<Row[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjectsJS() as Row[];
}

/**
 * DuckDB ends a stream that fails midway exactly like one that is exhausted, and its interface for Node does not tell
 * them apart. So a row that marks the end comes last; where it is missing, counting raises the error.
 */
async function* batches(
  connection: DuckDBConnection,
  sql: string,
  columns: number,
  signal?: AbortSignal,
): AsyncGenerator<Batch> {
  const marked = `SELECT *, false FROM (${sql}) UNION ALL SELECT ${"NULL, ".repeat(columns)}true`;
  const result = await interruptible(signal, () => connection.stream(marked));
  for (let ended = false; !ended; ) {
    const chunk = await interruptible(signal, () => result.fetchChunk());
    if (chunk === null || chunk.rowCount === 0) {
      await interruptible(signal, () => connection.run(`SELECT count(COLUMNS(*)) FROM (${sql})`));
      throw new Error("the rows ended before their end");
    }
    ended = chunk.getColumnVector(columns).getItem(chunk.rowCount - 1) === true;
    const rows = ended ? chunk.rowCount - 1 : chunk.rowCount;
    if (rows > 0) yield { rows, column: (index) => chunk.getColumnVector(index) };
  }
}

/** What DuckDB says of an interrupt is not what the caller asked for: the signal's own reason is. */
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
