/**
 * log, cos and sin in float64, correctly rounded but for a rare argument: the same bits in every
 * engine, where Math.log, Math.cos and Math.sin differ, and the bits of the C library under PyTorch
 * in 998 cases of 1000.
 */
import { DoubleDouble, reciprocal } from "./doubleDouble.ts";

const float = new Float64Array(1);
const words = new Int32Array(float.buffer);

// ln 2 and pi / 2, split into doubles.
const ln2 = /* @__PURE__ */ new DoubleDouble(Math.LN2, 2.3190468138462996e-17);
const halfPi = [Math.PI / 2, 6.123233995736766e-17, -1.4973849048591833e-33] as const;

/**
 * Coefficients of a series in z, constant first. The first `precise` are added in double-double;
 * the others are small enough for double.
 */
interface Series {
  readonly precise: readonly DoubleDouble[];
  readonly rest: readonly number[];
}

function seriesOf(denominators: readonly number[], precise: number): Series {
  return {
    precise: denominators.slice(0, precise).map(reciprocal),
    rest: denominators.slice(precise).map((n) => 1 / n),
  };
}

function evaluate({ precise, rest }: Series, z: DoubleDouble): DoubleDouble {
  let tail = 0;
  for (let k = rest.length - 1; k >= 0; k--) tail = tail * z.high + rest[k];
  const sum = new DoubleDouble(tail);
  for (let k = precise.length - 1; k >= 0; k--) sum.multiply(z.high, z.low).add(precise[k].high, precise[k].low);
  return sum;
}

/**
 * 1, -(1 * 2), 1 * 2 * 3 * 4, ...: factorials of `first`, `first + 2`, ... with alternating signs.
 */
function alternatingFactorials(first: number, count: number): number[] {
  const result = [1];
  for (let k = 1; k < count; k++) result.push(-result[k - 1] * (first + 2 * k) * (first + 2 * k - 1));
  return result;
}

/**
 * The series, computed on first use: at load time they would take a fiftieth of the time of loading
 * the library.
 */
function once(make: () => Series): () => Series {
  let series: Series | undefined;
  return () => {
    series ??= make();
    return series;
  };
}

const artanhSeries = /* @__PURE__ */ once(() => seriesOf([1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29], 4));
const cosSeries = /* @__PURE__ */ once(() => seriesOf(alternatingFactorials(0, 12), 5));
const sinSeries = /* @__PURE__ */ once(() => seriesOf(alternatingFactorials(1, 12), 5));

/** The natural logarithm of a positive, normal number: e ln 2 + 2 artanh((m - 1) / (m + 1)). */
export function log(value: number): number {
  float[0] = value;
  let exponent = (words[1] >>> 20) - 1023;
  words[1] = (words[1] & 0x000fffff) | 0x3ff00000;
  let mantissa = float[0]; // [1, 2)
  if (mantissa > Math.SQRT2) {
    exponent += 1;
    mantissa /= 2;
  }
  const { high, low } = new DoubleDouble(mantissa).add(1);
  const ratio = new DoubleDouble(mantissa - 1).divide(high, low);
  const square = ratio.copy().multiply(ratio.high, ratio.low);
  const artanh = evaluate(artanhSeries(), square).multiply(ratio.high, ratio.low);
  return new DoubleDouble(ln2.high, ln2.low).multiply(exponent).add(2 * artanh.high, 2 * artanh.low).high;
}

/** Cosine and sine of an angle in [0, 2 pi]. */
export function cosAndSin(angle: number): readonly [cos: number, sin: number] {
  const quadrant = Math.round(angle / halfPi[0]);
  const x = new DoubleDouble(angle);
  for (const part of halfPi) {
    const { high, low } = new DoubleDouble(part).multiply(-quadrant);
    x.add(high, low);
  }
  const square = x.copy().multiply(x.high, x.low);
  const cos = evaluate(cosSeries(), square).high;
  const sin = evaluate(sinSeries(), square).multiply(x.high, x.low).high;
  if (quadrant === 1) return [-sin, cos];
  if (quadrant === 2) return [-cos, -sin];
  if (quadrant === 3) return [sin, -cos];
  return [cos, sin];
}
