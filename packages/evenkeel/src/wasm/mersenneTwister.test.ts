import { describe, expect, it } from "vitest";
import { fillBernoulli, fillDropoutMask } from "../random/bernoulli.ts";
import { Generator } from "../random/generator.ts";
import { MersenneTwister } from "../random/mersenneTwister.ts";
import { result } from "./functionBuilder.ts";
import { fillMask, maskThreshold, random32, twisterBytes } from "./mersenneTwister.ts";
import { ModuleBuilder } from "./moduleBuilder.ts";

const state = 64;
const out = 4096;

function instantiate() {
  const module = new ModuleBuilder();
  const [draw, fill] = [random32(module), fillMask(module)];
  module.function("draw", [], (f) => f.return(result(draw, state)), { result: "i32", exported: true });
  module.function(
    "mask",
    ["i32", "i32", "i32", "i32"],
    (f, count, high, low, value) => f.call(fill, state, out, count, high, low, value),
    { exported: true },
  );
  const memory = new WebAssembly.Memory({ initial: 16 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), { env: { memory } });
  const words = new Int32Array(memory.buffer, state, twisterBytes / 4);
  return {
    ...(instance.exports as { draw: () => number; mask: (n: number, high: number, low: number, bits: number) => void }),
    floats: (count: number) => new Float32Array(memory.buffer, out, count),
    bytes: new Uint8Array(memory.buffer),
    seed: (seed: number) => {
      const twister = new MersenneTwister();
      twister.seed(seed);
      words.set(twister.words);
      words[624] = 624;
    },
  };
}

const bits = (value: number) => new Int32Array(Float32Array.of(value).buffer)[0];

describe("the Mersenne twister in WebAssembly", () => {
  it("hands out the words of random/", () => {
    const { draw, seed } = instantiate();
    for (const value of [0, 1, 5489, -1]) {
      seed(value);
      const twister = new MersenneTwister();
      twister.seed(value);
      for (let i = 0; i < 3000; i++) expect(draw() >>> 0).toBe(twister.random32());
    }
  });

  it.each([0.5, 0.1, 0.25, 1 / 3, 0.999, 1e-20, 1 - 2 ** -53])("fills dropout masks of p = %d as random/ does", (p) => {
    const { draw, mask, floats, seed, bytes } = instantiate();
    for (const skipped of [0, 1, 2, 5, 615, 617, 623]) {
      seed(42);
      const generator = new Generator(42);
      for (let i = 0; i < skipped; i++) expect(draw() >>> 0).toBe(generator.random32());
      for (const count of [0, 1, 3, 4, 5, 17, 64, 65, 1000, 311, 312, 313, 2000]) {
        const expected = new Float32Array(count);
        fillDropoutMask(expected, p, generator);
        const { high, low } = maskThreshold(1 - p);
        bytes.fill(0xa5, out - 16, out + 4 * count + 16);
        mask(count, high, low, bits(1 / Math.fround(1 - p)));
        expect(floats(count)).toEqual(expected);
        expect(bytes.slice(out + 4 * count, out + 4 * count + 16).every((byte) => byte === 0xa5)).toBe(true);
        expect(draw() >>> 0).toBe(generator.random32());
      }
    }
  });

  it.each([0, 1, 0.3])("fills with ones of probability %d as random/ does", (p) => {
    const { mask, floats, seed } = instantiate();
    seed(7);
    const expected = new Float32Array(1001);
    fillBernoulli(expected, p, new Generator(7));
    const { high, low } = maskThreshold(p);
    mask(1001, high, low, bits(1));
    expect(floats(1001)).toEqual(expected);
  });
});
