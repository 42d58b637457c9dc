/** Which shares of the values lie below the lines of a band. */
export const bandShares = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** The values below which {@link bandShares} of all lie. */
export type Band = readonly [number, number, number, number, number];

/** Mean and standard deviation. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** More values would move no line of a band by a pixel. */
const mostValues = 2048;

/** Quantiles with linear interpolation, of values at equal distances in the array; NaN if one of them is NaN. */
export function bandOf(values: Float32Array): Band {
  const every = Math.max(1, Math.floor(values.length / mostValues));
  const sample = new Float32Array(Math.ceil(values.length / every));
  for (let i = 0; i < sample.length; i++) sample[i] = values[i * every];
  sample.sort(); // NaN last
  const hasNaN = Number.isNaN(sample[sample.length - 1]);
  return bandShares.map((share) => (hasNaN ? Number.NaN : quantile(sample, share))) as unknown as Band;
}

function quantile(sorted: Float32Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

/** Mean and deviation (divisor n) of all values. */
export function spreadOf(values: ArrayLike<number>): Spread {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/**
 * Mean and deviation of values of several columns, of which the mean and the variance of each are
 * known: what running statistics take all units of a layer for.
 */
export function pooled(means: ArrayLike<number>, variances: ArrayLike<number>): Spread {
  const { mean, deviation } = spreadOf(means);
  let within = 0;
  for (let i = 0; i < variances.length; i++) within += variances[i];
  return { mean, deviation: Math.sqrt(within / variances.length + deviation ** 2) };
}

/** The 2-norm of all values of several arrays. */
export function normOf(arrays: readonly ArrayLike<number>[]): number {
  let squares = 0;
  for (const values of arrays) for (let i = 0; i < values.length; i++) squares += values[i] * values[i];
  return Math.sqrt(squares);
}

/** The powers of ten between which gradients are counted: a bin for each half of one. */
export const gradientBins = { least: -10, most: 4, count: 28 } as const;

/** How many absolute values lie in each of {@link gradientBins}; those outside count in the outermost, zeros in none. */
export function countMagnitudes(values: ArrayLike<number>): number[] {
  const { least, most, count } = gradientBins;
  const counts = new Array<number>(count).fill(0);
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (!(size > 0)) continue;
    const bin = Math.floor(((Math.log10(size) - least) / (most - least)) * count);
    counts[Math.min(count - 1, Math.max(0, bin))]++;
  }
  return counts;
}
