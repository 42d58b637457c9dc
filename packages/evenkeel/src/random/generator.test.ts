import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultGenerator, Generator, getRngState, initialSeed, manualSeed, seed, setRngState } from "./index.ts";
import { fillNormal } from "./normal.ts";

const words = (generator: Generator, n = 8) => Array.from({ length: n }, () => generator.random32());

describe("MT19937", () => {
  it("gives the word by which the C++ standard checks it", () => {
    const generator = new Generator(5489);
    for (let i = 1; i < 10000; i++) generator.random32();
    expect(generator.random32()).toBe(4123659995);
  });

  it("draws 64 bits as two words, the high one first", () => {
    const [high, low] = words(new Generator(3), 2);
    expect(new Generator(3).random64()).toBe((BigInt(high) << 32n) | BigInt(low));
    expect(new Generator(3).random53()).toBe(Number(((BigInt(high) << 32n) | BigInt(low)) & (2n ** 53n - 1n)));
  });
});

describe("seeds", () => {
  it.each([
    [0, 0n],
    [-1, 2n ** 64n - 1n],
    [-(2n ** 63n), 2n ** 63n],
    [2n ** 64n - 1n, 2n ** 64n - 1n],
    [Number.MAX_SAFE_INTEGER, BigInt(Number.MAX_SAFE_INTEGER)],
  ])("%s is kept as %s", (given, kept) => {
    expect(new Generator(given).initialSeed()).toBe(kept);
  });

  it("differ in the numbers only by their low 32 bits", () => {
    expect(words(new Generator(2n ** 40n + 5n))).toEqual(words(new Generator(5)));
    expect(words(new Generator(6))).not.toEqual(words(new Generator(5)));
  });

  it("are alike for generators without one", () => {
    expect(new Generator().initialSeed()).toBe(67280421310721n);
  });

  it("start over and forget the kept normal", () => {
    const generator = new Generator(1);
    fillNormal(new Float32Array(1), 0, 1, generator);
    expect(generator.cachedNormal).toBeDefined();
    expect(generator.manualSeed(1)).toBe(generator);
    expect(generator.getState()).toEqual(new Generator(1).getState());
  });

  it("are new each time with seed()", () => {
    const generator = new Generator(1);
    const first = generator.seed();
    expect(generator.initialSeed()).toBe(first);
    expect(generator.seed()).not.toBe(first);
  });

  it.each([
    [1.5, RangeError, "must be an integer, got 1.5"],
    [Number.NaN, RangeError, "must be an integer, got NaN"],
    [2 ** 53, RangeError, "write a seed beyond 2^53 as a bigint"],
    [2n ** 64n, RangeError, "from -2^63 to 2^64 - 1, got 18446744073709551616"],
    [-(2n ** 63n) - 1n, RangeError, "from -2^63 to 2^64 - 1"],
    ["1", TypeError, 'must be a number or a bigint, got "1"'],
    [null, TypeError, "got null"],
    [true, TypeError, "got true"],
  ])("%s is refused and changes nothing", (given, error, message) => {
    const generator = new Generator(4);
    fillNormal(new Float32Array(3), 0, 1, generator);
    const before = generator.getState();
    expect(() => generator.manualSeed(given as number)).toThrow(error);
    expect(() => generator.manualSeed(given as number)).toThrow(message);
    expect(generator.getState()).toEqual(before);
  });
});

