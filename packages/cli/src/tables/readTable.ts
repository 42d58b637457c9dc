import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import type { Table } from "evenkeel/tabular";
import type { PlaceOf } from "../shell/dialect.ts";
import { faultOf } from "../shell/files/fault.ts";
import { sentence } from "../shell/sentence.ts";
import { type CollectOptions, collect } from "./columns/collect.ts";
import type { Attempt, Part } from "./columns/part.ts";
import { type CsvFile, csvFile } from "./csv/csvFile.ts";
import type { CsvOptions } from "./csv/dialect/dialect.ts";
import { readCsv } from "./csv/readCsv.ts";
import { explain, nextAttempt } from "./explain.ts";
import { checkGzip, onDisk, readHead, writeAsUtf8 } from "./formats/bytes.ts";
import { formatOf, formats, type TableFormat } from "./formats/format.ts";
import { checkNotBlank, encodingNotes, encodingOf, type Head, isDecoded, startsWith } from "./formats/head.ts";
import { jsonPart } from "./formats/json.ts";
import { checkJson } from "./formats/jsonBounds.ts";
import { parquetPart } from "./formats/parquet.ts";
import type { SourceFile } from "./formats/unpackLimit.ts";
import { type Allowed, allowedOf, mostRecordMegabytes } from "./limits.ts";
import { type Located, type LocatedFile, locate } from "./locate.ts";
import { type Query, queryPart } from "./query/queryPart.ts";
import type { QuerySource } from "./query/sources.ts";
import { type ReadNote, TableReadError, unreadable } from "./readError.ts";
import { temporaryFault, type Workspace, type WorkspaceOptions, withWorkspace } from "./workspace.ts";

/**
 * Where a table comes from: the name of a built-in table (`mpg`), a file, a pattern (`data/*.csv`),
 * `-` for standard input, or a query.
 */
type TableSource = string | Query;

export interface ReadTableOptions extends CollectOptions, CsvOptions, WorkspaceOptions, Allowed {
  /** What the file is, where neither its beginning nor its name says so. */
  readonly format?: TableFormat | undefined;
  /** Of CSV and JSON, such as "utf-16le" or "shift_jis"; found by the bytes unless given. */
  readonly encoding?: string | undefined;
  readonly stdin?: Readable | undefined;
}

/** A table with what was noticed while it was read. */
export interface TableRead extends Table {
  /** What was read, in words for a person. */
  readonly source: string;
  readonly notes: readonly ReadNote[];
  /** The files that a query reads. */
  readonly sources?: readonly QuerySource[];
  /** What the first file is; undefined for a query. */
  readonly format?: TableFormat;
  /** The column that a built-in table is there to predict. */
  readonly target?: string;
  /** In which line of which file a row of CSV begins. */
  readonly placeOf?: PlaceOf;
}

const known = [
  ...["columns", "limit", "sample", "seed", "carry", "onProgress", "cwd", "signal", "memoryLimit", "threads"],
  ...["format", "delimiter", "header", "headerRows", "skip", "units", "skipFooter", "encoding", "stdin"],
  ...["maxUnpacked", "maxColumns", "maxRecord"],
];

/**
 * Reads a table, column by column: CSV as texts, everything else through DuckDB. Rows keep their
 * order. Never more of the file is held than a few batches beside the columns themselves, so that
 * files may be larger than memory where few columns or rows are wanted.
 *
 * @throws TableReadError for everything that is wrong with the source
 * @throws the reason of `signal` once it is aborted
 */
export async function readTable(source: TableSource, options: ReadTableOptions = {}): Promise<TableRead> {
  const checked = checkOptions(options);
  return withWorkspace(checked, async (workspace) => {
    if (typeof source !== "string") return readQuery(source, checked, workspace);
    const located = await locate(source, workspace, checked.stdin ?? process.stdin);
    return readFiles(source, located, checked, workspace);
  });
}

