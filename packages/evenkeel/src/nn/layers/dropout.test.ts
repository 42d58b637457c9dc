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
  // @ts-expect-error: p stands alone
  expect(() => new Dropout({ p: 0.2 })).toThrow(RangeError);
});
