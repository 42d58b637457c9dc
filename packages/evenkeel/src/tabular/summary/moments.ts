/** Count, mean and the sum of squared distances from the mean, of numbers that are all there. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly m2: number;
}

export const noMoments: Moments = { count: 0, mean: 0, m2: 0 };

/** In two passes, in double. */
export function momentsOf(values: Float64Array | Float32Array): Moments {
  const count = values.length;
  if (count === 0) return noMoments;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i];
  const mean = sum / count;
  let m2 = 0;
  for (let i = 0; i < count; i++) m2 += (values[i] - mean) * (values[i] - mean);
  return { count, mean, m2 };
}

/**
 * The moments of two sets of numbers together (Chan, Golub & LeVeque 1983, "Algorithms for Computing the
 * Sample Variance"). The order of joining shows in the last digits.
 */
export function joinMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const apart = b.mean - a.mean;
  return {
    count,
    mean: a.mean + apart * (b.count / count),
    m2: a.m2 + b.m2 + apart * apart * ((a.count / count) * b.count),
  };
}
