import { enableGrad, isGradEnabled, noGrad, tensor } from "evenkeel";
import { describe, expect, it } from "vitest";

const x = tensor([1, 2], { requiresGrad: true });

describe("grad mode", () => {
  it("is on at first, and results require a gradient", () => {
    expect(isGradEnabled()).toBe(true);
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  it("noGrad records nothing and gives back what the function returns", () => {
    const y = noGrad(() => x.mul(2));
    expect([y.requiresGrad, y.isLeaf, y.gradFn]).toEqual([false, true, null]);
    expect(y.toArray()).toEqual([2, 4]);
    expect(isGradEnabled()).toBe(true);
  });

  it("modes nest, and each ends with its function", () => {
    const modes: boolean[] = [];
    const look = () => modes.push(isGradEnabled());
    noGrad(() => {
      look();
      enableGrad(() => {
        look();
        noGrad(look);
        look();
      });
      look();
      noGrad(look);
      look();
    });
    look();
    expect(modes).toEqual([false, true, false, true, false, false, false, true]);
  });

  it("enableGrad records inside noGrad", () => {
    const y = noGrad(() => enableGrad(() => x.mul(2)));
    expect(y.requiresGrad).toBe(true);
  });

  it("ends with a function that throws", () => {
    const fail = () => {
      throw new Error("inside");
    };
    expect(() => noGrad(fail)).toThrow("inside");
    expect(isGradEnabled()).toBe(true);
    noGrad(() => {
      expect(() => enableGrad(fail)).toThrow("inside");
      expect(isGradEnabled()).toBe(false);
    });
  });

  it("a tensor made under noGrad may still require a gradient of its own", () => {
    const w = noGrad(() => tensor([1, 2], { requiresGrad: true }));
    expect(w.requiresGrad).toBe(true);
    w.sum().backward();
    expect(w.grad?.toArray()).toEqual([1, 1]);
  });

  it("lets leaves be written in place", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    noGrad(() => w.sub_(tensor([0.5, 0.5])));
    expect([w.toArray(), w.isLeaf, w.requiresGrad]).toEqual([[0.5, 1.5], true, true]);
  });

  it("does not stand in the way of a backward over what was recorded before", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const loss = w.square().sum();
    noGrad(() => loss.backward());
    expect(w.grad?.toArray()).toEqual([2, 4]);
    expect(w.grad?.requiresGrad).toBe(false);
  });
});
