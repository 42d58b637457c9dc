import { describe, expect, it } from "vitest";
import { compile } from "../../../compile/index.ts";
import { Generator, manualSeed } from "../../../random/index.ts";
import { ones, randn, type Tensor } from "../../../tensor/index.ts";
import { AlphaDropout, Dropout2d, FeatureAlphaDropout, RReLU } from "../../index.ts";
import { rrelu } from "../activation/rrelu.ts";
import { alphaDropout, featureAlphaDropout } from "./alphaDropout.ts";
import { dropout1d, dropout2d, dropout3d } from "./channelDropout.ts";

/** What the goldens, which compare masks bit for bit (test/dropout.golden.test.ts), do not show. */

const calls = { dropout1d, dropout2d, dropout3d, alphaDropout, featureAlphaDropout };

describe.each(Object.entries(calls))("%s", (name, drop) => {
  const shape = { dropout1d: [4, 3, 2], dropout3d: [4, 3, 2, 1, 2] }[name] ?? [4, 3, 2, 2];

  it("draws nothing for p of 0 or 1, in evaluation, and of an empty input", () => {
    const generator = new Generator(3);
    const before = generator.getState();
    const x = randn(shape);
    expect(drop(x, { p: 0, training: true, generator })).toBe(x);
    expect(drop(x, { training: false, generator })).toBe(x);
    expect(drop(x, { p: 1, training: true, generator }).data.every((value) => value === 0)).toBe(true);
    drop(ones([0, ...shape.slice(1)]), { training: true, generator });
    expect(generator.getState()).toEqual(before);
  });

  it("draws once for each channel of each example, and leaves the input as it is", () => {
    const perValue = name === "alphaDropout";
    const [generator, counted] = [new Generator(5), new Generator(5)];
    const x = ones(shape);
    const y = drop(x, { training: true, generator });
    const draws = perValue ? x.numel() : 12;
    for (let i = 0; i < 2 * draws; i++) counted.random32();
    expect(generator.random32()).toBe(counted.random32());
    expect(x.data.every((value) => value === 1)).toBe(true);
    const flat = y.reshape([12, -1]);
    if (!perValue) for (let i = 0; i < 12; i++) expect(new Set(flat.select(0, i).data).size).toBe(1);
  });
});

it("alpha dropout keeps mean 0 and variance 1", () => {
  manualSeed(0);
  for (const drop of [alphaDropout, featureAlphaDropout]) {
    const y = drop(randn([4000, 25]), { p: 0.3, training: true });
    expect(Math.abs(y.mean().item())).toBeLessThan(0.02);
    expect(Math.abs(y.var().item() - 1)).toBeLessThan(0.03);
  }
});

it("rrelu draws for what is not positive alone", () => {
  const [generator, counted] = [new Generator(5), new Generator(5)];
  rrelu(ones([7]), { training: true, generator });
  expect(generator.getState()).toEqual(counted.getState());
});

describe("a probability, a bound or the mode that changes between two compiled calls", () => {
  const made = [new Dropout2d(0.5), new AlphaDropout(0.5), new FeatureAlphaDropout(0.5)];

  it.each(made.map((layer) => [String(layer), layer] as const))("of %s has effect", (_, layer) => {
    const x = randn([8, 8, 2, 2]);
    const step = compile((x: Tensor) => layer(x));
    for (const [p, training] of [
      [0.5, true],
      [0.1, true],
      [0.1, false],
    ] as const) {
      (layer as { p: number }).p = p;
      layer.train(training);
      manualSeed(2);
      const compiled = step(x).toArray();
      manualSeed(2);
      expect(compiled).toEqual(layer(x).toArray());
    }
    expect(step(x).toArray()).toEqual(x.toArray());
  });

  it("of RReLU has effect", () => {
    const layer = new RReLU(0.25, 0.25) as RReLU & { lower: number };
    const x = ones([1]).neg();
    const step = compile((x: Tensor) => layer(x));
    expect(step(x).toArray()).toEqual([-0.25]);
    layer.eval();
    layer.lower = 0;
    expect(step(x).toArray()).toEqual([-0.125]);
  });
});
