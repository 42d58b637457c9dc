/** Statistics of a column, over the values that are there, in double. */

type Numbers = Float64Array | Float32Array;

/** The values that are not NaN. */
export function presentOf(values: Numbers): Float64Array {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) count++;
  const present = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) present[at++] = values[i];
  return present;
}

export function meanOf(values: Numbers): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return values.length === 0 ? 0 : sum / values.length;
}

/** The standard deviation with the divisor n, as scikit-learn's StandardScaler has it. */
export function deviationOf(values: Numbers, mean: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - mean) * (values[i] - mean);
  return values.length === 0 ? 0 : Math.sqrt(sum / values.length);
}

/**
 * A deviation to divide by: 1 for what does not vary, so that it becomes 0 and not NaN. The mean of
 * equal values may be off by a rounding, and their deviation then is not quite 0.
 */
export function divisorOf(deviation: number, mean: number): number {
  return deviation > 4 * Number.EPSILON * Math.abs(mean) ? deviation : 1;
}

/**
 * Quantiles as numpy.quantile gives them, linear between neighbours. `values` are put into another
 * order.
 * @param shares from 0 to 1, ascending
 */
export function quantilesOf(values: Float64Array, shares: readonly number[]): number[] {
  if (values.length === 0) return shares.map(() => 0);
  let from = 0;
  return shares.map((share) => {
    const position = share * (values.length - 1);
    const below = Math.floor(position);
    select(values, below, from, values.length - 1);
    from = below;
    const low = values[below];
    if (position === below) return low;
    let high = Number.POSITIVE_INFINITY;
    for (let i = below + 1; i < values.length; i++) if (values[i] < high) high = values[i];
    return low + (position - below) * (high - low);
  });
}

/**
 * Puts the k-th smallest value of values[left .. right] at k, nothing larger before it, nothing
 * smaller after it (Hoare).
 */
function select(values: Float64Array, k: number, left: number, right: number): void {
  while (left < right) {
    const middle = (left + right) >>> 1;
    const pivot = medianOfThree(values[left], values[middle], values[right]);
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const value = values[i];
      values[i] = values[j];
      values[j] = value;
      i++;
      j--;
    }
    if (k <= j) right = j;
    else if (k >= i) left = i;
    else return;
  }
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
