import { expect, it } from "vitest";
import { tensor, zeros } from "./index.ts";

it("size() is the shape, size(dim) one of its sizes, numel() their product: PyTorch's three", () => {
  const x = zeros([2, 0, 5]);
  expect([x.size(), x.size(0), x.size(-1), x.numel(), x.nelement(), x.dim()]).toEqual([[2, 0, 5], 2, 5, 0, 0, 3]);
  expect([tensor(1).size(), tensor(1).numel(), tensor(1).dim()]).toEqual([[], 1, 0]);
});

it("size(dim) needs a dimension that is there", () => {
  expect(() => zeros([2, 3]).size(2)).toThrow(
    new RangeError("dimension 2 is out of range: a 2-d tensor has dimensions -2 to 1"),
  );
  expect(() => tensor(1).size(0)).toThrow(
    new RangeError("size: a 0-d tensor has no dimensions; numel() is 1, size() is []"),
  );
});