async function readQuery(query: Query, options: ReadTableOptions, workspace: Workspace): Promise<TableRead> {
  const { database } = workspace;
  try {
    const { sources, ...part } = await queryPart(query, workspace);
    return { source: "the query", sources, ...(await collect(database, [part], options, () => {})) };
  } catch (error) {
    throw ours(error) ?? temporaryFault(error) ?? explain(error as Error, "the query");
  }
}

async function readFiles(
  source: string,
  { files, target }: Located,
  options: ReadTableOptions,
  workspace: Workspace,
): Promise<TableRead> {
  const { signal } = workspace;
  const allowed = allowedOf(options);
  const attempts = files.map((): Attempt => ({ thorough: false }));
  for (;;) {
    const opened: Opened[] = [];
    let at = 0;
    const onFile = (index: number) => {
      at = index;
    };
    try {
      for (at = 0; at < files.length; at++) opened.push(await openFile(files[at], attempts[at], options, workspace));
      at = 0;
      const name = files.length === 1 ? files[0].name : `${source} (${files.length} files)`;
      const about = { source: name, format: opened[0].format, ...(target !== undefined && { target }) };
      const texts = opened.flatMap(({ csv }) => csv ?? []);
      if (texts.length === opened.length) {
        return { ...about, ...(await readCsv(texts, onDisk, options, signal, onFile)) };
      }
      const parts = opened.flatMap(({ part }) => part ?? []);
      if (parts.length < opened.length) throw mixed(files, opened);
      const collected = await collect(workspace.database, parts, options, onFile);
      // Rows beyond the limit may be as they are.
      const packed = collected.rows < (options.limit ?? Number.POSITIVE_INFINITY) ? opened : [];
      for (const [index, { unchecked }] of packed.entries())
        if (unchecked) await checkGzip({ ...files[index], ...allowed }, signal);
      return { ...about, ...collected };
    } catch (error) {
      signal?.throwIfAborted();
      const known = ours(error) ?? temporaryFault(error);
      if (known) throw known;
      const { name } = files[at];
      if (faultOf(error) !== undefined) throw unreadable("damaged-file", `${name} cannot be read: ${sentence(error)}`);
      const next = await retry(error as Error, attempts[at], files[at]);
      if (next === undefined) throw explain(error as Error, name);
      attempts[at] = next;
    }
  }
}

async function retry(error: Error, attempt: Attempt, file: LocatedFile): Promise<Attempt | undefined> {
  const { bytes } = await readHead(file);
  return nextAttempt(error, attempt, !startsWith(bytes, [0x50, 0x41, 0x52, 0x31]));
}

/** Errors that need no translation. */
function ours(error: unknown): unknown {
  if (error instanceof TableReadError || !(error instanceof Error)) return error;
  return error.name === "AbortError" || error instanceof TypeError || error instanceof RangeError ? error : undefined;
}

/** A file of one of two kinds: one that DuckDB reads, or one of texts. */
export interface Opened {
  readonly part?: Part;
  readonly csv?: CsvFile & SourceFile & Pick<Head, "compression">;
  readonly format: TableFormat;
  /** Gzip data of which DuckDB alone has seen more than the beginning. */
  readonly unchecked?: boolean;
}

