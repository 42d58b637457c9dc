/**
 * log, cos and sin in float32 as vector units compute them: the Cephes single-precision
 * polynomials, every multiply-add fused. Their bits differ from a correctly rounded result; PyTorch
 * on x86 with AVX2 computes its normals with them.
 */
import { fmaf } from "./fma.ts";

const { fround } = Math;

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

const sqrtHalf = fround(Math.SQRT1_2);
const log8 = fround(7.0376836292e-2);
const log7 = fround(-1.151461031e-1);
const log6 = fround(1.167699874e-1);
const log5 = fround(-1.2420140846e-1);
const log4 = fround(1.4249322787e-1);
const log3 = fround(-1.6668057665e-1);
const log2 = fround(2.0000714765e-1);
const log1 = fround(-2.4999993993e-1);
const log0 = fround(3.3333331174e-1);
// ln 2 in two parts: the first has few digits, so that its product with an exponent is exact.
const ln2High = fround(0.693359375);
const ln2Low = fround(-2.1219444e-4);

/** The natural logarithm of a positive, normal float32. */
export function logFloat32(value: number): number {
  float[0] = value;
  let exponent = (bits[0] >>> 23) - 126;
  bits[0] = (bits[0] & 0x007fffff) | 0x3f000000;
  const mantissa = float[0]; // [1/2, 1)
  let x = fround(mantissa - 1);
  if (mantissa < sqrtHalf) {
    exponent -= 1;
    x = fround(x + mantissa);
  }
  const z = fround(x * x);
  let y = fmaf(fmaf(fmaf(fmaf(log8, x, log7), x, log6), x, log5), x, log4);
  y = fmaf(fmaf(fmaf(fmaf(y, x, log3), x, log2), x, log1), x, log0);
  y = fround(y * x);
  y = fmaf(y, z, fround(exponent * ln2Low));
  y = fmaf(-z, 0.5, y);
  return fmaf(exponent, ln2High, fround(x + y));
}

const fourOverPi = fround(4 / Math.PI);
// -pi/4 in three parts.
const reduction1 = -0.78515625;
const reduction2 = fround(-2.4187564849853516e-4);
const reduction3 = fround(-3.774894977445941e-8);
const cos2 = fround(2.443315711809948e-5);
const cos1 = fround(-1.388731625493765e-3);
const cos0 = fround(4.166664568298827e-2);
const sin2 = fround(-1.9515295891e-4);
const sin1 = fround(8.3321608736e-3);
const sin0 = fround(-1.6666654611e-1);

/** Cosine and sine of a float32 in [0, 2 pi]. */
export function cosAndSinFloat32(angle: number): readonly [cos: number, sin: number] {
  const octant = (Math.trunc(fround(angle * fourOverPi)) + 1) & ~1;
  let x = fmaf(octant, reduction1, angle);
  x = fmaf(octant, reduction2, x);
  x = fmaf(octant, reduction3, x); // [-pi/4, pi/4]
  const z = fround(x * x);
  let cos = fround(fmaf(fmaf(cos2, z, cos1), z, cos0) * z);
  cos = fround(fmaf(cos, z, -0.5 * z) + 1);
  let sin = fround(fmaf(fmaf(sin2, z, sin1), z, sin0) * z);
  sin = fmaf(sin, x, x);
  const [cosSize, sinSize] = octant & 2 ? [sin, cos] : [cos, sin];
  return [~(octant - 2) & 4 ? -cosSize : cosSize, octant & 4 ? -sinSize : sinSize];
}
