import { describe, expect, it } from "vitest";
import { tensor, zeros } from "./index.ts";

/** JavaScript's own conversions of a tensor, and its iteration. */

const x = tensor([
  [1, 2],
  [3, 4],
]);

describe("operators", () => {
  const scalar = tensor(3);
  const unit = " mpg";

  it.each<[string, () => unknown]>([
    // @ts-expect-error: no operators for objects
    ["x > 2", () => scalar > 2],
    // @ts-expect-error
    ["x + 1", () => scalar + 1],
    // @ts-expect-error
    ["2 * x", () => 2 * scalar],
    ["-x", () => -scalar],
    ["x + text", () => scalar + unit],
    ["Number(x)", () => Number(scalar)],
    // @ts-expect-error
    ["Math.max(x, 1)", () => Math.max(scalar, 1)],
    ["x > y", () => x > scalar],
  ])("%s is refused", (_, attempt) => {
    expect(attempt).toThrow(TypeError);
    expect(attempt).toThrow(
      "`x > 2` and `x + 1` do not work on tensors in JavaScript: use x.gt(2), x.add(1); item() gives the number",
    );
  });

  it("text is what is printed, and conditions ask whether there is a tensor", () => {
    expect(`loss ${scalar}`).toBe("loss tensor(3.)");
    expect(String(tensor([1, 2]))).toBe("tensor([1., 2.])");
    expect([tensor([0]) ? "there" : "none", x == null]).toEqual(["there", false]);
  });
});

it("JSON holds the nested arrays", () => {
  expect(JSON.stringify({ x, flag: tensor(true), none: zeros([0]) })).toBe('{"x":[[1,2],[3,4]],"flag":true,"none":[]}');
  expect(JSON.stringify(tensor([Number.NaN, 1.5]))).toBe("[null,1.5]");
});

describe("unbind", () => {
  it("gives the places along a dimension", () => {
    expect(x.unbind().map(String)).toEqual(["tensor([1., 2.])", "tensor([3., 4.])"]);
    expect(x.unbind(-1).map((column) => column.toArray())).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(
      tensor([5, 6])
        .unbind()
        .map((value) => value.item()),
    ).toEqual([5, 6]);
    expect(zeros([0, 2]).unbind()).toEqual([]);
  });

  it("passes gradients on", () => {
    const w = tensor([1, 2, 3], { requiresGrad: true });
    const [a, , c] = w.unbind();
    a.mul(c).backward();
    expect(w.grad?.toArray()).toEqual([3, 0, 1]);
  });

  it("needs a dimension", () => {
    expect(() => tensor(1).unbind()).toThrow(
      new RangeError("unbind: a 0-d tensor has no dimension to cut; item() gives its number"),
    );
    expect(() => x.unbind(2)).toThrow(RangeError);
  });
});

it("tensors compare in tests by what they are, parameters included", () => {
  const w = tensor([1, 2], { requiresGrad: true });
  expect([w, tensor([1, 2])]).toEqual([w, tensor([1, 2])]);
  expect(tensor([1, 2])).not.toEqual(tensor([1, 3]));
  expect({ w }).toMatchObject({ w });
  expect([w]).not.toEqual([tensor([1, 3], { requiresGrad: true })]);
  const matrix = tensor(
    [
      [1, 2],
      [3, 4],
    ],
    { requiresGrad: true },
  );
  expect(matrix.mul(2)).toEqual(matrix.mul(2));
  expect(tensor(1)).not.toEqual(tensor(2));
});
