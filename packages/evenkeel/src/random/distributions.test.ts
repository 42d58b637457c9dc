import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillBernoulli, fillBernoulliEach, fillDropoutMask } from "./bernoulli.ts";
import { Generator, randperm } from "./index.ts";
import { drawInt64, fillRandint } from "./integers.ts";
import { fillNormal } from "./normal.ts";
import { fillUniform } from "./uniform.ts";

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const lengths = fc.integer({ min: 0, max: 40 });

/** Mean and standard deviation. */
function moments(values: ArrayLike<number>): [mean: number, std: number] {
  const all = Array.from(values);
  const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
  return [mean, Math.sqrt(all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length)];
}

describe("values", () => {
  it("uniform ones lie between the bounds", () => {
    const bounds = fc.tuple(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
    );
    const check = (seed: number, n: number, [low, size]: [number, number]) => {
      for (const out of [new Float32Array(n), new Float64Array(n)]) {
        fillUniform(out, low, low + size, new Generator(seed));
        const [lowest, highest] = (out.constructor as Float32ArrayConstructor).of(low, low + size);
        expect(out.every((x) => x >= lowest && x <= highest)).toBe(true);
      }
    };
    fc.assert(fc.property(seeds, lengths, bounds, check));
  });

  it("normal ones have the mean and deviation asked for", () => {
    for (const out of [new Float32Array(20000), new Float64Array(20000), new Float32Array(20001)]) {
      fillNormal(out, 3, 0.5, new Generator(1));
      const [mean, std] = moments(out);
      expect(mean).toBeCloseTo(3, 1.7);
      expect(std).toBeCloseTo(0.5, 1.7);
    }
    const singles = Array.from({ length: 5000 }, (_, i) => {
      const out = new Float64Array(15);
      fillNormal(out, 0, 1, new Generator(i));
      return out[i % 15];
    });
    expect(moments(singles)[0]).toBeCloseTo(0, 1);
    expect(moments(singles)[1]).toBeCloseTo(1, 1);
  });

  it("integers lie in their range and reach all of it", () => {
    const out = new Int32Array(500);
    fillRandint(out, -3, 4, new Generator(1));
    expect(new Set(out)).toEqual(new Set([-3, -2, -1, 0, 1, 2, 3]));
    const wide = new Float64Array(50);
    fillRandint(wide, -(2 ** 50), 2 ** 50, new Generator(1));
    expect(wide.every((x) => Number.isInteger(x) && Math.abs(x) <= 2 ** 50)).toBe(true);
    expect(Math.max(...wide)).toBeGreaterThan(2 ** 48);
  });

  it("randperm is an order of all indices", () => {
    const check = (seed: number, n: number) => {
      const order = randperm(n, new Generator(seed));
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    };
    fc.assert(fc.property(seeds, lengths, check));
  });

  it("dropout keeps the mean, and leaves the generator alone where nothing is random", () => {
    const mask = new Float32Array(20000);
    fillDropoutMask(mask, 0.2, new Generator(1));
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1.25)]));
    expect(moments(mask)[0]).toBeCloseTo(1, 1.7);
    const generator = new Generator(1);
    fillDropoutMask(mask, 0, generator);
    expect(mask.every((x) => x === 1)).toBe(true);
    fillDropoutMask(mask, 1, generator);
    expect(mask.every((x) => x === 0)).toBe(true);
    expect(generator.getState()).toEqual(new Generator(1).getState());
  });

  it("bernoulli fills every dtype, also over its own probabilities", () => {
    const bool = new Uint8Array(1000);
    fillBernoulli(bool, 0.25, new Generator(1));
    expect(moments(bool)[0]).toBeCloseTo(0.25, 1);
    const own = Float32Array.of(0, 1, 0, 1);
    fillBernoulliEach(own, own, new Generator(1));
    expect([...own]).toEqual([0, 1, 0, 1]);
  });

  it("an int64 is a 64-bit draw without its sign", () => {
    const generator = new Generator(1);
    const expected = new Generator(1).random64() & (2n ** 63n - 1n);
    expect(drawInt64(generator)).toBe(expected);
  });
});

type Misuse = [name: string, call: (generator: Generator) => void, error: ErrorConstructor, message: string];

