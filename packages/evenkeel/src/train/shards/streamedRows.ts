import { Generator, randperm } from "../../random/index.ts";
import { drawInt64 } from "../../random/integers.ts";
import type { Preprocessing } from "../../tabular/index.ts";
import { cat, noGrad, type Tensor } from "../../tensor/index.ts";
import type { Batch } from "../batches.ts";
import { encode } from "../table/encode.ts";
import type { RowStream, Rows } from "../table/trainer.ts";
import { chunkRows, type StoredRows } from "./storedRows.ts";

/** Bytes of rows that are encoded at once. */
const encodedBytes = 2 ** 24;

/** The training rows of all ranks, of which this one has its own. */
interface StreamOptions {
  readonly stored: StoredRows;
  readonly preprocessing: Preprocessing;
  /** How many training rows each rank has. */
  readonly rowsOfRanks: readonly number[];
  readonly rank: number;
  /** Rows among which the next one is drawn. */
  readonly window: number;
}

/** Training rows that pass by in each epoch, in another order each time. */
export class StreamedRows implements RowStream {
  readonly rows: number;
  readonly #options: StreamOptions;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.rows = options.rowsOfRanks.reduce((sum, rows) => sum + rows, 0);
  }

  batches(batchSize: number, generator: Generator): StreamedBatches {
    // Every rank has a row of each batch.
    const length = Math.min(Math.ceil(this.rows / batchSize), ...this.#options.rowsOfRanks);
    return new StreamedBatches(this.#options, length, generator);
  }
}

/**
 * The batches of an epoch, at each iteration. Every rank brings to each batch the same part of its
 * rows, to a row, so that all have as many batches and each row comes once. Chunks of rows come in
 * random order; as many as fill the window are shuffled together.
 */
export class StreamedBatches implements Iterable<Batch> {
  /** Seeds the order of each epoch: all ranks draw alike from it. */
  readonly generator: Generator;
  readonly length: number;
  readonly #options: StreamOptions;

  constructor(options: StreamOptions, length: number, generator: Generator) {
    this.#options = options;
    this.length = length;
    this.generator = generator;
  }

  /** The rows that each rank has of a batch, which are counted from 0. */
  sharesOf(batch: number): number[] {
    const { length } = this;
    // By whole numbers: the product of all rows and all batches may be more than a double holds.
    const start = (rows: number, at: number) =>
      Math.floor(rows / length) * at + Math.floor(((rows % length) * at) / length);
    return this.#options.rowsOfRanks.map((rows) => start(rows, batch + 1) - start(rows, batch));
  }

  *[Symbol.iterator](): IterableIterator<Batch> {
    const { rank } = this.#options;
    const pieces = this.#pieces(new Generator(drawInt64(this.generator) + BigInt(rank)));
    let piece: Rows | undefined;
    let at = 0;
    for (let batch = 0; batch < this.length; batch++) {
      const parts: (readonly Tensor[])[] = [];
      let lacking = this.sharesOf(batch)[rank];
      while (lacking > 0) {
        if (piece === undefined || at === piece[0].shape[0]) {
          piece = pieces.next().value as Rows;
          at = 0;
        }
        const count = Math.min(lacking, piece[0].shape[0] - at);
        parts.push(narrowed(piece, at, count));
        at += count;
        lacking -= count;
      }
      yield joined(parts);
    }
  }

  /** Encoded rows, some at a time. */
  *#pieces(generator: Generator): IterableIterator<Rows> {
    const { stored, preprocessing, window } = this.#options;
    const width = preprocessing.features.length + preprocessing.embeddings.length + 1;
    const most = Math.max(1, Math.floor(encodedBytes / (4 * width)));
    const chunks = randperm(stored.chunks, generator);
    const together = Math.max(1, Math.round(window / chunkRows));
    const read = stored.reader(together);
    for (let from = 0; from < chunks.length; from += together) {
      const table = read(chunks.subarray(from, from + together));
      const order = randperm(table.rows, generator);
      for (let row = 0; row < order.length; row += most) {
        yield encode(preprocessing, table, order.subarray(row, row + most));
      }
    }
  }
}

function narrowed(tensors: Rows, from: number, rows: number): readonly Tensor[] {
  return noGrad(() => tensors.map((tensor) => tensor.narrow(0, from, rows)));
}

function joined([first, ...others]: readonly (readonly Tensor[])[]): Batch {
  if (others.length === 0) return first;
  return noGrad(() => first.map((tensor, i) => cat([tensor, ...others.map((part) => part[i])])));
}
