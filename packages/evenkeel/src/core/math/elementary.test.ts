import { describe, expect, it } from "vitest";
import { Generator } from "../../random/generator.ts";
import { DoubleDouble, reciprocal } from "./doubleDouble.ts";
import { cosAndSin, log } from "./elementary.ts";
import { cosAndSinFloat32, logFloat32 } from "./elementaryFloat32.ts";

// Fixed-point references with 200 bits after the point: series by their definition.
const bits = 200;
const one = 1n << BigInt(bits);

const fixed = (x: number) => BigInt(x * 2 ** 60) << BigInt(bits - 60); // exact for the multiples of 2^-60 used here
const toNumber = (x: bigint) => Number(x) * 2 ** -bits;
const times = (x: bigint, y: bigint) => (x * y) / one;

function exactCosAndSin(angle: number): [cos: number, sin: number] {
  const sums = [0n, 0n];
  let term = one;
  for (let k = 0; k < 90; k++) {
    sums[k % 2] += k % 4 < 2 ? term : -term;
    term = times(term, fixed(angle)) / BigInt(k + 1);
  }
  return [toNumber(sums[0]), toNumber(sums[1])];
}

function artanh(x: bigint): bigint {
  let sum = 0n;
  let power = x;
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += power / k;
    power = times(power, times(x, x));
  }
  return sum;
}

function exactLog(x: number): number {
  let exponent = 0n;
  let mantissa = x;
  for (; mantissa < 0.7; mantissa *= 2) exponent -= 1n;
  const ratio = ((fixed(mantissa) - one) * one) / (fixed(mantissa) + one);
  return toNumber(2n * artanh(ratio) + exponent * 2n * artanh(one / 3n));
}

const uniforms = (n: number) => {
  const generator = new Generator(7);
  return Array.from({ length: n }, () => generator.random53() * 2 ** -53);
};

describe("float64", () => {
  it("log is correctly rounded", () => {
    for (const u of [...uniforms(2000), 0, 0.5, 0.25, 1 - 2 ** -53, 2 ** -53, 2 ** -30]) {
      expect(log(1 - u)).toBe(exactLog(1 - u));
    }
  });

  it("cos and sin are correctly rounded", () => {
    // Multiples of 2^-50 at most 2 pi: what 2 * Math.PI * u gives from some 2^-50 upward.
    for (const u of uniforms(2000)) {
      const angle = Math.round(2 * Math.PI * u * 2 ** 50) * 2 ** -50;
      expect(cosAndSin(angle)).toEqual(exactCosAndSin(angle));
    }
  });

  it.each([0, 1, 2, 3, 4])("cos and sin hold next to %d quarter turns", (quarter) => {
    for (const nudge of [-(2 ** -40), -(2 ** -50), 0, 2 ** -50, 2 ** -40]) {
      const angle = Math.abs((quarter * Math.PI) / 2 + nudge);
      expect(cosAndSin(angle)).toEqual(exactCosAndSin(angle));
    }
  });
});

describe("float32", () => {
  it("log, cos and sin are within a few units in the last place", () => {
    for (const u of uniforms(2000)) {
      const x = Math.fround(1 - Math.fround(u) * 0.999);
      expect(Math.abs(logFloat32(x) - Math.log(x))).toBeLessThanOrEqual(2 ** -23 * Math.abs(Math.log(x)));
      const angle = Math.fround(2 * Math.PI * u);
      const [cos, sin] = cosAndSinFloat32(angle);
      expect(Math.abs(cos - Math.cos(angle))).toBeLessThan(2 ** -23);
      expect(Math.abs(sin - Math.sin(angle))).toBeLessThan(2 ** -23);
    }
  });

  it("log of the powers of two and of one", () => {
    expect(logFloat32(1)).toBe(0);
    for (let k = 1; k <= 24; k++) expect(logFloat32(2 ** -k)).toBe(Math.fround(-k * Math.LN2));
  });
});

describe("DoubleDouble", () => {
  it("keeps what a double loses", () => {
    const sum = new DoubleDouble(1).add(2 ** -80).add(-1);
    expect([sum.high, sum.low]).toEqual([2 ** -80, 0]);
    const third = reciprocal(3);
    const { high, low } = third.copy().multiply(3).add(-1);
    expect(Math.abs(high + low)).toBeLessThan(2 ** -104);
    const ratio = new DoubleDouble(2).divide(3);
    expect(Math.abs(ratio.high - 2 * third.high + (ratio.low - 2 * third.low))).toBeLessThan(2 ** -104);
  });
});
