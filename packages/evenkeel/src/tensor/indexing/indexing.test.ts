import { describe, expect, it } from "vitest";
import { compile } from "../../compile/index.ts";
import { arange, noGrad, ones, type Tensor, tensor, zeros } from "../index.ts";

/**
 * Values and gradients over many forms are compared with torch's in test/ops.golden.test.ts; here
 * is what is ours.
 */

const matrix = () => tensor(Float32Array.of(0, 1, 2, 3, 4, 5), { shape: [2, 3] });
const int = (data: number[]) => tensor(data, { dtype: "int32" });

describe("at", () => {
  it("is a copy, whatever the index", () => {
    const x = matrix();
    for (const part of [x.at(), x.at(":"), x.at("..."), x.at(null), x.at(0), x.at([0, 1]), x.at(x.ge(0))]) {
      part.fill_(9);
    }
    expect(x.tolist()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });

  it("leaves no view behind that a later recorded write would have to respect", () => {
    const w = tensor([1], { requiresGrad: true });
    for (const index of [
      [null],
      [
        [0, 1],
        [1, 2],
      ],
      [0],
      ["...", null],
    ] as const) {
      const x = matrix();
      x.at(...index);
      expect(() => x.mul_(w)).not.toThrow();
    }
  });

  it("reads what slice, select and indexSelect read, spaces and signs included", () => {
    const x = arange(24).reshape(2, 3, 4);
    expect(x.at(" 1 ", " : ", "-3 : -1").equal(x.select(0, 1).slice(1, -3, -1))).toBe(true);
    expect(x.at("...", [3, 0]).equal(x.indexSelect(2, int([3, 0])))).toBe(true);
    expect(x.indexSelect(-1, [3, 0]).equal(x.indexSelect(2, int([3, 0])))).toBe(true);
    expect([...x.indexSelect(0, []).shape.slice(0, 1)]).toEqual([0]);
    expect(x.at(Int32Array.of(1)).equal(x.at([1]))).toBe(true);
    expect(x.at("-1").equal(x.get(1))).toBe(true);
  });

  it("takes back what nonzero gives", () => {
    const x = matrix();
    expect(x.at(...x.gt(2).nonzero({ asTuple: true })).equal(x.maskedSelect(x.gt(2)))).toBe(true);
  });

  it("is differentiated twice through places that are named more than once", () => {
    const x = tensor([1, 2, 3], { requiresGrad: true });
    x.at([0, 0, 2]).pow(2).sum().backward();
    expect(x.grad?.tolist()).toEqual([4, 0, 6]);
  });
});

describe("set_", () => {
  it("the last of several values for one place stays, and it alone has a gradient", () => {
    const value = tensor([1, 2, 3], { requiresGrad: true });
    const x = zeros(4);
    x.set_([0, 2, 0], value);
    expect(x.tolist()).toEqual([3, 0, 2, 0]);
    x.sum().backward();
    expect(value.grad?.tolist()).toEqual([0, 1, 1]);
  });

  it("writes a part of itself, and a value that it is a part of", () => {
    const x = arange(4);
    x.set_("1:", x.at(":3"));
    expect(x.tolist()).toEqual([0, 0, 1, 2]);
  });

  it("returns the tensor and counts the write", () => {
    const x = zeros(2);
    const before = x.version;
    expect(x.set_(0, 1)).toBe(x);
    expect(x.version).toBeGreaterThan(before);
  });

  it("writes to a parameter without a record", () => {
    const w = ones(2, { requiresGrad: true });
    noGrad(() => w.set_(0, 5));
    expect([w.tolist(), w.isLeaf, w.requiresGrad]).toEqual([[5, 1], true, true]);
  });

  it("a mask of NaN heals a tensor", () => {
    const x = tensor([1, Number.NaN, 3]);
    expect(x.set_(x.isnan(), 0).tolist()).toEqual([1, 0, 3]);
  });
});

describe("in compiled steps", () => {
  it("positions are read at every run, also from an outer tensor", () => {
    const place = int([0, 1]);
    const step = compile((x: Tensor, columns: Tensor) => x.at(place, columns));
    expect(step(matrix(), int([2, 0])).tolist()).toEqual([2, 3]);
    noGrad(() => place.copy_(int([1, -2])));
    expect(step(matrix(), int([-1, 1])).tolist()).toEqual([5, 1]);
  });

  it("a mask says where to write, and changes from run to run", () => {
    const state = zeros(3);
    const step = compile((mask: Tensor, value: Tensor) => {
      state.set_(mask, value);
      return state.at("1:");
    });
    expect(step(tensor([true, false, true]), tensor(7)).tolist()).toEqual([0, 7]);
    expect(step(tensor([false, true, false]), tensor(8)).tolist()).toEqual([8, 7]);
    expect(state.tolist()).toEqual([7, 8, 7]);
  });

  it("gradients of reads and writes are those of eager execution", () => {
    const w = arange(6, { requiresGrad: true });
    const loss = (places: Tensor) => {
      w.grad = null;
      const x = w.mul(2).reshape(2, 3).clone();
      x.set_(":", places, w.at([0, 5]).mul(3));
      const result = x.at("...", [0, 2]).pow(2).sum();
      result.backward();
      return result;
    };
    const places = int([1, -1]);
    const eager = [loss(places).item(), w.grad?.tolist()];
    expect(eager[0]).not.toBe(0);
    expect([compile(loss)(places).item(), w.grad?.tolist()]).toEqual(eager);
  });

  it("values and indices can be taken apart, from a step too", () => {
    const step = compile((x: Tensor) => x.max(1));
    for (const result of [matrix().max(1), step(matrix())]) {
      const [values, indices] = result;
      expect([values.tolist(), indices.tolist()]).toEqual([
        [2, 5],
        [2, 2],
      ]);
      expect(result).toEqual({ values, indices });
    }
  });
});

describe("iteration", () => {
  it("goes through the first dimension, and gradients pass", () => {
    const x = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { requiresGrad: true },
    );
    let total = zeros([2]);
    for (const row of x) total = total.add(row.mul(row));
    total.sum().backward();
    expect(x.grad?.tolist()).toEqual([
      [2, 4],
      [6, 8],
    ]);
    expect([...zeros(0, 2)]).toEqual([]);
    const [first] = tensor([5, 6]);
    expect(first.item()).toBe(5);
  });

  it("a single value has none", () => {
    expect(() => [...tensor(1)]).toThrow(TypeError);
    expect(() => Array.from(tensor(1) as Iterable<Tensor>)).not.toThrow();
  });
});
