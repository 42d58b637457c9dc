/**
 * The error function to about 1e-15: its Taylor series near 0, where all terms have one sign, and
 * the continued fraction of erfc further out. Abramowitz and Stegun 7.1.6 and 7.1.14.
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 2.5) return series(x);
  if (a < 6.5) return Math.sign(x) * (1 - complement(a));
  return Number.isNaN(x) ? x : Math.sign(x); // erfc is below half a unit in the last place of 1
}

function series(x: number): number {
  const square = x * x;
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= (2 * square) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * sum;
}

function complement(a: number): number {
  return Math.exp(-a * a) * mills(a);
}

/** erfc(a) without its factor exp(-a^2). */
function mills(a: number): number {
  let fraction = a;
  for (let n = 60; n >= 1; n--) fraction = a + n / 2 / fraction;
  return 1 / (Math.sqrt(Math.PI) * fraction);
}

/**
 * The normal distribution function, with full relative precision also where it is tiny, far below
 * 0.
 */
export function normalDistribution(x: number): number {
  const a = Math.abs(x) * Math.SQRT1_2;
  if (!(a >= 2.5)) return 0.5 * (1 + series(x * Math.SQRT1_2));
  const tail = 0.5 * Math.exp(-0.5 * x * x) * mills(a);
  return x < 0 ? tail : 1 - tail;
}
