/**
 * exp, log, log1p, sin and cos in double from IEEE's basic operations alone, to a unit in the last
 * place: the same bits in every engine, where Math.exp and the like differ between engines (35 of
 * 406 predictions of a logarithm differed between Node 20 and Chromium 156). For everything that
 * decides the contents of a model's file or its predictions; random/elementary.ts rounds correctly,
 * which PyTorch's streams require, and takes longer. Argument reductions by W. J. Cody and W.
 * Waite, Software Manual for the Elementary Functions, 1980; the series are Taylor's.
 */

const float = new Float64Array(1);
const words = new Int32Array(float.buffer); // the low word first: little-endian

// ln 2 and pi / 2 in parts of 32 and 33 bits, so that their products with small whole numbers are
// exact.
const ln2 = [0.6931471803691238, 1.9082149292705877e-10] as const;
const halfPi = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21] as const;

/** The polynomial with these coefficients, constant first, at z. */
function horner(coefficients: readonly number[], z: number): number {
  let sum = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * z + coefficients[k];
  return sum;
}

/** 2^n for whole n from -1022 to 1023, at n + 1022. */
const powersOfTwo = /* @__PURE__ */ Float64Array.from({ length: 2046 }, (_, i) => 2 ** (i - 1022));

/**
 * (exp(r) - 1 - r) / r^2: 1 / 2!, 1 / 3!, ... Written out, as boosted trees take it millions of
 * times: a third of the time of a loop over the coefficients.
 */
function expSeries(r: number): number {
  let sum = r * (1 / 87178291200) + 1 / 6227020800;
  sum = sum * r + 1 / 479001600;
  sum = sum * r + 1 / 39916800;
  sum = sum * r + 1 / 3628800;
  sum = sum * r + 1 / 362880;
  sum = sum * r + 1 / 40320;
  sum = sum * r + 1 / 5040;
  sum = sum * r + 1 / 720;
  sum = sum * r + 1 / 120;
  sum = sum * r + 1 / 24;
  sum = sum * r + 1 / 6;
  sum = sum * r + 1 / 2;
  return sum;
}

/** e^x = 2^n e^r with |r| at most ln(2) / 2; subnormal and infinite results as they should be. */
export function exp(x: number): number {
  if (!(x > -746)) return Number.isNaN(x) ? x : 0;
  if (x > 710) return Number.POSITIVE_INFINITY;
  const n = Math.round(x * Math.LOG2E);
  const high = x - n * ln2[0];
  const low = n * ln2[1];
  const r = high - low;
  const result = 1 + (high - (low - r * r * expSeries(r)));
  // In two steps, because 2^n alone may over- or underflow.
  const half = n >> 1;
  return result * powersOfTwo[half + 1022] * powersOfTwo[n - half + 1022];
}

/** (2 artanh(s) - 2s) / (s s^2), in s^2: 2 / 3, 2 / 5, ... */
const artanhSeries = [2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11, 2 / 13, 2 / 15, 2 / 17, 2 / 19, 2 / 21, 2 / 23, 2 / 25];

/** ln x = n ln 2 + 2 artanh(f / (2 + f)) with 1 + f from 1 / sqrt(2) to sqrt(2). */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let n = 0;
  float[0] = x;
  if (x < 2 ** -1022) {
    float[0] = x * 2 ** 54;
    n = -54;
  }
  n += (words[1] >>> 20) - 1023;
  words[1] = (words[1] & 0x000fffff) | 0x3ff00000;
  let mantissa = float[0];
  if (mantissa > Math.SQRT2) {
    n += 1;
    mantissa /= 2;
  }
  const f = mantissa - 1;
  const s = f / (2 + f);
  const z = s * s;
  // 2s = f - s f, and s f = f^2 / 2 - s f^2 / 2: the large terms are exact, or nearly.
  const half = 0.5 * f * f;
  return n * ln2[0] - (half - (s * (half + z * horner(artanhSeries, z)) + n * ln2[1]) - f);
}

/** ln(1 + x), also where x is small. */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (sum === 1) return x;
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY)) return log(sum);
  // Restores the digits that the sum has lost, by the slope of the logarithm.
  return log(sum) + (x - (sum - 1)) / sum;
}

/** (sin(x) - x) / x^3 and (cos(x) - 1 + x^2 / 2) / x^4, in x^2. */
const sinSeries = [
  ...[-1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800, 1 / 6227020800],
  ...[-1 / 1307674368000, 1 / 355687428096000],
];
const cosSeries = [
  ...[1 / 24, -1 / 720, 1 / 40320, -1 / 3628800, 1 / 479001600, -1 / 87178291200],
  ...[1 / 20922789888000, -1 / 6402373705728000],
];

/** Cosine and sine of an angle of at most 2^20 either way. */
export function cosAndSin(angle: number): readonly [cos: number, sin: number] {
  const quarters = Math.round(angle / (Math.PI / 2));
  const first = angle - quarters * halfPi[0];
  const second = quarters * halfPi[1];
  const x = first - second;
  const low = first - x - second - quarters * halfPi[2];
  const z = x * x;
  const sin = x + (low * (1 - 0.5 * z) + x * z * horner(sinSeries, z));
  const half = 0.5 * z;
  const near = 1 - half;
  const cos = near + (1 - near - half + (z * z * horner(cosSeries, z) - x * low));
  switch (quarters & 3) {
    case 0:
      return [cos, sin];
    case 1:
      return [-sin, cos];
    case 2:
      return [-cos, -sin];
    default:
      return [sin, -cos];
  }
}

export const cos = (angle: number): number => cosAndSin(angle)[0];