const out = new Float32Array(4).fill(7);
const doubles = new Float64Array(4).fill(7);
const ints = new Int32Array(4).fill(7);
const text = "1" as unknown as number;

const misuses: Misuse[] = [
  [
    "uniform, swapped",
    (g) => fillUniform(out, 1, 0, g),
    RangeError,
    "low <= high, got low = 1 and high = 0; swap them",
  ],
  [
    "uniform, NaN",
    (g) => fillUniform(out, Number.NaN, 1, g),
    RangeError,
    "uniform: low is NaN, expected a finite number",
  ],
  ["uniform, endless", (g) => fillUniform(out, 0, 1 / 0, g), RangeError, "high is Infinity, expected a finite number"],
  ["uniform, no number", (g) => fillUniform(out, text, 1, g), TypeError, 'low is "1", expected'],
  ["uniform, bound beyond float32", (g) => fillUniform(out, 0, 1e39, g), RangeError, "within float32"],
  ["uniform, range beyond float32", (g) => fillUniform(out, -3e38, 3e38, g), RangeError, "within float32"],
  ["uniform, range beyond float64", (g) => fillUniform(doubles, -1e308, 1e308, g), RangeError, "within float64"],
  ["normal, negative std", (g) => fillNormal(out, 0, -1, g), RangeError, "normal expects std >= 0, got -1"],
  ["normal, std NaN", (g) => fillNormal(out, 0, Number.NaN, g), RangeError, "std is NaN, expected a finite number"],
  ["normal, mean NaN", (g) => fillNormal(out, Number.NaN, 1, g), RangeError, "mean is NaN, expected a finite number"],
  ["normal, no number", (g) => fillNormal(out, 0, text, g), TypeError, "std is"],
  ["randint, empty", (g) => fillRandint(ints, 5, 5, g), RangeError, "low < high, got low = 5 and high = 5"],
  ["randint, fraction", (g) => fillRandint(ints, 0, 1.5, g), RangeError, "high is 1.5, expected a whole number"],
  ["randint, beyond int32", (g) => fillRandint(ints, 0, 2 ** 31 + 1, g), RangeError, "from -2147483648 to 2147483647"],
  ["randint, beyond float32", (g) => fillRandint(out, 0, 2 ** 24 + 2, g), RangeError, "from -16777216 to 16777216"],
  [
    "randint, beyond float64",
    (g) => fillRandint(doubles, 0, 2 ** 53, g),
    RangeError,
    "high is 9007199254740992, expected a whole number",
  ],
  ["randint, no number", (g) => fillRandint(ints, text, 3, g), TypeError, 'low is "1", expected'],
  ["randperm, negative", (g) => randperm(-1, g), RangeError, "randperm expects n from 0 to 2^31 - 1, got -1"],
  ["randperm, fraction", (g) => randperm(2.5, g), RangeError, "n is 2.5, expected a whole number"],
  [
    "bernoulli, p > 1",
    (g) => fillBernoulli(out, 1.5, g),
    RangeError,
    "bernoulli: p is 1.5, expected a probability from 0 to 1",
  ],
  ["bernoulli, NaN", (g) => fillBernoulli(out, Number.NaN, g), RangeError, "p is NaN, expected a probability"],
  ["bernoulli, lengths", (g) => fillBernoulliEach(out, new Float32Array(3), g), RangeError, "got 3 for 4 elements"],
  [
    "bernoulli, one bad probability",
    (g) => fillBernoulliEach(out, Float32Array.of(0, 0.5, Number.NaN, 1), g),
    RangeError,
    "p[2] is NaN, expected a probability from 0 to 1",
  ],
  [
    "dropout, p < 0",
    (g) => fillDropoutMask(out, -0.1, g),
    RangeError,
    "dropout: p is -0.1, expected a probability from 0 to 1",
  ],
  ["dropout, no number", (g) => fillDropoutMask(out, text, g), TypeError, "p is"],
];

describe("misuse", () => {
  it.each(misuses)("%s: throws, draws nothing, writes nothing", (_, call, error, message) => {
    const generator = new Generator(4);
    const before = generator.getState();
    expect(() => call(generator)).toThrow(error);
    expect(() => call(generator)).toThrow(message);
    expect(generator.getState()).toEqual(before);
    for (const values of [out, doubles, ints]) expect([...values]).toEqual([7, 7, 7, 7]);
  });
});
