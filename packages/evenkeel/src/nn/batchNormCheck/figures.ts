/** The formulas behind the numbers of findings. */

/**
 * Values of a channel behind dropout have 1 / (1 - p) times the mean square, and the same mean: the
 * ratio of their variances in training and in evaluation follows from that. Li et al. 2019,
 * https://arxiv.org/abs/1801.05134, equation 5. After a Linear the ratio is the same if its inputs
 * are independent.
 * @param squaredMean the squared mean of a value by its variance, before the dropout
 */
export function dropoutShift(p: number, squaredMean: number): number {
  return (1 + p * squaredMean) / (1 - p);
}

/**
 * The squared mean of max(0, z) by its variance, z standard normal: (1 / 2 pi) / (1/2 - 1 / 2 pi).
 */
export const squaredMeanOfRelu = 1 / (Math.PI - 1);

/**
 * Steps after which running statistics keep less than a hundredth of their old value: 44 at a
 * momentum of 0.1.
 */
export function stepsToForget(momentum: number): number {
  if (momentum >= 1) return 1;
  return Math.ceil(Math.log(0.01) / Math.log1p(-momentum));
}

/**
 * The number of batches whose plain average has the variance of an exponential one: (2 - m) / m.
 */
export function batchesAveraged(momentum: number): number {
  return (2 - momentum) / momentum;
}

/**
 * How much larger normalized values are in training, on average, than in evaluation: the mean of 1
 * / sd of `values` normal values, by 1 / sd of them all, where sd has the biased variance: sqrt(n /
 * 2) * gamma((n - 2) / 2) / gamma((n - 1) / 2). For two values the mean would be infinite without
 * eps: e^u K0(u) / sqrt(pi), u = eps / (2 variance).
 * @param eps in units of the variance
 */
export function batchInflation(values: number, eps: number): number {
  if (values < 2) return Infinity;
  if (values > 2) return Math.sqrt(values / 2) * gammaRatio(values - 2);
  const u = Math.max(eps, 1e-300) / 2;
  const k0 = -(Math.log(u / 2) + 0.5772156649015329) * (1 + u ** 2 / 4) + u ** 2 / 4; // for small u
  return (Math.exp(u) * k0) / Math.sqrt(Math.PI);
}

/** gamma(k / 2) / gamma((k + 1) / 2), by gamma(x + 1) = x gamma(x) from that of 1 and 2. */
function gammaRatio(k: number): number {
  // Far out the recursion is long, and the first terms of the asymptotic series are exact enough.
  if (k > 2000) return Math.sqrt(2 / k) * (1 + 1 / (4 * k));
  let ratio = k % 2 === 1 ? Math.sqrt(Math.PI) : 2 / Math.sqrt(Math.PI);
  for (let i = k % 2 === 1 ? 1 : 2; i < k; i += 2) ratio *= i / (i + 1);
  return ratio;
}
