import { refuse, type Shape, sizeOf, type Value } from "../../core/index.ts";
import type { Generator } from "../../random/index.ts";
import { eq } from "../elementwise/compare.ts";
import { mul, where } from "../elementwise/elementwise.ts";
import { cast } from "../elementwise/functions.ts";
import { fill } from "../movement/creation.ts";
import { type DrawingDivision, duringDraw } from "./activeDivision.ts";
import type { ProcessGroup } from "./processGroup.ts";
import { countRows, KnownRows, skipDraws, type Weighing } from "./rows.ts";

/**
 * A batch that is divided among ranks, seen from one of them. The ranks tell each other how many
 * rows they have when it is first needed: by a draw, or by the backward pass.
 */
export class Division implements DrawingDivision, Weighing {
  readonly #group: ProcessGroup;
  /** Of this rank. */
  readonly rows: number;
  readonly #known: KnownRows;
  readonly #weight: Value | number | undefined;
  #counted: readonly [counts: Value, factor: Value] | undefined;

  /** @param weight what the rows count for together, if not 1 each */
  constructor(group: ProcessGroup, rows: number, known = new KnownRows(), weight?: Value | number) {
    this.#group = group;
    this.rows = rows;
    this.#known = known;
    this.#weight = weight;
  }

  weigh(dy: Value): Value {
    const factor = cast(this.#count()[1], { dtype: dy.dtype });
    return where(eq(factor, 0), 0, mul(dy, factor));
  }

  draw<T>(owner: string, shape: Shape, words: number, generator: Generator, fn: () => T): T {
    const { rows, perRow: told } = this.#known;
    const perRow = rows?.every((count) => count > 0) ? shape[0] / this.rows : told;
    if (shape[0] !== perRow * this.rows || !Number.isInteger(perRow)) {
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
    const wordsPerRow = perRow * sizeOf(shape.slice(1)) * words;
    skipDraws(counts, { generator, rank, which: "before", wordsPerRow });
    const drawn = duringDraw(fn);
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
