import { describe, expect, it } from "vitest";
import { compile } from "../../compile/index.ts";
import { combineMoments } from "../../ops/index.ts";
import { add, grad, type Tensor, tensor } from "../index.ts";

// Ops with several outputs that gradients flow into: split, and combineMoments.

const leaf = () => tensor([1, 2, 3, 4, 5, 6], { requiresGrad: true });

describe("an op with several differentiable outputs", () => {
  it("sums what comes through each of them, and takes 0 for one that is not used", () => {
    const x = leaf();
    const [a, , c] = x.split(2);
    add(a.mul(10).sum(), c.mul(c).sum()).backward();
    expect(x.grad?.toArray()).toEqual([10, 10, 0, 0, 10, 12]);
  });

  it("runs the op once, after everything computed from its outputs, however late", () => {
    const x = leaf();
    const [a, b] = x.split(3);
    const early = a.mul(b);
    const late = early.mul(a).add(b);
    late.sum().backward();
    // a^2 b + b by a: 2ab; by b: a^2 + 1
    expect(x.grad?.toArray()).toEqual([8, 20, 36, 2, 5, 10]);
  });

  it("keeps hooks and gradients of each output apart", () => {
    const x = leaf();
    const [a, b] = x.split(3);
    const seen: unknown[] = [];
    a.registerHook((dy) => dy.mul(2));
    b.registerHook((dy) => void seen.push(dy.toArray()));
    a.retainGrad();
    a.sum().add(b.mul(5).sum()).backward();
    expect(seen).toEqual([[5, 5, 5]]);
    expect(a.grad?.toArray()).toEqual([2, 2, 2]);
    expect(b.grad).toBe(null);
    expect(x.grad?.toArray()).toEqual([2, 2, 2, 5, 5, 5]);
  });

  it("is a target of grad() by each output, and of outputs that do not depend on one another", () => {
    const x = leaf();
    const [a, b] = x.split(3);
    const y = a.mul(b).sum();
    const [da, db, dx] = grad(y, [a, b, x]) as Tensor[];
    expect([da, db, dx].map((g) => g.toArray())).toEqual([
      [4, 5, 6],
      [1, 2, 3],
      [4, 5, 6, 1, 2, 3],
    ]);
    const [p, q] = leaf().split(3);
    expect(() => grad(p.sum(), q)).toThrow(/input 0 was not used/);
    expect(grad(p.sum(), q, { allowUnused: true })).toEqual([null]);
  });

  it("refuses a second backward pass, and a saved output that was written", () => {
    const means = tensor([[1], [3]], { requiresGrad: true });
    const parts = () => combineMoments(tensor([2, 2]), means, tensor([[1], [1]])) as unknown as [Tensor, Tensor];
    const [mean, m2] = parts();
    mean.sum().add(m2.sum()).backward();
    expect(() => m2.sum().backward()).toThrow(/already freed/);
    const [written, other] = parts();
    written.mul_(2);
    expect(() => other.sum().backward()).toThrow(/mean of combineMoments, of shape \[1\], was modified in place/);
  });

  it("writes an output in place without touching the others", () => {
    const x = leaf();
    const [a, b] = x.split(3);
    a.mul_(3);
    a.sum().add(b.sum()).backward();
    expect(x.grad?.toArray()).toEqual([3, 3, 3, 1, 1, 1]);
    expect(String(b)).toContain("grad_fn=<SplitBackward0>");
  });

  it("compiles", () => {
    const x = leaf();
    const step = compile((v: Tensor) => {
      const [a, b, c] = v.chunk(3);
      const loss = a.mul(b).add(c.square()).sum();
      return [loss, grad(loss, [v, b])].flat() as Tensor[];
    });
    for (const values of [x, x.detach().mul(2).requiresGrad_()]) {
      const [, dx, db] = step(values);
      const [a, b, c] = [0, 2, 4].map((i) => [...values.data.slice(i, i + 2)]);
      expect(dx.toArray()).toEqual([...b, ...a, ...c.map((v) => 2 * v)]);
      expect(db.toArray()).toEqual(a);
    }
  });
});

describe("combineMoments", () => {
  it("gives the moments of all rows together, whatever the parts", () => {
    const rows = [1e6 + 1, 1e6 + 4, 1e6 - 2, 1e6 + 7, 1e6, 1e6 + 3];
    const momentsOf = (part: number[]) => {
      const mean = part.reduce((s, v) => s + v, 0) / part.length || 0;
      return [part.length, mean, part.reduce((s, v) => s + (v - mean) ** 2, 0)];
    };
    const [, whole, squares] = momentsOf(rows);
    for (const cuts of [[6], [1, 5], [2, 0, 3, 1], [1, 1, 1, 1, 1, 1]]) {
      const rest = [...rows];
      const parts = cuts.map((n) => momentsOf(rest.splice(0, n)));
      const column = (i: number) =>
        tensor(
          parts.map((p) => p[i]),
          { dtype: "float64" },
        );
      const of = (i: number) => column(i).reshape(cuts.length, 1);
      const [mean, m2] = combineMoments(column(0), of(1), of(2)) as unknown as [Tensor, Tensor];
      expect(mean.item()).toBeCloseTo(whole, 9);
      expect(m2.item()).toBeCloseTo(squares, 6);
    }
    const nothing = tensor([0], { dtype: "float64" });
    const [mean, m2] = combineMoments(nothing, nothing.reshape(1, 1), nothing.reshape(1, 1)) as unknown as [
      Tensor,
      Tensor,
    ];
    expect([mean.item(), m2.item()]).toEqual([Number.NaN, Number.NaN]);
  });
});
