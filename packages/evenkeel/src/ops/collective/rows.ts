import { defineOp, mismatch, notDifferentiable, refuse, type Value } from "../../core/index.ts";
import type { Generator } from "../../random/index.ts";
import type { GroupAttrs } from "./collective.ts";

/**
 * A batch whose rows are divided among ranks: how many each has, what its gradients count for, and
 * draws that are those of the whole batch.
 */

/** The rows of every rank, if the caller knows them; else, null, the ranks tell each other. */
export class KnownRows {
  rows: readonly number[] | null = null;
  /** How many rows layers make of each, as an ensemble does: a rank without rows cannot tell. */
  perRow = 1;
}

/**
 * The rows of every rank [ranks], and the factor of the gradients of this one: its share of all
 * weights, times the number of ranks, so that the mean over ranks is the gradient of the whole
 * batch. A weight is the number of rows, or a number such as the sum of the weights of rows.
 */
export const countRows = defineOp({
  name: "countRows",
  inputs: ["weight"],
  outputs: ["counts", "factor"],
  shape: (
    [weight],
    { group }: GroupAttrs & { readonly rows: number; readonly known: KnownRows; readonly isWeighted: boolean },
  ) => {
    if (weight.shape.length > 0) {
      throw mismatch("wrong-shape", "countRows", `the weight has shape [${weight.shape}]`, "a single value");
    }
    return [
      { shape: [group.size], dtype: "float64" },
      { shape: [], dtype: "float64" },
    ];
  },
  reference: ([weight], [counts, factor], { group, rows, known, isWeighted }) => {
    const { size, rank } = group;
    const given = known.rows;
    if (given !== null && given[rank] !== rows) {
      throw mismatch(
        "wrong-state",
        "DistributedDataParallel",
        `rank ${rank} has ${rows} rows, and setRows was given [${given.join(", ")}]`,
        `${given[rank]} rows at place ${rank}`,
      );
    }
    const all =
      given !== null && !isWeighted
        ? Float64Array.from(given.flatMap((count) => [count, count]))
        : group.gatherNumbers(Float64Array.of(rows, weight.data[0]));
    let total = 0;
    for (let r = 0; r < size; r++) {
      counts.data[r] = all[2 * r];
      const part = all[2 * r + 1];
      if (!(part >= 0 && part < Infinity)) {
        throw mismatch(
          "wrong-value",
          "DistributedDataParallel",
          `the weight of rank ${r} is ${part}`,
          "a finite number of at least 0",
        );
      }
      total += part;
    }
    factor.data[0] = total === 0 ? 0 : (size * all[2 * rank + 1]) / total;
  },
  grad: notDifferentiable("numbers of rows are no function of values"),
});

/** The share of this rank in a batch, as {@link weighByRows} needs it. */
export interface Weighing {
  /** The gradient times its factor; exact zeros if that is 0, whatever the gradient is. */
  weigh(dy: Value): Value;
}

/** The same values, whose gradient counts as much as this rank has rows. */
export const weighByRows = defineOp({
  name: "weighByRows",
  inputs: ["input"],
  shape: ([x], _: { readonly division: Weighing; readonly reducer?: object }) => [{ shape: x.shape, dtype: x.dtype }],
  reference: ([x], [y]) => y.data.set(x.data),
  aliases: true,
  grad: (dy, _, { attrs: { division } }) => [division.weigh(dy)],
});

/** Which rows of the whole batch are passed over: those of the ranks before this one, or behind it. */
export type SkippedRows = "before" | "behind";

/** Moves a generator past what other ranks draw for their rows. */
export const skipDraws = defineOp({
  name: "skipDraws",
  inputs: ["counts"],
  outputs: [],
  shape: (
    _,
    __: {
      readonly generator: Generator;
      readonly rank: number;
      readonly which: SkippedRows;
      readonly wordsPerRow: number;
    },
  ) => [],
  reference: ([counts], _, { generator, rank, which, wordsPerRow }) => {
    const others = which === "before" ? counts.data.subarray(0, rank) : counts.data.subarray(rank + 1);
    let rows = 0;
    for (const count of others) rows += Number(count);
    generator.skip(rows * wordsPerRow);
  },
  grad: notDifferentiable("the values are drawn, not computed"),
});

/** Whether the gradients of a network are those of all ranks. An object that compiled steps do not copy. */
export class Synchrony {
  /** Whether backward passes exchange gradients. */
  isOn = true;
  /** Whether `.grad` holds sums of this rank alone. */
  isPending = false;
}

/**
 * Refuses parameters that have a gradient on some ranks and none on others, by the mean of flags
 * over ranks; then notes whether sums of this rank alone are left in `.grad`.
 */
export const noteGradients = defineOp({
  name: "noteGradients",
  inputs: ["used"],
  outputs: [],
  shape: (
    _,
    __: GroupAttrs & {
      readonly names: readonly string[];
      readonly synchrony: Synchrony;
      readonly isPending: boolean;
    },
  ) => [],
  reference: ([used], _, { names, synchrony, isPending }) => {
    const odd = used.data.findIndex((share) => share > 0 && share < 1);
    if (odd >= 0) {
      throw refuse(
        "wrong-state",
        "DistributedDataParallel",
        `the parameter ${names[odd]} has a gradient on some ranks and none on others`,
        "compute the loss from the same layers on all ranks; a rank without rows calls the network with a batch of 0 rows",
      );
    }
    synchrony.isPending = isPending;
  },
  grad: notDifferentiable("flags are no function of values"),
});
