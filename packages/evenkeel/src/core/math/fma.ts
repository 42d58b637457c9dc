/**
 * Fused multiply-add, which JavaScript lacks: `a * b + c` rounded once. PyTorch's kernels use it
 * wherever the processor has it, so matching their bits needs it too.
 */

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer); // the low word first: little-endian

/**
 * The rounding error of `sum = a + b` (Knuth's TwoSum): `a + b` is exactly
 * `sum + sumError(a, b, sum)`.
 */
export function sumError(a: number, b: number, sum: number): number {
  const bPart = sum - a;
  return a - (sum - bPart) + (b - bPart);
}

const splitter = 2 ** 27 + 1;

/**
 * The rounding error of `product = a * b` (Dekker's TwoProduct): `a * b` is exactly
 * `product + productError(a, b, product)` as long as |a| and |b| are below 2^995 and |product| is 0
 * or above 2^-960.
 */
export function productError(a: number, b: number, product: number): number {
  const aScaled = splitter * a;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = splitter * b;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/**
 * `a + b` rounded to odd: if inexact, the neighbour whose last bit is 1, so that rounding once more
 * goes the right way.
 */
function addToOdd(a: number, b: number): number {
  const sum = a + b;
  const error = sumError(a, b, sum);
  if (error === 0 || !Number.isFinite(sum)) return sum;
  scratch[0] = sum;
  if ((scratchWords[0] & 1) === 0) {
    // Doubles of one sign are ordered as their bit patterns are: away from zero is one up.
    const outward = error > 0 === sum > 0;
    if (outward) {
      scratchWords[0] |= 1;
    } else {
      if (scratchWords[0] === 0) scratchWords[1] -= 1;
      scratchWords[0] -= 1;
    }
  }
  return scratch[0];
}

/**
 * `a * b + c` in float32 with a single rounding; `a`, `b`, `c` must be float32 values.
 *
 * The product of two float32 is exact in double, so `p + c` is off by one double rounding. Rounding
 * that to float32 is wrong only for an exact midpoint between two float32; there the lost digits
 * decide (Boldo & Melquiond 2008).
 */
export function fmaf(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const rounded = Math.fround(sum);
  const distance = sum - rounded;
  // Mirrored at `sum`, `rounded` hits another float32 only if `sum` is the midpoint. (Infinity,
  // NaN: distance is NaN.)
  const mirrored = sum + distance;
  if (distance !== 0 && Math.fround(mirrored) === mirrored) return Math.fround(addToOdd(product, c));
  return rounded;
}

/** `a * b + c` in float64 with a single rounding (Boldo & Melquiond 2008, algorithm 5). */
export function fma(a: number, b: number, c: number): number {
  const product = a * b;
  const size = Math.abs(product);
  if (!(Math.abs(a) < 2 ** 900 && Math.abs(b) < 2 ** 900 && Math.abs(c) < 2 ** 900)) return fmaOutOfRange(a, b, c);
  if (!(size > 2 ** -900 && size < 2 ** 900)) return fmaOutOfRange(a, b, c);
  const low = productError(a, b, product);
  const lowSum = low + c;
  const lowError = sumError(low, c, lowSum);
  const sum = product + lowSum;
  const error = sumError(product, lowSum, sum);
  return sum + addToOdd(error, lowError);
}

/** A finite double as `mantissa * 2^exponent`. */
function decompose(x: number): [mantissa: bigint, exponent: number] {
  scratch[0] = x;
  const low = BigInt(scratchWords[0] >>> 0);
  const high = scratchWords[1];
  const biased = (high >>> 20) & 0x7ff;
  const fraction = (BigInt(high & 0xfffff) << 32n) | low;
  const magnitude = biased === 0 ? fraction : fraction | (1n << 52n);
  return [high < 0 ? -magnitude : magnitude, Math.max(biased, 1) - 1075];
}

/**
 * The slow, exact path for numbers that Dekker's product cannot hold: zeros, infinities, and
 * results near the ends of the range.
 */
function fmaOutOfRange(a: number, b: number, c: number): number {
  if (a === 0 || b === 0 || !Number.isFinite(a) || !Number.isFinite(b)) return a * b + c;
  if (!Number.isFinite(c)) return c;
  const [aMantissa, aExponent] = decompose(a);
  const [bMantissa, bExponent] = decompose(b);
  const [cMantissa, cExponent] = decompose(c);
  const exponent = Math.min(aExponent + bExponent, cExponent);
  const exact =
    ((aMantissa * bMantissa) << BigInt(aExponent + bExponent - exponent)) + (cMantissa << BigInt(cExponent - exponent));
  return exact === 0n ? a * b + c : roundToDouble(exact, exponent);
}

/**
 * `mantissa * 2^exponent` to the nearest double, ties to even, subnormals and overflow included.
 */
function roundToDouble(mantissa: bigint, exponent: number): number {
  const magnitude = mantissa < 0n ? -mantissa : mantissa;
  const bits = magnitude.toString(2).length;
  const drop = Math.max(bits - 53, -1074 - exponent, 0);
  const shift = BigInt(drop);
  let kept = magnitude >> shift;
  const lost = magnitude - (kept << shift);
  const half = drop === 0 ? 1n : 1n << (shift - 1n);
  if (lost > half || (lost === half && (kept & 1n) === 1n)) kept += 1n;
  // Two steps, because 2^(exponent + drop) alone may overflow or vanish although the value does
  // not; both are exact.
  const power = exponent + drop;
  const first = Math.max(Math.min(power, 900), -1000);
  const value = Number(kept) * 2 ** first * 2 ** (power - first);
  return mantissa < 0n ? -value : value;
}
