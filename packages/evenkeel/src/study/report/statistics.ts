/** Statistics over seeds. All functions take at least one value. */

/**
 * Whether a mean is below another by more than rounding: the sum of the same numbers in another
 * order may differ.
 */
export function isBelow(first: number, second: number): boolean {
  return first < second - 1e-9 * Math.abs(second);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sample standard deviation (divisor n - 1); NaN for a single value. */
export function standardDeviation(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return values.length < 2 ? Number.NaN : Math.sqrt(squares / (values.length - 1));
}

/**
 * The middle value, or the mean of the two in the middle; infinities sort last and stay infinite.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return low === high ? low : (low + high) / 2;
}

/**
 * P(|T| <= t) of Student's t with a whole number of degrees of freedom: the finite sums 26.7.3 and
 * 26.7.4 of Abramowitz & Stegun, Handbook of Mathematical Functions.
 */
function centralProbability(t: number, degrees: number): number {
  const theta = Math.atan(t / Math.sqrt(degrees));
  const [sin, cos] = [Math.sin(theta), Math.cos(theta)];
  const odd = degrees % 2 === 1;
  let term = odd ? cos : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= (cos * cos * (k - 1)) / k;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + sin * sum) : sin * sum;
}

/** The two-sided quantile of Student's t: 2.262 for probability 0.95 and 9 degrees of freedom. */
export function tQuantile(probability: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (centralProbability(high, degrees) < probability) high *= 2;
  for (let i = 0; i < 100 && high > low; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (centralProbability(middle, degrees) < probability) low = middle;
    else high = middle;
  }
  return high;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A mean of several measurements, one per seed. */
export interface Estimate {
  /** The number of measurements. */
  readonly count: number;
  readonly value: number;
  /** The confidence interval of the true value; null if there are too few values. */
  readonly interval: Interval | null;
}

/** The value of a seed, or its values in several trainings on the same split. */
export type Measured = number | readonly number[];

export interface EstimateOptions {
  /** The coverage of the interval. Default 0.95. */
  readonly confidence?: number | undefined;
  /**
   * For values from splits of one table, which share rows and are therefore correlated: the rows
   * that a split scores, divided by all its other rows; see {@link varianceOfMean}. Default 0, for
   * independent values.
   */
  readonly overlap?: number | undefined;
  /** The least half-width of the interval. Default 0. */
  readonly reach?: number | undefined;
}

/**
 * The variance of a mean over seeds, from two kinds of luck. The luck of the split is correlated,
 * because splits share rows: for values with one training each, the variance is (1/n + overlap)
 * times the variance of the values, the corrected resampled t-test of Nadeau and Bengio (2003,
 * Machine Learning 52, 239-281). The luck of the training (starting weights, order of the rows) is
 * independent, and several trainings on each split show its size: that part of the variance is not
 * corrected for overlap. Of what they show, `taken` is taken off: a difference of two estimates from
 * few seeds is often too small, and with all of it 95% intervals hold the true mean in as few as
 * 90% where both kinds of luck are alike, with half of it in 94% or more.
 */
export function varianceOfMean(values: readonly Measured[], overlap: number): number {
  const bySeed = values.map(averageOf);
  const variance = standardDeviation(bySeed) ** 2;
  const ofSplits = Math.max(0, variance - taken * varianceOfTraining(values));
  return variance / values.length + overlap * ofSplits;
}

const taken = 0.5;

/** A seed's value: the mean of its trainings. */
export function averageOf(value: Measured): number {
  return typeof value === "number" ? value : mean(value);
}

/**
 * The part of the variance of the seeds' averages that repeated trainings on their splits have; 0
 * if no seed has two, because then nothing tells the two parts apart.
 */
function varianceOfTraining(values: readonly Measured[]): number {
  let [squares, degrees, share] = [0, 0, 0];
  for (const value of values) {
    const trainings = typeof value === "number" ? [value] : value;
    const centre = mean(trainings);
    for (const one of trainings) squares += (one - centre) ** 2;
    degrees += trainings.length - 1;
    share += 1 / trainings.length;
  }
  return degrees === 0 ? 0 : (squares / degrees) * (share / values.length);
}

/**
 * The mean and its interval by Student's t, which needs at least two seeds. A seed with several
 * trainings counts with their mean.
 */
export function estimateMean(
  values: readonly Measured[],
  { confidence = 0.95, overlap = 0, reach = 0 }: EstimateOptions = {},
): Estimate {
  const [value, count] = [mean(values.map(averageOf)), values.length];
  if (count < 2) return { count, value, interval: null };
  const standardError = Math.sqrt(varianceOfMean(values, overlap));
  const halfWidth = Math.max(reach, tQuantile(confidence, count - 1) * standardError);
  return { count, value, interval: { low: value - halfWidth, high: value + halfWidth } };
}

/**
 * The geometric mean of the ratios first / second of the pairs, with the interval by Student's t on
 * their logarithms. All values must be above 0.
 */
export function estimateRatio(
  pairs: readonly (readonly [number, number])[],
  options?: Omit<EstimateOptions, "reach">,
): Estimate {
  return exponential(
    estimateMean(
      pairs.map(([first, second]) => Math.log(first / second)),
      options,
    ),
  );
}

/** The slope of the least-squares line through these points, of which at least two differ in x. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const [mx, my] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const across = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  return across / points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}

function exponential({ count, value, interval }: Estimate): Estimate {
  return {
    count,
    value: Math.exp(value),
    interval: interval && { low: Math.exp(interval.low), high: Math.exp(interval.high) },
  };
}
