import { expect, test } from "vitest";
import { Generator, manualSeed } from "../../../random/index.ts";
import { ones, tensor } from "../../../tensor/index.ts";
import { dropout } from "./dropout.ts";

test("drops about p of the values and scales the others to keep the mean", () => {
  const y = dropout(ones([10_000]), { p: 0.2, generator: new Generator(1) });
  const kept = y.data.filter((v) => v !== 0);
  expect(kept.length / 10_000).toBeCloseTo(0.8, 1);
  expect(new Set(kept)).toEqual(new Set([Math.fround(1.25)]));
});

test("the global generator by default: PyTorch's mask under seed 0", () => {
  manualSeed(0);
  // torch.manual_seed(0); F.dropout(torch.ones(12), 0.3)
  const mask = [0, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1];
  expect(dropout(ones([12]), { p: 0.3 }).toArray()).toEqual(mask.map((kept) => Math.fround(kept / Math.fround(0.7))));
});

test("p of 0 or 1, evaluation and an empty input draw nothing", () => {
  const generator = new Generator(3);
  const before = generator.getState();
  const x = tensor([1, -2, 3]);
  expect(dropout(x, { p: 0, generator })).toBe(x);
  expect(dropout(x, { p: 0.5, training: false, generator })).toBe(x);
  expect(dropout(x, { p: 1, generator }).data.every((v) => v === 0)).toBe(true);
  dropout(ones([0]), { generator });
  expect(generator.getState()).toEqual(before);
});

test("misuses", () => {
  for (const p of [-0.1, 1.1, Number.NaN]) {
    expect(() => dropout(ones([2]), { p, training: false })).toThrow(
      `dropout: p is ${p}, expected a probability from 0 to 1`,
    );
  }
  expect(() => dropout(ones([2], { dtype: "int32" }))).toThrow(TypeError);
});
