import { describe, expect, it } from "vitest";
import { Adam } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { ones, randn, type Tensor, tensor } from "../../tensor/index.ts";
import {
  BatchNorm1d,
  clone,
  Dropout,
  Linear,
  Module,
  ModuleDict,
  ModuleList,
  Parameter,
  Sequential,
} from "../index.ts";

class Net extends Module {
  layer: Linear;
  again: Linear;
  norm = new BatchNorm1d(4);
  rest = new Sequential({ drop: new Dropout(0.5), out: new Linear(4, 2, { bias: false }) });
  list = new ModuleList([new Linear(2, 2)]);
  dict = new ModuleDict({ a: new Linear(2, 2) });
  scale = new Parameter(ones([2]), { requiresGrad: false });
  settings = { sizes: [1, 2], nested: new Map([["a", new Set([1])]]) };
  readonly width: number;
  constructor(width: number) {
    super();
    this.width = width;
    if (width === undefined) throw new Error("the constructor ran");
    this.layer = new Linear(3, width);
    this.again = this.layer;
  }
  forward(x: Tensor) {
    return this.rest(this.norm(this.layer(x))).mul(this.scale);
  }
}

function trained() {
  manualSeed(1);
  const net = new Net(4);
  net(randn([5, 3]))
    .sum()
    .backward();
  net.rest.eval();
  return net;
}

const bytes = (net: Module) => JSON.stringify(Object.entries(net.stateDict()).map(([key, { data }]) => [key, ...data]));

describe("clone", () => {
  it("has the values, types, modes and gradients, and shares no tensor", () => {
    const net = trained();
    const copy = clone(net);
    expect(copy).toBeInstanceOf(Net);
    expect([String(copy), bytes(copy), copy.width]).toEqual([String(net), bytes(net), 4]);
    expect(copy.modules().map(({ training }) => training)).toEqual(net.modules().map(({ training }) => training));
    expect(copy.scale.requiresGrad).toBe(false);
    expect(copy.layer.weight.grad?.data).toEqual(net.layer.weight.grad?.data);
    const memory = (module: Module) => module.parameters().flatMap(({ data, grad }) => [data, grad?.data ?? []]);
    const own = new Set<unknown>(memory(net));
    for (const data of memory(copy)) expect(own.has(data)).toBe(false);

    const before = bytes(net);
    const optimizer = new Adam(copy.parameters(), { lr: 0.1 });
    copy(randn([5, 3]))
      .sum()
      .backward();
    optimizer.step();
    expect(bytes(net)).toBe(before);
    expect(bytes(copy)).not.toBe(before);
  });

  it("keeps what is shared within, also a tied parameter", () => {
    const net = trained();
    net.list.at(0).registerParameter("tied", net.layer.weight);
    const copy = clone(net);
    expect(copy.again).toBe(copy.layer);
    expect(copy.again).not.toBe(net.again);
    expect(copy.list.at(0).getParameter("tied")).toBe(copy.layer.weight);
    expect(copy.parameters().length).toBe(net.parameters().length);
  });

  it("copies plain data and containers, which can be changed apart", () => {
    const net = trained();
    const copy = clone(net);
    expect(copy.settings).toEqual(net.settings);
    copy.settings.sizes.push(3);
    copy.settings.nested.get("a")?.add(2);
    copy.list.append(new Linear(2, 2));
    copy.dict.pop("a");
    expect([net.settings.sizes.length, net.settings.nested.get("a")?.size, net.list.length, net.dict.length]).toEqual([
      2, 1, 1, 1,
    ]);
    expect(copy.rest.namedChildren().map(([name]) => name)).toEqual(["drop", "out"]);
  });

  it("registers the hooks with the copy too, which can then be removed from one alone", () => {
    const net = trained();
    let calls = 0;
    const remove = net.layer.registerForwardHook(() => void calls++);
    const copy = clone(net);
    remove();
    copy(randn([5, 3]));
    net(randn([5, 3]));
    expect(calls).toBe(1);
  });

  it("gives compiled code and eager code the same fields in the same order", () => {
    expect(Object.keys(clone(trained()))).toEqual(Object.keys(trained()));
  });

  it("refuses what cannot be copied, and says where it is", () => {
    class Secret extends Module {
      #count = 1;
      override forward(x: Tensor) {
        return x.mul(this.#count);
      }
    }
    class Method extends Module {
      #twice(x: Tensor) {
        return x.mul(2);
      }
      override forward(x: Tensor) {
        return this.#twice(x);
      }
    }
    const within = new Sequential(new Secret());
    expect(() => clone(within)).toThrow(
      "clone: Sequential.0 has #count, which nobody but its class can copy; make it a field",
    );
    expect(() => clone(new Method())).toThrow("clone: Method has #twice");
    const holder = Object.assign(new Linear(2, 2), { when: new URL("http://localhost") });
    expect(() => clone(holder)).toThrow("clone: Linear.when is an instance of URL, of which no copy can be made");
    const computed = Object.assign(new Linear(2, 2), { last: tensor([1], { requiresGrad: true }).mul(2) });
    expect(() => clone(computed)).toThrow("clone: Linear.last is a tensor that was computed from others");
    // @ts-expect-error: a tensor is no module
    expect(() => clone(tensor([1]))).toThrow("clone takes a module, got");
  });

  it("is what structuredClone names", () => {
    expect(() => structuredClone({ net: new Linear(1, 1) })).toThrow(
      /nn\.clone\(module\) copies it.*could not be cloned/s,
    );
  });

  it("is what JSON.stringify names", () => {
    expect(() => JSON.stringify({ net: new Linear(1, 1) })).toThrow(
      "Linear is a module, which has no JSON; save module.stateDict()",
    );
  });
});
