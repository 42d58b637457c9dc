import { expect, test } from "vitest";
import { getRngState, manualSeed } from "../../random/index.ts";
import { ones } from "../../tensor/index.ts";
import { dropout } from "../functional/index.ts";
import { Dropout } from "./dropout.ts";

test("drops in training, from the global generator, and not in eval", () => {
  const layer = new Dropout(0.3);
  manualSeed(4);
  const y = layer(ones([50]));
  manualSeed(4);
  expect(y.toArray()).toEqual(dropout(ones([50]), { p: 0.3 }).toArray());
  expect(y.toArray()).toContain(0);
  const before = getRngState();
  expect(
    layer
      .eval()(ones([50]))
      .toArray(),
  ).toEqual(Array(50).fill(1));
  expect(getRngState()).toEqual(before);
  expect(
    layer
      .train()(ones([50]))
      .toArray(),
  ).toContain(0);
});

test("p is 0.5 by default and must be a probability", () => {
  expect(String(new Dropout())).toBe("Dropout(p=0.5, inplace=False)");
  expect(String(new Dropout(0))).toBe("Dropout(p=0.0, inplace=False)");
  expect(() => new Dropout(1.5)).toThrow("Dropout: p is 1.5, expected a probability from 0 to 1");
  expect(() => new Dropout(-0.1)).toThrow(RangeError);
});

test("p may stand alone or be named; inplace is printed and has no effect", () => {
  expect(new Dropout({ p: 0.2 }).p).toBe(0.2);
  expect(String(new Dropout(0.2, { inplace: true }))).toBe("Dropout(p=0.2, inplace=True)");
  expect(String(new Dropout({ inplace: true }))).toBe("Dropout(p=0.5, inplace=True)");
  const x = ones([50]);
  expect(new Dropout({ p: 0.9, inplace: true })(x)).not.toBe(x);
  expect(x.toArray()).toEqual(Array(50).fill(1));
  // @ts-expect-error: given twice
  expect(() => new Dropout(0.2, { p: 0.3 })).toThrow('Dropout: unknown option "p", expected inplace');
  // @ts-expect-error: PyTorch's second argument
  expect(() => new Dropout(0.2, true)).toThrow("Dropout: the options are true, expected an object such as { inplace");
  // @ts-expect-error: a number
  expect(() => new Dropout({ inplace: 1 })).toThrow("Dropout: inplace is 1, expected true or false");
});
