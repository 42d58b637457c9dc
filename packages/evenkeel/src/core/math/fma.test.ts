import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fma, fmaf, productError, sumError } from "./fma.ts";

/** A finite double as an exact fraction over 2^1074. */
function scaled(x: number): bigint {
  const bits = new BigUint64Array(Float64Array.of(x).buffer)[0];
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & (2n ** 52n - 1n);
  const magnitude = exponent === 0 ? fraction : (fraction + 2n ** 52n) << BigInt(exponent - 1);
  return bits >> 63n ? -magnitude : magnitude;
}

/** a * b + c over 2^2148, exact. */
const exactly = (a: number, b: number, c: number) => scaled(a) * scaled(b) + (scaled(c) << 1074n);

/**
 * The float of `precision` bits and smallest unit `2^lowest` nearest to a fraction over 2^2148,
 * ties to even, by its definition.
 */
function nearest(value: bigint, precision: number, lowest: number, largest: number): number {
  const magnitude = value < 0n ? -value : value;
  const unit = Math.max(magnitude.toString(2).length - precision, 2148 + lowest);
  const size = 2n ** BigInt(unit);
  const below = magnitude / size;
  const twiceRest = 2n * (magnitude % size);
  const up = twiceRest > size || (twiceRest === size && below % 2n === 1n);
  const power = unit - 2148;
  const rounded = Number(below + (up ? 1n : 0n)) * 2 ** (power >> 1) * 2 ** (power - (power >> 1));
  const result = rounded > largest ? Number.POSITIVE_INFINITY : rounded;
  return value < 0n ? -result : result;
}

const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

function expectFmaf(a: number, b: number, c: number): void {
  const exact = exactly(a, b, c);
  expect(fmaf(a, b, c)).toBe(exact === 0n ? a * b + c : nearest(exact, 24, -149, largestFloat32));
}

function expectFma(a: number, b: number, c: number): void {
  const exact = exactly(a, b, c);
  expect(fma(a, b, c)).toBe(exact === 0n ? a * b + c : nearest(exact, 53, -1074, Number.MAX_VALUE));
}

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });
const float64 = fc.double({ noNaN: true, noDefaultInfinity: true });
/** 1 + k / 2^12: products of two such are full of midpoints between float32. */
const shortFloat32 = fc.integer({ min: 1, max: 4095 }).map((k) => 1 + k * 2 ** -12);
const shortFloat64 = fc.integer({ min: 1, max: 2 ** 27 - 1 }).map((k) => 1 + k * 2 ** -27);
const sign = fc.constantFrom(1, -1);

