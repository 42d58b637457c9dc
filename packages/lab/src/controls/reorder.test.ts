import { expect, it } from "vitest";
import { placeInWords, reordered, stepOfKey } from "./reorder.ts";

it("moves an item to its new place, in both directions, and keeps the others in order", () => {
  expect(reordered(["a", "b", "c", "d"], 3, 1)).toEqual(["a", "d", "b", "c"]);
  expect(reordered(["a", "b", "c", "d"], 0, 2)).toEqual(["b", "c", "a", "d"]);
  const list = ["a", "b"];
  for (const [from, to] of [
    [0, -1],
    [1, 2],
    [0, 0],
    [5, 0],
  ])
    expect(reordered(list, from, to)).toBe(list);
});

it("says where an item is now", () => {
  expect(placeInWords(["Dropout", "Linear", "ReLU"], 0)).toBe("Dropout is now 1 of 3, before Linear.");
  expect(placeInWords(["Linear", "Dropout", "ReLU"], 1)).toBe("Dropout is now 2 of 3, after Linear.");
});

it("knows the arrow keys", () => {
  const keys = ["ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight", "a", " "];
  expect(keys.map(stepOfKey)).toEqual([-1, -1, 1, 1, 0, 0]);
});