export async function openFile(
  { name, path }: LocatedFile,
  attempt: Attempt,
  options: ReadTableOptions,
  workspace: Workspace,
): Promise<Opened> {
  const { database } = workspace;
  const allowed = allowedOf(options);
  const file: SourceFile = { name, path, ...allowed };
  const head = await readHead(file);
  const format = formatOf(name, head, options.format);
  if (format === "parquet") return { format, part: await parquetPart(database, { ...file, head }, options) };
  const text = await asUtf8(file, head, attempt.encoding ?? options.encoding, workspace);
  checkNotBlank(name, text.head);
  if (format === "csv" || format === "tsv") {
    const csv = csvFile({ name, ...allowed, tabs: format === "tsv", head: text.head }, options);
    const { compression } = text.head;
    return { format, csv: { ...csv, path: text.path, compression, notes: [...text.notes, ...csv.notes] } };
  }
  await checkJson({ name, ...allowed, path: text.path }, text.head, workspace.signal, options);
  const jsonFile = { name, format, ...allowed, ...text };
  let part = await jsonPart(database, jsonFile, attempt);
  const known = new Set(part.columns.map((column) => column.name));
  // A key may first appear in the last object.
  if (!attempt.thorough && options.columns?.some((column) => !known.has(column))) {
    part = await jsonPart(database, jsonFile, { ...attempt, thorough: true });
  }
  const unchecked = text.head.compression === "gzip" && !text.head.whole;
  return { format, unchecked, part: { ...part, notes: [...text.notes, ...part.notes] } };
}

function mixed(files: readonly LocatedFile[], opened: readonly Opened[]): TableReadError {
  const other = opened.findIndex(({ csv }) => (csv === undefined) !== (opened[0].csv === undefined));
  const [first, second] = [0, other].map((index) => `${files[index].name} is ${opened[index].format}`);
  return unreadable("conflict", `the files are not alike: ${first}, ${second}`, "read them one by one");
}

/** The file itself, or a copy of it in UTF-8. */
async function asUtf8(
  file: SourceFile,
  head: Head,
  given: string | undefined,
  workspace: Workspace,
): Promise<{ path: string; head: Head; notes: ReadNote[] }> {
  const { name, path } = file;
  if (head.compression === "zstd") return { path, head, notes: [] };
  const found = given ?? encodingOf(head, name, isUtf8);
  if (!isDecoded(head, found, given)) return { path, head, notes: [] };
  const copy = workspace.newFile(".txt");
  await writeAsUtf8(file, head, found, copy, workspace.signal);
  return { path: copy, head: await readHead({ ...file, path: copy }), notes: encodingNotes(name, found) };
}

function wrongOption(option: string, value: string | number, expected: string): TableReadError {
  return new TableReadError({
    code: "wrong-value",
    where: { caller: "readTable", option },
    given: { value },
    expected,
  });
}

/** @throws TypeError for an unknown option @throws TableReadError for values that make no sense */
function checkOptions(options: ReadTableOptions): ReadTableOptions {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new TypeError(`readTable: unknown option "${name}", expected ${known.join(", ")}`);
  }
  const { limit, sample, headerRows, format, encoding, delimiter, ...others } = options;
  for (const [name, value] of Object.entries({ limit, sample, headerRows, ...allowedOf(others) })) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw wrongOption(name, value, "a whole number from 1");
    }
  }
  const { skip, skipFooter, maxRecord } = options;
  if (maxRecord !== undefined && maxRecord > mostRecordMegabytes) {
    throw wrongOption("maxRecord", maxRecord, `a whole number from 1 to ${mostRecordMegabytes}`);
  }
  for (const [name, value] of Object.entries({ skip, skipFooter })) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0)) {
      throw wrongOption(name, value, "a whole number from 0");
    }
  }
  if (format !== undefined && !formats.includes(format)) {
    throw wrongOption("format", format, formats.join(", "));
  }
  if (encoding !== undefined) checkEncoding(encoding);
  if (delimiter === undefined) return options;
  const character = delimiter === "\\t" || delimiter === "tab" ? "\t" : delimiter;
  if (character.length !== 1 || /["\r\n\\]/.test(character)) {
    throw wrongOption("delimiter", delimiter, "one character, or tab");
  }
  return { ...options, delimiter: character };
}

function checkEncoding(encoding: string): void {
  try {
    new TextDecoder(encoding);
  } catch {
    throw wrongOption("encoding", encoding, "one such as utf-8, utf-16le, windows-1252, shift_jis");
  }
}
