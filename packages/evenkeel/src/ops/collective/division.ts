import { refuse, type Shape, sizeOf, type Value } from "../../core/index.ts";
import type { Generator } from "../../random/index.ts";
import { eq } from "../elementwise/compare.ts";
import { mul, where } from "../elementwise/elementwise.ts";
import { cast } from "../elementwise/functions.ts";
import { fill } from "../movement/creation.ts";
import type { ProcessGroup } from "./processGroup.ts";
import { countRows, KnownRows, skipDraws, type Weighing } from "./rows.ts";

/** The division whose network is running. */
let active: Division | undefined;
/** Whether a draw is one of {@link Division.draw}. */
let isDrawing = false;

/**
 * A batch that is divided among ranks, seen from one of them. The ranks tell each other how many
 * rows they have when it is first needed: by a draw, or by the backward pass.
 */
export class Division implements Weighing {
  readonly #group: ProcessGroup;
  /** Of this rank. */
  readonly rows: number;
  readonly #known: KnownRows;
  readonly #weight: Value | number | undefined;
  #counted: readonly [counts: Value, factor: Value] | undefined;

  /**
   * @param weight what they count for, if not 1 each
   */
  constructor(group: ProcessGroup, rows: number, known = new KnownRows(), weight?: Value | number) {
    this.#group = group;
    this.rows = rows;
    this.#known = known;
    this.#weight = weight;
  }

  /** The division in which the running code is, if it is in one. */
  static get active(): Division | undefined {
    return active;
  }

  /** Runs a network on the rows of this rank. */
  during<T>(fn: () => T): T {
    const outer = active;
    active = this;
    try {
      return fn();
    } finally {
      active = outer;
    }
  }

  weigh(dy: Value): Value {
    const factor = cast(this.#count()[1], { dtype: dy.dtype });
    return where(eq(factor, 0), 0, mul(dy, factor));
  }

  /**
   * Runs a draw of values for the rows of this rank, [rows, ...], which are then those that one
   * rank would draw for them in the whole batch.
   * @param words how many words of the generator each value takes
   * @throws RangeError if the first dimension is not that of the rows
   */
  draw<T>(owner: string, shape: Shape, words: number, generator: Generator, fn: () => T): T {
    if (shape[0] !== this.rows) {
      throw refuse(
        "wrong-shape",
        owner,
        `it draws for shape [${shape.join(", ")}] within DistributedDataParallel, where a rank draws for its ` +
          `${this.rows} rows`,
        "keep the rows in the first dimension",
      );
    }
    const { rank } = this.#group;
    const [counts] = this.#count();
    const wordsPerRow = sizeOf(shape.slice(1)) * words;
    skipDraws(counts, { generator, rank, which: "before", wordsPerRow });
    isDrawing = true;
    let drawn: T;
    try {
      drawn = fn();
    } finally {
      isDrawing = false;
    }
    skipDraws(counts, { generator, rank, which: "behind", wordsPerRow });
    return drawn;
  }

  #count(): readonly [counts: Value, factor: Value] {
    if (this.#counted === undefined) {
      const given = this.#weight ?? this.rows;
      const dtype = "float64";
      const weight =
        typeof given === "number" ? fill<Value>({ shape: [], dtype, value: given }) : cast(given, { dtype });
      const rows = { group: this.#group, rows: this.rows, known: this.#known };
      this.#counted = countRows<Value>(weight, { ...rows, isWeighted: this.#weight !== undefined });
    }
    return this.#counted;
  }
}

/**
 * Refuses a draw in a network of {@link Division.during} that would give every rank the same
 * numbers, or others than one rank draws.
 */
export function refuseDrawOfRank(op: string): void {
  if (active === undefined || isDrawing) return;
  throw refuse(
    "not-supported",
    op,
    "a draw within DistributedDataParallel would not be that of the whole batch; dropout is",
    "draw before the call and give the network what was drawn for its rows",
  );
}
