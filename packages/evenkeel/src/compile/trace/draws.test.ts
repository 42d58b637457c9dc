import { describe, expect, it } from "vitest";
import * as F from "../../nn/functional/index.ts";
import { Generator } from "../../random/index.ts";
import {
  arange,
  bernoulli,
  ones,
  rand,
  randint,
  randn,
  randperm,
  type Tensor,
  tensor,
  zeros,
} from "../../tensor/index.ts";
import { compile } from "../compile.ts";

/**
 * Programs draw from a generator's own words: the stream, and the 5056 bytes of state afterwards,
 * are those of eager.
 */
describe("draws in a program", () => {
  // 312 elements take exactly the 624 words of a renewal: right after seeding, and at its end.
  it.each([1, 5, 311, 312, 313, 1600])("dropout of %i values, alone and between the host's draws", (size) => {
    const x = ones([size]);
    const steps = [true, false].map((compiled) => {
      const generator = new Generator(11);
      const step = compile((x: Tensor) => F.dropout(x, { p: 0.3, training: true, generator }), { compile: compiled });
      const mixed = compile(
        (x: Tensor) => {
          const first = F.dropout(x, { p: 0.6, training: true, generator });
          return [first, randn([3], { generator }), F.dropout(x, { p: 0.1, training: true, generator })];
        },
        { compile: compiled },
      );
      return { generator, step, mixed };
    });
    for (let i = 0; i < 4; i++) {
      const [inProgram, eager] = steps.map(({ generator, step, mixed }) => {
        const values = [step(x).toArray(), generator.getState(), ...mixed(x).map((y) => y.toArray())];
        return [...values, generator.random32(), generator.getState()];
      });
      expect(inProgram).toEqual(eager);
    }
    expect(steps[0].step.explain().programs[0].fallbacks).toBe(0);
  });

  const draws: [string, (generator: Generator, size: number) => Tensor][] = [
    ["uniform", (generator, size) => rand([size], { generator })],
    ["uniform between bounds", (generator, size) => zeros([size]).uniform_(-3.7, 11.3, { generator })],
    ["uniform around a large number", (generator, size) => zeros([size]).uniform_(16777213, 16777217, { generator })],
    ["uniform in a narrow place", (generator, size) => zeros([size]).uniform_(-1e-3, 1e-9, { generator })],
    ["randint", (generator, size) => randint(-5, 1000, [size], { generator })],
    ["randint of 2^31 + 5 numbers", (generator, size) => randint(-5, 2 ** 31, [size], { generator })],
    ["randint of all numbers", (generator, size) => randint(-(2 ** 31), 2 ** 31, [size], { generator })],
    ["randperm", (generator, size) => randperm(size, { generator })],
    [
      "bernoulli of probabilities",
      (generator, size) => bernoulli(arange(size).div(size).where(arange(size).ne(2), 1), { generator }),
    ],
  ];

  it.each(draws)("%s", (_, draw) => {
    for (const size of [1, 5, 623, 624, 1600]) {
      const [inProgram, eager] = [true, false].map((compiled) => {
        const generator = new Generator(11);
        const step = compile(() => draw(generator, size), { compile: compiled });
        const drawn = Array.from({ length: 3 }, () => [...step().data, generator.random32()]);
        if (compiled) expect(step.explain().programs[0].fallbacks).toBe(0);
        return { drawn, state: generator.getState() };
      });
      expect(inProgram).toEqual(eager);
    }
  });

  it("bernoulli refuses what is no probability, and draws nothing", () => {
    const generator = new Generator(5);
    const step = compile((p: Tensor) => bernoulli(p, { generator }));
    step(tensor([0, 1, 0.5]));
    const before = generator.getState();
    for (const wrong of [-0.5, 1.5, Number.NaN]) {
      expect(() => step(tensor([0.5, wrong, 0.5]))).toThrow(/p\[1\]/);
      expect(generator.getState()).toEqual(before);
    }
  });

  it("nothing of nothing", () => {
    const generator = new Generator(3);
    const before = generator.getState();
    compile((x: Tensor) => F.dropout(x, { training: true, generator }))(ones([0]));
    expect(generator.getState()).toEqual(before);
  });
});
