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
  const places = bandShares.map((share) => share * (sample.length - 1));
  const sorted = sortedAt(sample, places);
  return places.map((at) => quantile(sorted, at)) as unknown as Band;
}

function quantile(sorted: Float32Array, at: number): number {
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

/** A sample of usual size has a few values in each. */
const bins = 512;

/**
 * The values in an order that has, at the ends of these places, what the sorted array has there: values
 * are put into bins, of which only those are sorted that are looked at. All are NaN if one of them is.
 */
function sortedAt(values: Float32Array, places: readonly number[]): Float32Array {
  let [least, most] = [values[0], values[0]];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < least) least = value;
    else if (value > most) most = value;
    else if (Number.isNaN(value)) return values.fill(Number.NaN);
  }
  const perBin = bins / (most - least);
  if (!(perBin > 0 && perBin < Number.POSITIVE_INFINITY)) return values.sort();
  const binOf = (value: number) => Math.min(bins - 1, Math.floor((value - least) * perBin));
  const ends = new Uint32Array(bins + 1);
  for (let i = 0; i < values.length; i++) ends[binOf(values[i]) + 1]++;
  for (let bin = 1; bin <= bins; bin++) ends[bin] += ends[bin - 1];
  // From here on each is where the next value of its bin goes, and becomes where the bin ends.
  const ordered = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) ordered[ends[binOf(values[i])]++] = values[i];
  const done = new Set<number>();
  for (const place of places) {
    for (const at of [Math.floor(place), Math.min(Math.floor(place) + 1, values.length - 1)]) {
      const bin = binOf(ordered[at]);
      if (done.has(bin)) continue;
      done.add(bin);
      ordered.subarray(bin === 0 ? 0 : ends[bin - 1], ends[bin]).sort();
    }
  }
  return ordered;
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