describe("states", () => {
  it("continue the stream they were taken from", () => {
    const check = (start: bigint, wordsBefore: number, normalsBefore: number) => {
      const generator = new Generator(start);
      words(generator, wordsBefore);
      fillNormal(new Float64Array(normalsBefore), 0, 1, generator);
      const state = generator.getState();
      const expected = [generator.cachedNormal, ...words(generator, 700)];
      const resumed = new Generator(99).setState(state);
      expect(resumed.initialSeed()).toBe(BigInt.asUintN(64, start));
      expect(resumed.getState()).toEqual(state);
      expect([resumed.cachedNormal, ...words(resumed, 700)]).toEqual(expected);
    };
    const anySeed = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });
    const upTo = (max: number) => fc.integer({ min: 0, max });
    fc.assert(fc.property(anySeed, upTo(1300), upTo(5), check), { numRuns: 50 });
  });

  it.each([0, 1, 622, 623, 624, 625, 1248])("survive %d words after seeding", (n) => {
    const generator = new Generator(8);
    words(generator, n);
    const resumed = new Generator().setState(generator.getState());
    expect(words(resumed)).toEqual(words(generator));
  });

  it("are copies", () => {
    const generator = new Generator(8);
    const state = generator.getState();
    const kept = state.slice();
    words(generator);
    expect(state).toEqual(kept);
    const resumed = new Generator().setState(state);
    state.fill(0);
    expect(resumed.getState()).toEqual(kept);
  });

  it("may lie anywhere in a buffer", () => {
    const generator = new Generator(8);
    const buffer = new Uint8Array(5100);
    buffer.set(generator.getState(), 13);
    expect(words(new Generator().setState(buffer.subarray(13, 13 + 5056)))).toEqual(words(generator));
  });

  it("keep the float32 normal that only PyTorch could have left", () => {
    const state = new Generator(8).getState();
    const view = new DataView(state.buffer);
    view.setFloat32(5048, 0.5, true);
    view.setUint8(5052, 1);
    expect(new Generator().setState(state).getState()).toEqual(state);
  });

  const broken = (change: (view: DataView) => void) => {
    const state = new Generator(1).getState();
    change(new DataView(state.buffer));
    return state;
  };

  it.each([
    ["a short one", new Uint8Array(5048), RangeError, "has 5056 bytes, got 5048"],
    ["zeros", new Uint8Array(5056), RangeError, "its counters are left = 0, next = 0"],
    ["left too large", broken((view) => view.setInt32(8, 625, true)), RangeError, "left = 625"],
    ["left and next that disagree", broken((view) => view.setInt32(8, 5, true)), RangeError, "left = 5, next = 0"],
    ["next too large", broken((view) => view.setBigUint64(16, 2n ** 40n, true)), RangeError, "next = 1099511627776"],
    ["unseeded", broken((view) => view.setInt32(12, 0, true)), RangeError, "not the state of a generator"],
    [
      "a kept normal of NaN",
      broken((view) => {
        view.setFloat64(5024, Number.NaN, true);
        view.setInt32(5040, 1, true);
      }),
      RangeError,
      "its cached normal is NaN",
    ],
    ["an array", [1, 2, 3], TypeError, "must be a Uint8Array, got [1, 2, 3]"],
    ["null", null, TypeError, "must be a Uint8Array, got null"],
  ])("refuse %s and change nothing", (_, state, error, message) => {
    const generator = new Generator(4);
    fillNormal(new Float32Array(3), 0, 1, generator);
    const before = generator.getState();
    expect(() => generator.setState(state as Uint8Array)).toThrow(error);
    expect(() => generator.setState(state as Uint8Array)).toThrow(message);
    expect(generator.getState()).toEqual(before);
  });
});

describe("a generator seeded later", () => {
  it("asks for its seed once, at the first use of any kind", () => {
    const uses: ((generator: Generator) => unknown)[] = [
      (g) => g.random32(),
      (g) => g.getState(),
      (g) => g.initialSeed(),
      (g) => g.copyTo(new Generator()),
    ];
    for (const use of uses) {
      let asked = 0;
      const generator = Generator.seededLater(() => ++asked + 4);
      use(generator);
      expect(generator.initialSeed()).toBe(5n);
      expect(asked).toBe(1);
    }
  });

  it("does not ask when another seed or state comes first", () => {
    const never = () => Generator.seededLater(() => expect.fail("asked"));
    expect(words(never().manualSeed(3))).toEqual(words(new Generator(3)));
    expect(words(never().setState(new Generator(4).getState()))).toEqual(words(new Generator(4)));
    const copy = never();
    new Generator(5).copyTo(copy);
    expect(words(copy)).toEqual(words(new Generator(5)));
  });
});

it("copyTo hands over all of the state", () => {
  const [from, to] = [new Generator(7), new Generator(8)];
  words(from, 700);
  fillNormal(new Float64Array(3), 0, 1, from);
  expect(from.cachedNormal).toBeDefined();
  from.copyTo(to);
  expect(to.getState()).toEqual(from.getState());
  words(to, 700);
  expect(to.getState()).not.toEqual(from.getState());
});

it("skip leaves it where as many draws do, across renewals", () => {
  for (const before of [0, 1, 623, 624, 625, 1000]) {
    for (const skipped of [0, 1, 5, 623, 624, 625, 1248, 3000]) {
      const [drawn, moved] = [new Generator(before), new Generator(before)];
      words(drawn, before + skipped);
      words(moved, before);
      moved.skip(skipped);
      expect(moved.getState(), `${before} and ${skipped}`).toEqual(drawn.getState());
    }
  }
});

describe("the default generator", () => {
  it("is reached by the functions of the module", () => {
    expect(manualSeed(11)).toBe(defaultGenerator);
    expect(initialSeed()).toBe(11n);
    const state = getRngState();
    const drawn = words(defaultGenerator);
    expect(drawn).toEqual(words(new Generator(11)));
    setRngState(state);
    expect(words(defaultGenerator)).toEqual(drawn);
    expect(seed()).toBe(initialSeed());
  });
});
