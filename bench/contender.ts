/** One side of a benchmark: the same network, data and seed as the others. */
export interface Contender {
  readonly name: string;
  /** The losses of the first steps from the seed: compared before anything is timed. */
  losses(steps: number): Promise<number[]>;
  /** Microseconds per step over a number of steps. */
  time(steps: number): Promise<number>;
  close(): void;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Throws unless both runs have the same losses to a relative 1e-5: unequal work is not worth timing. */
export function verifySame(name: string, losses: readonly number[], reference: readonly number[]): void {
  losses.forEach((loss, i) => {
    if (!(Math.abs(loss - reference[i]) <= 1e-5 * Math.abs(reference[i]))) {
      throw new Error(
        `${name}: loss ${loss} at step ${i}, the other side has ${reference[i]}; not timing unequal work`,
      );
    }
  });
}
