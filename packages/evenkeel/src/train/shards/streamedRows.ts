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
    return new StreamedBatches(this.#options, Math.ceil(this.rows / batchSize), generator);
  }
}

/**
 * The batches of an epoch, at each iteration: of equal size, to a row. Every rank brings to each batch
 * about the same part of its rows, which may be none, so that all have as many batches and each row
 * comes once. Chunks of rows come in random order; as many as fill the window are shuffled together.
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
    const before = this.#rowsBefore(batch);
    return this.#rowsBefore(batch + 1).map((rows, rank) => rows - before[rank]);
  }

  /** The rows that each rank has in the batches before one. */
  #rowsBefore(batch: number): number[] {
    const { length } = this;
    const { rowsOfRanks } = this.#options;
    const all = rowsOfRanks.reduce((sum, rows) => sum + rows, 0);
    // By whole numbers: the product of all rows and all batches may be more than a double holds.
    const rows = Math.floor(all / length) * batch + Math.floor(((all % length) * batch) / length);
    return apportion(rows, rowsOfRanks);
  }

  *[Symbol.iterator](): IterableIterator<Batch> {
    const { rank, stored, preprocessing } = this.#options;
    const none = encode(preprocessing, stored.reader(0)([]), new Int32Array(0));
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
      yield parts.length === 0 ? none : joined(parts);
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

/**
 * Divides rows among ranks in proportion to what each has in all (Webster's method): with more rows to
 * divide no rank gets fewer.
 */
function apportion(rows: number, ofRanks: readonly number[]): number[] {
  const all = ofRanks.reduce((sum, own) => sum + own, 0);
  const counts = ofRanks.map((own) => Math.min(own, Math.floor((own / all) * rows + 0.5)));
  // Row i of a rank stands at (i + 1/2) / rows: those that stand first are taken, of equals the first rank's.
  const next = (rank: number) => place(counts[rank], ofRanks[rank]);
  const last = (rank: number) => place(counts[rank] - 1, ofRanks[rank]);
  let lacking = counts.reduce((lack, count) => lack - count, rows);
  for (;;) {
    const [first, behind] = [next, last].map((of) => ofRanks.map((_, rank) => of(rank)));
    const to = first.indexOf(Math.min(...first));
    const from = behind.lastIndexOf(Math.max(...behind));
    if (lacking > 0) {
      counts[to]++;
      lacking--;
    } else if (lacking < 0) {
      counts[from]--;
      lacking++;
    } else if (first[to] < behind[from] || (first[to] === behind[from] && to < from)) {
      counts[to]++;
      counts[from]--;
    } else return counts;
  }
}

function place(row: number, rows: number): number {
  if (row < 0) return Number.NEGATIVE_INFINITY;
  return row >= rows ? Number.POSITIVE_INFINITY : (row + 0.5) / rows;
}

function narrowed(tensors: Rows, from: number, rows: number): readonly Tensor[] {
  return noGrad(() => tensors.map((tensor) => tensor.narrow(0, from, rows)));
}

function joined([first, ...others]: readonly (readonly Tensor[])[]): Batch {
  if (others.length === 0) return first;
  return noGrad(() => first.map((tensor, i) => cat([tensor, ...others.map((part) => part[i])])));
}
