/** Features side by side in a group, a byte each: one load gets those of a row. */
export const groupWidth = 8;
/** Places of bins: bins are bytes. */
export const binPlaces = 256;

/** What growing trees reads and writes row by row. */
export interface GrowthData {
  /** [groups][rows, 8]: the bins of eight features; behind the last feature are places that nothing reads. */
  readonly groups: readonly Uint8Array[];
  /** The rows, those of a node together. */
  readonly rows: Uint32Array;
  /** Room for the rows that go right. */
  readonly right: Uint32Array;
  /** [outputs][rows] */
  readonly gradients: readonly Float32Array[];
  /** [outputs][rows]; of no length where all hessians are 1. */
  readonly hessians: readonly Float32Array[];
  /**
   * [8, 256, 2]: sums of a group's features by bins, over the rows of a node: of gradients, and of
   * hessians or, where all of them are 1, of rows.
   */
  readonly sums: Float64Array;
  /** [8, 256]: the rows by bins; of no length where all hessians are 1. */
  readonly counts: Int32Array;
  /** [256]: 1 for the bins that go left in the split that is made. */
  readonly goesLeft: Uint8Array;
}

/** The loops over the rows of a node, from place `start` to before `end` of `rows`. */
export interface GrowthLoops {
  /** Adds the rows to `sums` and `counts`, in their order, for the first features of a group. */
  readonly addRows: (group: number, features: number, output: number, start: number, end: number) => void;
  /**
   * Puts the rows whose bin at a place of a group goes left before the others; each keep their order.
   * Returns where the others begin.
   */
  readonly partition: (group: number, place: number, start: number, end: number) => number;
}

/** The loops in JavaScript, to the bits of the compiled ones. */
export function plainLoops(data: GrowthData): GrowthLoops {
  const { groups, rows, right, gradients, hessians, sums, counts, goesLeft } = data;
  return {
    addRows(group, features, output, start, end) {
      const [bins, firsts, seconds] = [groups[group], gradients[output], hessians[output]];
      const isConstant = seconds.length === 0;
      for (let i = start; i < end; i++) {
        const row = rows[i];
        const first = firsts[row];
        const second = isConstant ? 1 : seconds[row];
        for (let k = 0; k < features; k++) {
          const at = k * binPlaces + bins[row * groupWidth + k];
          sums[2 * at] += first;
          sums[2 * at + 1] += second;
          if (!isConstant) counts[at]++;
        }
      }
    },
    partition(group, place, start, end) {
      const bins = groups[group];
      // Both are written and one counts, as a branch would be guessed wrong half of the time.
      let [left, others] = [start, 0];
      for (let i = start; i < end; i++) {
        const row = rows[i];
        const isLeft = goesLeft[bins[row * groupWidth + place]];
        rows[left] = row;
        right[others] = row;
        left += isLeft;
        others += 1 - isLeft;
      }
      rows.set(right.subarray(0, others), left);
      return left;
    },
  };
}