describe("fmaf", () => {
  it.each([
    ["a midpoint that a far smaller addend lifts", 1 + 2 ** -12, 1 + 2 ** -12, 2 ** -60, 1 + 2 ** -11 + 2 ** -23],
    ["a midpoint that a far smaller addend lowers", 1 + 2 ** -12, 1 + 2 ** -12, -(2 ** -60), 1 + 2 ** -11],
    ["the same below zero", -1 - 2 ** -12, 1 + 2 ** -12, -(2 ** -60), -1 - 2 ** -11 - 2 ** -23],
    ["a true tie to even", 1 + 2 ** -12, 1 + 2 ** -12, 0, 1 + 2 ** -11],
    ["cancellation", 1 + 2 ** -12, 1 + 2 ** -12, -1 - 2 ** -11, 2 ** -24],
    ["a midpoint between subnormals", 2 ** -75, 2 ** -75, 2 ** -149, 2 ** -148],
    ["half of the smallest, lifted by nothing", 2 ** -75, 2 ** -75, 0, 0],
    ["a power of two from below", 1 - 2 ** -24, 1, 2 ** -80, 1 - 2 ** -24],
    ["overflow from a midpoint", largestFloat32, 1, 2 ** 103, Number.POSITIVE_INFINITY],
    ["no overflow just below it", largestFloat32, 1, 2 ** 103 - 2 ** 79, largestFloat32],
  ])("%s", (_, a, b, c, expected) => {
    expect(fmaf(a, b, c)).toBe(expected);
    expectFmaf(a, b, c);
  });

  it("rounds once where double arithmetic rounds twice", () => {
    const [a, b, c] = [1 + 2 ** -12, 1 + 2 ** -12, 2 ** -60];
    expect(Math.fround(a * b + c)).not.toBe(fmaf(a, b, c));
  });

  it("is the float32 nearest to the exact value", () => {
    fc.assert(fc.property(float32, float32, float32, expectFmaf), { numRuns: 3000 });
  });

  it("is so around midpoints", () => {
    const tiny = fc.tuple(sign, fc.integer({ min: 20, max: 149 })).map(([s, k]) => s * 2 ** -k);
    fc.assert(fc.property(shortFloat32, shortFloat32, tiny, expectFmaf), { numRuns: 3000 });
  });

  it("hands infinities and NaN on", () => {
    const infinity = Number.POSITIVE_INFINITY;
    expect(fmaf(infinity, 1, 1)).toBe(infinity);
    expect(fmaf(1, 1, -infinity)).toBe(-infinity);
    expect(fmaf(infinity, 0, 1)).toBeNaN();
    expect(fmaf(infinity, 1, -infinity)).toBeNaN();
    expect(fmaf(Number.NaN, 1, 1)).toBeNaN();
  });

  it("keeps the sign of zero", () => {
    expect(fmaf(-0, 1, -0)).toBe(-0);
    expect(fmaf(0, 1, -0)).toBe(0);
    expect(fmaf(1, 1, -1)).toBe(0);
  });
});

describe("fma", () => {
  it("is the double nearest to the exact value", () => {
    fc.assert(fc.property(float64, float64, float64, expectFma), { numRuns: 3000 });
  });

  it("is so at the boundary of the parts", () => {
    const addend = fc.tuple(sign, fc.integer({ min: 0, max: 200 }), shortFloat64);
    const check = (a: number, b: number, [s, k, c]: [number, number, number]) => expectFma(a, b, s * c * 2 ** -k);
    fc.assert(fc.property(shortFloat64, shortFloat64, addend, check), { numRuns: 3000 });
  });

  it("is so where the product cancels", () => {
    const check = (a: number, b: number) => expectFma(a, b, -a * b);
    fc.assert(fc.property(shortFloat64, shortFloat64, check));
  });

  it.each([
    [1.5e308, 1, 1e308],
    [1.5e308, 0.5, 1e300],
    [5e-324, 0.5, 5e-324],
    [1e-200, 1e-200, 1e-300],
    [1e-160, 1e-160, 0],
    [2 ** 600, 2 ** 600, -(2 ** 1000)],
    [1e308, 1e-308, 1e-20],
    [0, 5, -0],
    [-0, 5, -0],
  ])("holds at the ends of the range: %d * %d + %d", (a, b, c) => expectFma(a, b, c));

  it("hands infinities and NaN on, and overflows only at the end", () => {
    const infinity = Number.POSITIVE_INFINITY;
    expect(fma(infinity, 2, 1)).toBe(infinity);
    expect(fma(1e200, 1e200, -infinity)).toBe(-infinity);
    expect(fma(1e200, 1e200, 0)).toBe(infinity);
    expect(fma(infinity, 0, 1)).toBeNaN();
    expect(fma(1, Number.NaN, 1)).toBeNaN();
    expect(fma(2 ** 1023, 2, -(2 ** 1023))).toBe(2 ** 1023);
  });
});

describe("the errors of + and *", () => {
  const moderate = fc.double({ min: -1e100, max: 1e100, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-100);

  it("complete the rounded results", () => {
    const check = (a: number, b: number) => {
      expect(scaled(a + b) + scaled(sumError(a, b, a + b))).toBe(scaled(a) + scaled(b));
      const product = a * b;
      expect((scaled(product) + scaled(productError(a, b, product))) << 1074n).toBe(scaled(a) * scaled(b));
    };
    fc.assert(fc.property(moderate, moderate, check), { numRuns: 1000 });
  });
});
