import { describe, expect, it } from "vitest";
import { cosAndSin, exp, log, log1p } from "./portableMath.ts";

// Fixed-point references with 1400 bits after the point: series by their definition, for which
// 2^-1074 is a large number.
const bits = 1400n;
const one = 1n << bits;
const times = (x: bigint, y: bigint) => (x * y) >> bits;

/** A finite double as it is. */
function fixed(x: number): bigint {
  const word = new BigUint64Array(Float64Array.of(x).buffer)[0];
  const exponent = (word >> 52n) & 0x7ffn;
  const fraction = word & (2n ** 52n - 1n);
  const magnitude = exponent === 0n ? fraction : (fraction + 2n ** 52n) << (exponent - 1n);
  return (word >> 63n ? -magnitude : magnitude) << (bits - 1074n);
}

function exactExp(x: bigint): bigint {
  if (x < 0n) return (one * one) / exactExp(-x);
  let [sum, term] = [0n, one];
  for (let k = 1n; term > 0n; k++) {
    sum += term;
    term = times(term, x) / k;
  }
  return sum;
}

/** A step of Halley's method: three times the digits of where it begins. */
function exactLog(x: bigint, near: number): bigint {
  const power = exactExp(fixed(near));
  return fixed(near) + (2n * (x - power) * one) / (x + power);
}

function exactCosAndSin(angle: number): [cos: bigint, sin: bigint] {
  const sums: [bigint, bigint] = [0n, 0n];
  let term = one;
  for (let k = 0; term !== 0n && term !== -1n; k++) {
    sums[k % 2] += k % 4 < 2 ? term : -term;
    term = times(term, fixed(angle)) / BigInt(k + 1);
  }
  return sums;
}

/** How far a result is from the exact one, in units of its last place. */
function error(result: number, exact: bigint): number {
  const unit = new Float64Array([Math.abs(result)]);
  const word = new BigUint64Array(unit.buffer);
  word[0] += 1n;
  const last = fixed(unit[0]) - fixed(Math.abs(result));
  const distance = fixed(result) - exact;
  return Number((1000n * (distance < 0n ? -distance : distance)) / last) / 1000;
}

/** Between 0 and 1, evenly. */
const spread = Array.from({ length: 40 }, (_, i) => ((i + 1) * 0.6180339887498949) % 1);
const worst = (errors: readonly number[]) => errors.reduce((a, b) => Math.max(a, b), 0);

describe("within a unit in the last place", () => {
  it("exp, from the smallest result to the largest", () => {
    const arguments_ = [
      ...spread.flatMap((u) => [u - 0.5, 40 * (u - 0.5), 1400 * (u - 0.5), 1e-9 * u]),
      ...[-745.1, -740, -708.5, 709.78],
    ];
    expect(worst(arguments_.map((x) => error(exp(x), exactExp(fixed(x)))))).toBeLessThan(1);
  });

  it("log, for the smallest numbers and the largest, and next to 1", () => {
    const arguments_ = spread.flatMap((u) => [u + 1e-9, 0.5 + u, 1 + 1e-6 * (u - 0.5), u * 2 ** 1020, u * 2 ** -1000]);
    for (const x of [...arguments_, 5e-324, 2 ** -1030, Math.SQRT2, Math.SQRT1_2, Number.MAX_VALUE]) {
      expect(error(log(x), exactLog(fixed(x), Math.log(x))), `log(${x})`).toBeLessThan(1);
    }
  });

  it("log1p, for what disappears beside 1 as well", () => {
    for (const x of spread
      .flatMap((u) => [u, -u, 1e-5 * (u - 0.5), 1e-18 * (u - 0.5), 1e9 * u])
      .filter((x) => x !== 0)) {
      expect(error(log1p(x), exactLog(one + fixed(x), Math.log1p(x))), `log1p(${x})`).toBeLessThan(1);
    }
  });

  it("cos and sin, next to quarter turns as well", () => {
    const angles = [
      ...spread.flatMap((u) => [2 * Math.PI * u, 300 * (u - 0.5)]),
      ...[1, 2, 3, 4, 7].flatMap((quarters) => [-1e-9, 0, 1e-9].map((off) => (quarters * Math.PI) / 2 + off)),
    ].filter((angle) => angle !== 0);
    for (const angle of angles) {
      const [cos, sin] = exactCosAndSin(angle);
      expect(error(cosAndSin(angle)[0], cos), `cos(${angle})`).toBeLessThan(1);
      expect(error(cosAndSin(angle)[1], sin), `sin(${angle})`).toBeLessThan(1);
    }
  });
});

it("the ends of the range are those of Math", () => {
  const ends = [0, -0, Infinity, -Infinity, NaN, 709.79, -745.14, 1e300, -1e300];
  expect(ends.map(exp)).toEqual(ends.map(Math.exp));
  const positive = [0, -0, 1, -1, Infinity, -Infinity, NaN];
  expect(positive.map(log)).toEqual(positive.map(Math.log));
  expect(positive.map(log1p)).toEqual(positive.map(Math.log1p));
  expect(cosAndSin(0)).toEqual([1, 0]);
});
