import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import type { Column } from "evenkeel/tabular";
import { namesOf } from "../columns/names.ts";
import type { CsvFile } from "../csv/csvFile.ts";
import type { FieldBlock } from "../csv/fieldBlock.ts";
import { FieldBuilder } from "../csv/fieldBuilder.ts";
import { InvalidUtf8, Records } from "../csv/records.ts";
import { onDisk } from "../formats/bytes.ts";
import type { Head } from "../formats/head.ts";
import type { SourceFile } from "../formats/unpackLimit.ts";
import { unreadable } from "../readError.ts";
import type { Shard, ShardBatch, ShardColumns } from "./shard.ts";

type TextFile = CsvFile & SourceFile & Pick<Head, "compression">;

/** A place in a file of texts where a row begins. */
export interface CutPoint {
  readonly row: number;
  readonly offset: number;
  readonly line: number;
}

/** What reading a whole file has shown. */
export interface CountedFile {
  readonly rows: number;
  readonly cuts: readonly CutPoint[];
}

/** So many cut points of a file are kept at most. */
const mostCuts = 4096;

/** CSV files with the same columns, which are read by ranges of bytes once their rows were counted. */
export class CsvShards {
  readonly names: readonly string[];
  readonly #files: readonly TextFile[];
  #counted: readonly CountedFile[] | undefined;

  constructor(files: readonly TextFile[]) {
    this.#files = files;
    this.names = namesOf(files);
  }

  get notes(): CsvFile["notes"] {
    return this.#files.flatMap(({ notes }) => notes);
  }

  /** Tells it what each file has, in their order. */
  set counted(files: readonly CountedFile[]) {
    this.#counted = files;
  }

  get files(): readonly Shard[] {
    return this.#files.map((file, i) => ({
      ...{ name: file.name, path: file.path, rows: this.#counted?.[i].rows },
      batches: (from, to, columns) => this.#batches(file, this.#counted![i], { from, to, columns }),
    }));
  }

  columns(names: readonly string[]): ShardColumns {
    return new BuiltFields(names);
  }

  /** All rows of a file; at the end it is known how many there are, and where to cut it. */
  async *count(index: number, size: number, columns: readonly string[]): AsyncGenerator<ShardBatch, CountedFile> {
    const file = this.#files[index];
    const records = new Records({ ...file, columns: file.columns.length, isUtf8 });
    const cuts: CutPoint[] = [];
    const apart = size / mostCuts;
    const toBatch = batchMaker(file, records, columns, 0);
    for await (const block of blocksOf(
      file,
      onDisk.bytesOf(file, () => {}),
      records,
    )) {
      yield toBatch(block);
      const place = records.place;
      if (place === undefined || file.compression !== "uncompressed") continue;
      if (place.offset - (cuts.at(-1)?.offset ?? 0) >= apart) {
        cuts.push({ row: place.rows, offset: place.offset, line: place.line });
      }
    }
    return { rows: records.place?.rows ?? 0, cuts };
  }

  async *#batches(
    file: TextFile,
    { cuts }: CountedFile,
    { from, to, columns }: { readonly from: number; readonly to: number; readonly columns: readonly string[] },
  ): AsyncGenerator<ShardBatch> {
    if (from >= to) return;
    const cut = cuts.findLast(({ row }) => row <= from);
    const common = { ...file, columns: file.columns.length, isUtf8 };
    const records = new Records(cut === undefined ? common : { ...common, skip: 0, head: 0, line: cut.line });
    const bytes =
      cut === undefined
        ? onDisk.bytesOf(file, () => {})
        : createReadStream(file.path, { start: cut.offset, highWaterMark: 1 << 20 });
    const toBatch = batchMaker(file, records, columns, cut?.row ?? 0);
    for await (const block of blocksOf(file, bytes, records)) {
      const batch = toBatch(block);
      const [start, end] = [from, to].map((row) => Math.min(batch.rows, Math.max(0, row - batch.first)));
      if (end > start) yield partOf(batch, start, end);
      if (batch.first + batch.rows >= to) return;
    }
    const statement = `${file.name} has fewer rows than when it was counted`;
    throw unreadable("wrong-state", statement, "the file has changed: train again");
  }
}

async function* blocksOf(
  { name }: TextFile,
  parts: AsyncIterable<Uint8Array>,
  records: Records,
): AsyncGenerator<FieldBlock> {
  try {
    for await (const bytes of parts) yield records.take(bytes);
    yield records.end();
    records.check();
  } catch (error) {
    if (!(error instanceof InvalidUtf8)) throw error;
    throw unreadable("damaged-file", `${name} is not UTF-8 behind its first MB`, "name its encoding with --encoding");
  }
}

/** @param first which row of the file is the first of these records */
function batchMaker(file: TextFile, records: Records, names: readonly string[], first: number) {
  const positions = names.map((name) => file.columns.findIndex((column) => column.name === name));
  const placeOf = (row: number) => `line ${records.lines.lineOf(row - first)} of ${file.name}`;
  let next = first;
  return (block: FieldBlock): ShardBatch => {
    const at = next;
    next += block.rows;
    return {
      ...{ rows: block.rows, first: at, placeOf },
      append: (to, start, end) => (to as BuiltFields).append(block, positions, start, end),
      replace: (to, position, row) => (to as BuiltFields).replace(block, positions, position, row),
    };
  };
}

function partOf(batch: ShardBatch, from: number, to: number): ShardBatch {
  return {
    ...{ rows: to - from, first: batch.first + from, placeOf: batch.placeOf },
    append: (columns, start, end) => batch.append(columns, start + from, end + from),
    replace: (columns, position, row) => batch.replace(columns, position, row + from),
  };
}

class BuiltFields implements ShardColumns {
  readonly #builders: readonly FieldBuilder[];

  constructor(names: readonly string[]) {
    // Every text is kept as it stands, so that rows mean the same wherever they are read.
    this.#builders = names.map((name) => new FieldBuilder(name, Number.POSITIVE_INFINITY, true));
  }

  append(block: FieldBlock, positions: readonly number[], start: number, end: number): void {
    for (const [i, builder] of this.#builders.entries()) builder.append(block, positions[i], start, end);
  }

  replace(block: FieldBlock, positions: readonly number[], position: number, row: number): void {
    for (const [i, builder] of this.#builders.entries()) builder.replace(position, block, positions[i], row);
  }

  finish(order?: Int32Array): Column[] {
    return this.#builders.map((builder) => builder.finish(order).column!);
  }
}
