import type { Column } from "evenkeel/tabular";
import type { PlaceOf } from "../../shell/places.ts";
import type { Collected, CollectOptions } from "../columns/collect.ts";
import { namesOf } from "../columns/names.ts";
import { Sample } from "../columns/sample.ts";
import { unpacked } from "../formats/bytes.ts";
import type { CsvFile } from "./csvFile.ts";
import type { FieldBlock } from "./fieldBlock.ts";
import { FieldBuilder, mostNumbers } from "./fieldBuilder.ts";
import { totalNote } from "./footer.ts";
import { TextsNeeded } from "./looseNumbers.ts";
import { Records } from "./records.ts";

interface CsvCollected extends Collected {
  /** Where a row stands, where all rows of one file were read: "line 5". */
  readonly placeOf?: PlaceOf;
}

/**
 * Reads CSV files, one after the other, into columns of their texts.
 *
 * @param onFile is told which file is read, so that an error can name it
 * @throws TableReadError naming the line of what is not right
 */
export async function readCsv(
  files: readonly CsvFile[],
  options: CollectOptions,
  signal: AbortSignal | undefined,
  onFile: (index: number) => void,
): Promise<CsvCollected> {
  const names = namesOf(files, options.columns);
  const carried = new Set(options.carry === "all" ? names : options.carry);
  for (;;) {
    try {
      return await readOnce(files, names, carried, options, signal, onFile);
    } catch (error) {
      if (!(error instanceof TextsNeeded)) throw error;
      carried.add(error.column);
    }
  }
}

async function readOnce(
  files: readonly CsvFile[],
  names: readonly string[],
  carried: ReadonlySet<string>,
  options: CollectOptions,
  signal: AbortSignal | undefined,
  onFile: (index: number) => void,
): Promise<CsvCollected> {
  const { limit = Number.POSITIVE_INFINITY, onProgress } = options;
  const builders = names.map((name) => new FieldBuilder(name, mostNumbers(names.length), carried.has(name)));
  const sample = options.sample === undefined ? undefined : new Sample(options.sample, options.seed ?? 0);
  let read = 0;
  let told = 0;
  let lineOf: ((row: number) => number) | undefined;
  for (const [index, file] of files.entries()) {
    if (read >= limit) break;
    onFile(index);
    const positions = positionsOf(file, names);
    const records = new Records({ ...file, columns: file.columns.length });
    for await (const block of blocksOf(file, records, signal)) {
      const rows = Math.min(block.rows, limit - read);
      if (sample) sample.take(rows, takerOf(builders, positions, block));
      else for (const [i, builder] of builders.entries()) builder.append(block, positions[i], 0, rows);
      read += rows;
      if (read >= limit) break;
      if (onProgress && read - told >= 50_000) {
        onProgress(read);
        told = read;
      }
    }
    if (files.length === 1 && sample === undefined) lineOf = (row) => records.lines.lineOf(row);
  }
  if (onProgress && read > told) onProgress(read);
  const order = sample?.order();
  const finished = builders.map((builder) => builder.finish(order));
  const columns = finished.flatMap(({ column }) => column ?? []);
  return {
    rows: order?.length ?? read,
    columns,
    notes: [...files.flatMap(({ notes }) => notes), ...finished.flatMap(({ notes }) => notes), ...lastRow()],
    ...(lineOf && { placeOf: (row: number) => `line ${lineOf?.(row)}` }),
  };

  function lastRow() {
    if (lineOf === undefined || read >= limit || read === 0) return [];
    return totalNote(files[0].name, columns as Column[], read, lineOf(read - 1));
  }
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
  { name, path, compression }: CsvFile,
  records: Records,
  signal: AbortSignal | undefined,
): AsyncGenerator<FieldBlock> {
  for await (const bytes of unpacked({ name, path }, compression)) {
    signal?.throwIfAborted();
    yield records.take(bytes);
  }
  yield records.end();
  records.check();
}
