/** Statistics over seeds. All of them take at least one value, spreads at least two. */

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sample standard deviation (divisor n - 1); NaN for a single value. */
export function standardDeviation(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return values.length < 2 ? Number.NaN : Math.sqrt(squares / (values.length - 1));
}

/** The middle value, or halfway between the two in the middle; infinities sort last and stay infinite. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return low === high ? low : (low + high) / 2;
}

/**
 * P(|T| <= t) of Student's t with a whole number of degrees of freedom: the finite sums 26.7.3 and 26.7.4 of
 * Abramowitz & Stegun, Handbook of Mathematical Functions.
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

/** The t below whose magnitude Student's t lies with this probability: 2.262 for 0.95 and 9 degrees of freedom. */
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

/** What pairs of values, one pair a seed, say about the difference of their first and second. */
export interface PairedDifference {
  readonly pairs: number;
  readonly mean: number;
  /** The 95% interval of the mean difference, by Student's t; NaN for fewer than two pairs. */
  readonly low: number;
  readonly high: number;
  /** Pairs whose first value is the lower one. */
  readonly firstLower: number;
}

export function pairedDifference(pairs: readonly (readonly [first: number, second: number])[]): PairedDifference {
  const differences = pairs.map(([first, second]) => first - second);
  const centre = mean(differences);
  const halfWidth =
    pairs.length < 2
      ? Number.NaN
      : (tQuantile(0.95, pairs.length - 1) * standardDeviation(differences)) / Math.sqrt(pairs.length);
  return {
    pairs: pairs.length,
    mean: centre,
    low: centre - halfWidth,
    high: centre + halfWidth,
    firstLower: differences.filter((difference) => difference < 0).length,
  };
}

/** Whether the interval leaves out 0. */
export function isBeyondNoise({ low, high }: PairedDifference): boolean {
  return low > 0 || high < 0;
}
