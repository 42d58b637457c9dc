import { Generator } from "evenkeel/random";

/** What takes the rows of a batch. */
interface Taker {
  /** Appends the rows from `start` up to `end`. */
  append(start: number, end: number): void;
  /** Overwrites what was appended at a position with a row. */
  replace(position: number, row: number): void;
}

/**
 * Rows drawn without putting back, each as likely as any other, while their number is not known
 * (Vitter's algorithm R).
 */
export class Sample {
  private readonly size: number;
  private readonly generator: Generator;
  /** The row that each position holds. */
  private readonly rows: number[] = [];
  private seen = 0;

  constructor(size: number, seed: number) {
    this.size = size;
    this.generator = new Generator(seed);
  }

  take(count: number, { append, replace }: Taker): void {
    const free = Math.min(this.size - this.rows.length, count);
    if (free > 0) {
      append(0, free);
      for (let row = 0; row < free; row++) this.rows.push(this.seen++);
    }
    for (let row = Math.max(free, 0); row < count; row++) {
      const position = this.generator.random53() % (this.seen + 1);
      if (position < this.size) {
        this.rows[position] = this.seen;
        replace(position, row);
      }
      this.seen++;
    }
  }

  /** The row that a position holds. */
  rowAt(position: number): number {
    return this.rows[position];
  }

  /** Positions in the order of the rows they hold. */
  order(): Int32Array {
    return Int32Array.from(this.rows.keys()).sort((a, b) => this.rows[a] - this.rows[b]);
  }
}
