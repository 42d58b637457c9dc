import { describe, expect, it } from "vitest";
import { Linear, Parameter } from "../../nn/index.ts";
import { full, grad, ones, type Tensor, tensor, zeros } from "../../tensor/index.ts";
import { compile } from "../compile.ts";

/**
 * Arguments that alias each other or state, or that were computed: supported, or refused by name.
 */

const leaf = (...values: number[]) => tensor(values).requiresGrad_();

describe("a tensor of a trace", () => {
  it("has no data to read, and takes none", () => {
    const [read, write] = [
      compile((x: Tensor) => x.mul(x.add(1).storage.data[0])),
      compile((x: Tensor) => {
        x.storage.data = new Float32Array(1);
        return x;
      }),
    ];
    expect(() => read(ones([1]))).toThrow(/the value of a tensor is read/);
    expect(() => write(ones([1]))).toThrow("a traced tensor was given data");
  });
});

describe("an argument that requires a gradient", () => {
  const both = (a: Tensor, b: Tensor) => void a.square().add(b.mul(3)).sum().backward();

  const gradOf = ({ grad: gradient }: Tensor) => gradient?.toArray();

  it("gets the gradients of all places where it is given", () => {
    const step = compile(both);
    const [x, y] = [leaf(1, 2), leaf(5, 6)];
    for (let i = 0; i < 3; i++) {
      for (const one of [x, y]) one.grad = null;
      step(x, y);
      expect([x, y].map(gradOf)).toEqual([
        [2, 4],
        [3, 3],
      ]);
      x.grad = null;
      step(x, x);
      expect(gradOf(x)).toEqual([5, 7]);
      step(x, x);
      expect(gradOf(x)).toEqual([10, 14]);
    }
    expect(step.programs).toBe(3);
  });

  it("gets them in lists and objects too, and from grad()", () => {
    const step = compile(({ a, rest }: { a: Tensor; rest: Tensor[] }) => grad(a.mul(rest[0]).sum(), [a])[0]);
    const x = leaf(1, 2);
    expect(step({ a: x, rest: [x] }).toArray()).toEqual([2, 4]);
    expect(step({ a: x, rest: [leaf(7, 8)] }).toArray()).toEqual([7, 8]);
  });

  it("has its hooks run", () => {
    const step = compile((x: Tensor) => void x.square().sum().backward());
    const x = leaf(1, 2);
    const seen: unknown[] = [];
    for (const factor of [1, 2, 5, 1]) {
      x.grad = null;
      const remove = factor === 1 ? () => {} : x.registerHook((gradient) => gradient.mul(factor));
      step(x);
      remove();
      seen.push(gradOf(x));
    }
    expect(seen).toEqual([
      [2, 4],
      [4, 8],
      [10, 20],
      [2, 4],
    ]);
  });

  it("is refused if it is no leaf and backward reaches it, with everything as it was", () => {
    const layer = new Linear(2, 1);
    const step = compile((x: Tensor) => {
      const loss = layer(x).sum();
      if (loss.requiresGrad) loss.backward();
    });
    const x = leaf(1, 2);
    expect(() => step(x.mul(2))).toThrow(/tensor 1 of the arguments, of shape \[2\], was computed from others.*detach/);
    expect([x.grad, layer.weight.grad]).toEqual([null, null]);
    expect(compile((h: Tensor) => h.sum())(x.mul(2)).item()).toBe(6);
  });

  it("is refused if the step gives it a gradient under another name", () => {
    const weight = new Parameter(tensor([1, 2]));
    const step = compile((x: Tensor) => void weight.mul(x).sum().backward());
    step(leaf(3, 4));
    expect(weight.grad?.toArray()).toEqual([3, 4]);
    expect(() => step(weight)).toThrow(/also refers to by itself/);
    expect(weight.grad?.toArray()).toEqual([3, 4]);
  });
});

describe("an argument that requires no gradient", () => {
  it("may bring one all the same, which the step reads", () => {
    const step = compile((x: Tensor) => (x.grad === null ? x.mul(1) : x.add(x.grad)));
    const x = ones([2]);
    for (const gradient of [null, full([2], 3), full([2], 4), null]) {
      x.grad = gradient;
      expect(step(x).toArray()).toEqual(gradient === null ? [1, 1] : [1 + gradient.data[0], 1 + gradient.data[0]]);
    }
  });
});

describe("an argument that is state", () => {
  it("is refused if it is read after the step wrote it", () => {
    const state = zeros([2]);
    const late = compile((x: Tensor) => {
      state.add_(1);
      return x.mul(1);
    });
    expect(late(ones([2])).toArray()).toEqual([1, 1]);
    for (const alias of [state, state.detach(), state.reshape([2])]) {
      expect(() => late(alias)).toThrow(/shares its memory with a tensor that the step writes.*clone\(\)/);
    }
    expect(late(state.clone()).toArray()).toEqual([1, 1]);
    expect(state.toArray()).toEqual([2, 2]);
  });

  it("is fine if it is read before", () => {
    const state = full([2], 3);
    const step = compile((x: Tensor) => void state.add_(x));
    for (let i = 0; i < 2; i++) step(state);
    expect(state.toArray()).toEqual([12, 12]);
  });
});

describe("a list or object among the arguments", () => {
  it.each<[string, (batch: { x: Tensor; losses: unknown[] }) => unknown, RegExp]>([
    ["gets a field", (batch) => Object.assign(batch, { loss: batch.x.sum() }), /changes argument 1\.loss,/],
    ["gets another tensor", (batch) => Object.assign(batch, { x: batch.x.mul(2) }), /changes argument 1\.x,/],
    ["gets an element", ({ losses }) => losses.push(1), /changes argument 1\.losses\[0\],/],
    ["loses a field", (batch) => delete (batch as { x?: Tensor }).x, /changes argument 1\.x,/],
  ])("that %s in the step is refused", (_, change, message) => {
    const step = compile((batch: { x: Tensor; losses: unknown[] }) => void change(batch));
    const batch = { x: ones([1]), losses: [] };
    expect(() => step(batch)).toThrow(message);
    expect(batch.x.toArray()).toEqual([1]);
    expect(batch.losses).toEqual([]);
  });
});
