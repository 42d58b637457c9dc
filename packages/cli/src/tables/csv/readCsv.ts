import type { Column } from "evenkeel/tabular";
import type { PlaceOf } from "../../shell/dialect.ts";
import type { Collected, CollectOptions } from "../columns/collect.ts";
import { namesOf } from "../columns/names.ts";
import { Sample } from "../columns/sample.ts";
import type { IsUtf8 } from "../formats/head.ts";
import { Pace } from "../pace.ts";
import type { ReadNote } from "../readError.ts";
import type { CsvFile } from "./csvFile.ts";
import type { FieldBlock } from "./fieldBlock.ts";
import { FieldBuilder, mostNumbers } from "./fieldBuilder.ts";
import { totalNote } from "./footer.ts";
import type { LineMap } from "./lineMap.ts";
import { TextsNeeded } from "./looseNumbers.ts";
import { Records } from "./records.ts";

interface CsvOptions extends CollectOptions {
  /** Whether to say if there are rows beyond the limit: the reader looks for one. */
  readonly seeMore?: boolean;
}

interface CsvCollected extends Collected {
  readonly placeOf: PlaceOf;
  /** Whether there are rows beyond the limit, if that was asked. */
  readonly more: boolean;
}

/** Where the bytes of files come from: a disk, or what a page was given. */
export interface ByteSource<File> {
  sizeOf(file: File): Promise<number>;
  /**
   * The bytes of a file in UTF-8, unpacked.
   * @param onBytes is told how many bytes of the file have been read, with each part
   */
  bytesOf(file: File, onBytes: (bytes: number) => void): AsyncIterable<Uint8Array>;
  readonly isUtf8: IsUtf8;
}

/**
 * Reads CSV files, one after the other, into columns of their texts.
 *
 * @param onFile is told which file is read, so that an error can name it
 * @throws TableReadError naming the line of what is not right
 */
export async function readCsv<File extends CsvFile>(
  files: readonly File[],
  source: ByteSource<NoInfer<File>>,
  options: CsvOptions,
  signal: AbortSignal | undefined,
  onFile: (index: number) => void,
): Promise<CsvCollected> {
  const names = namesOf(files, options.columns);
  const carried = new Set(options.carry === "all" ? names : options.carry);
  for (;;) {
    try {
      return await readOnce(files, source, names, carried, options, signal, onFile);
    } catch (error) {
      if (!(error instanceof TextsNeeded)) throw error;
      carried.add(error.column);
    }
  }
}

async function readOnce<File extends CsvFile>(
  files: readonly File[],
  source: ByteSource<NoInfer<File>>,
  names: readonly string[],
  carried: ReadonlySet<string>,
  options: CsvOptions,
  signal: AbortSignal | undefined,
  onFile: (index: number) => void,
): Promise<CsvCollected> {
  const { limit = Number.POSITIVE_INFINITY, seeMore = false, onProgress } = options;
  const builders = names.map((name) => new FieldBuilder(name, mostNumbers(names.length), carried.has(name)));
  const sample = options.sample === undefined ? undefined : new Sample(options.sample, options.seed ?? 0);
  const pace = new Pace();
  const sizes = await Promise.all(files.map((file) => source.sizeOf(file)));
  const size = sizes.reduce((sum, one) => sum + one, 0);
  let sizeBefore = 0;
  let read = 0;
  let more = false;
  /** What of the rows stands where. */
  const spans: Span[] = [];
  const blankNotes: ReadNote[] = [];
  for (const [index, file] of files.entries()) {
    if (read >= limit) break;
    onFile(index);
    const positions = positionsOf(file, names);
    const records = new Records({ ...file, columns: file.columns.length, isUtf8: source.isUtf8 });
    spans.push({ first: read, name: file.name, lines: records.lines });
    let bytesRead = 0;
    const onBytes = (bytes: number) => {
      bytesRead = bytes;
    };
    for await (const block of blocksOf(source.bytesOf(file, onBytes), records, signal)) {
      const rows = Math.min(block.rows, limit - read);
      if (sample) sample.take(rows, takerOf(builders, positions, block));
      else for (const [i, builder] of builders.entries()) builder.append(block, positions[i], 0, rows);
      read += rows;
      more ||= rows < block.rows;
      if (read >= limit && (more || !seeMore)) break;
      if (pace.isDue()) onProgress?.(read, (sizeBefore + bytesRead) / size);
    }
    sizeBefore += sizes[index];
    if (file.columns.length === 1 && records.blankLines > 0) blankNotes.push(blankNote(file.name, records.blankLines));
  }
  onProgress?.(read, 1);
  const order = sample?.order();
  const finished = builders.map((builder) => builder.finish(order));
  const columns = finished.flatMap(({ column }) => column ?? []);
  return {
    rows: order?.length ?? read,
    columns,
    notes: [
      ...files.flatMap(({ notes }) => notes),
      ...blankNotes,
      ...finished.flatMap(({ notes }) => notes),
      ...lastRow(),
    ],
    more,
    placeOf: (row) => placeIn(spans, sample && order ? sample.rowAt(order[row]) : row),
  };

  function lastRow() {
    if (files.length > 1 || sample !== undefined || read >= limit || read === 0) return [];
    return totalNote(files[0].name, columns as Column[], read, spans[0].lines.lineOf(read - 1));
  }
}

/** The rows of a file: the first of them, and in which line each begins. */
interface Span {
  readonly first: number;
  readonly name: string;
  readonly lines: LineMap;
}

function placeIn(spans: readonly Span[], row: number): string {
  const { first, name, lines } = spans.findLast((span) => span.first <= row)!;
  return `line ${lines.lineOf(row - first)}${spans.length > 1 ? ` of ${name}` : ""}`;
}

/** In a table of one column, an empty line may be meant as a row. */
function blankNote(name: string, lines: number): ReadNote {
  const what = lines === 1 ? "an empty line is no row" : `${lines} empty lines are no rows`;
  const message = `${name}: ${what}; a row without a value is written ""`;
  return { severity: "warning", code: "blank-lines", message };
}

function positionsOf({ columns }: CsvFile, names: readonly string[]): number[] {
  const positions = new Map(columns.map(({ name }, i) => [name, i]));
  return names.map((name) => positions.get(name)!);
}

function takerOf(builders: readonly FieldBuilder[], positions: readonly number[], block: FieldBlock) {
  return {
    append(start: number, end: number) {
      for (const [i, builder] of builders.entries()) builder.append(block, positions[i], start, end);
    },
    replace(position: number, row: number) {
      for (const [i, builder] of builders.entries()) builder.replace(position, block, positions[i], row);
    },
  };
}

/** The rows of a file, some at a time. @throws TableReadError as `Records`, or if it is damaged */
async function* blocksOf(
  parts: AsyncIterable<Uint8Array>,
  records: Records,
  signal: AbortSignal | undefined,
): AsyncGenerator<FieldBlock> {
  for await (const bytes of parts) {
    signal?.throwIfAborted();
    yield records.take(bytes);
  }
  yield records.end();
  records.check();
}
