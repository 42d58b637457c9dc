import { describe, expect, it } from "vitest";
import * as F from "../nn/functional/index.ts";
import { Generator } from "../random/index.ts";
import { ones, randn, type Tensor } from "../tensor/index.ts";
import { compile } from "./compile.ts";

/** Programs draw from a generator's own words: the stream, and the 5056 bytes of state afterwards, are those of eager. */
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

  it("nothing of nothing", () => {
    const generator = new Generator(3);
    const before = generator.getState();
    compile((x: Tensor) => F.dropout(x, { training: true, generator }))(ones([0]));
    expect(generator.getState()).toEqual(before);
  });
});
