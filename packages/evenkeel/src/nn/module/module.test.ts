import { inspect } from "node:util";
import { describe, expect, expectTypeOf, test } from "vitest";
import { type Tensor, tensor, zeros } from "../../tensor/index.ts";
import { BatchNorm1d, Linear } from "../layers/byOptions.ts";
import { type AnyModule, Module } from "./module.ts";
import { Buffer, Parameter } from "./parameter.ts";

class Scale extends Module {
  factor = new Parameter(tensor([2]));
  forward(x: Tensor) {
    return x.mul(this.factor);
  }
}

class Mix extends Module<[Tensor, Tensor, (number | undefined)?], { mixed: Tensor }> {
  forward(a: Tensor, b: Tensor, share = 0.5) {
    return { mixed: a.mul(share).add(b.mul(1 - share)) };
  }
}

describe("calling a module", () => {
  test("runs forward with this module as `this`", () => {
    expect(new Scale()(tensor([1, 3])).toArray()).toEqual([2, 6]);
  });

  test("passes several inputs, leaves out the optional ones, and returns what forward returns", () => {
    const mix = new Mix();
    expect(mix(tensor([0]), tensor([4])).mixed.toArray()).toEqual([2]);
    expect(mix(tensor([0]), tensor([4]), 0.25).mixed.toArray()).toEqual([3]);
  });

  test("two instances do not share fields, and each call finds its own", () => {
    const [a, b] = [new Scale(), new Scale()];
    b.factor = new Parameter(tensor([10]));
    expect([a(tensor([1])).item(), b(tensor([1])).item()]).toEqual([2, 10]);
  });

  test("instanceof follows the classes", () => {
    class Deeper extends Scale {}
    const deeper = new Deeper();
    expect(deeper).toBeInstanceOf(Deeper);
    expect(deeper).toBeInstanceOf(Scale);
    expect(deeper).toBeInstanceOf(Module);
    expect(deeper).not.toBeInstanceOf(Linear);
    expect(deeper(tensor([1])).item()).toBe(2);
  });

  test("a field may be called name or length, and without one both are undefined", () => {
    class Named extends Scale {
      override name = "first";
      override length = 7;
    }
    const named = new Named();
    expect([named.name, named.length, Object.keys(named)]).toEqual([
      "first",
      7,
      ["training", "factor", "name", "length"],
    ]);
    named.name = "second";
    expect(named.name).toBe("second");
    expect(new Scale()).not.toHaveProperty("name");
    expect(new Scale()).not.toHaveProperty("length");
  });

  test("private fields, getters and methods of the subclass work", () => {
    class Counter extends Module {
      #calls = 0;
      get calls() {
        return this.#calls;
      }
      forward(x: Tensor) {
        this.#calls++;
        return x;
      }
    }
    const counter = new Counter();
    counter(counter(tensor([1])));
    expect(counter.calls).toBe(2);
  });

  test("a class without forward says so, by its name", () => {
    class Hollow extends (Module as unknown as new () => Scale) {}
    Object.defineProperty(Hollow.prototype, "forward", { value: undefined });
    expect(() => new Hollow()(tensor([1]))).toThrow(/^Hollow has no method "forward".*write forward\(x\)/);
  });
});

describe("types", () => {
  test("a call takes the inputs of forward and gives its output", () => {
    expectTypeOf(new Linear(1, 1)).toBeCallableWith(zeros([1, 1]));
    expectTypeOf(new Scale()).parameters.toEqualTypeOf<[Tensor]>();
    expectTypeOf(new Scale()).returns.toEqualTypeOf<Tensor>();
    expectTypeOf(new Mix()).parameters.toEqualTypeOf<[Tensor, Tensor, (number | undefined)?]>();
    expectTypeOf(new Mix()).returns.toEqualTypeOf<{ mixed: Tensor }>();
    // @ts-expect-error one input is missing
    () => new Mix()(tensor([1]));
    // @ts-expect-error a number is no tensor
    () => new Scale()(1);
  });

  test("a forward that does not fit the declared inputs, or is missing, does not compile", () => {
    class TooMany extends Module<[Tensor]> {
      // @ts-expect-error two inputs, but the module is declared to take one
      forward(a: Tensor, b: Tensor) {
        return a.add(b);
      }
    }
    // @ts-expect-error forward is missing
    class Missing extends Module {}
    expectTypeOf<TooMany | Missing>().not.toBeAny();
  });

  test("every module is an AnyModule, and hooks know the types of their module", () => {
    expectTypeOf<Mix>().toExtend<AnyModule>();
    expectTypeOf<Linear>().toExtend<AnyModule>();
    expectTypeOf<Linear>().toExtend<Module>();
    expectTypeOf<Linear>().toExtend<Module<Tensor[], Tensor>>();
    expectTypeOf<Mix>().not.toExtend<Module>();
    new Mix().registerForwardHook((module, inputs, output) => {
      expectTypeOf(module).toEqualTypeOf<Mix>();
      expectTypeOf(inputs).toEqualTypeOf<[Tensor, Tensor, (number | undefined)?]>();
      expectTypeOf(output).toEqualTypeOf<{ mixed: Tensor }>();
    });
    const [child] = new Scale().children();
    expectTypeOf(child).toEqualTypeOf<Module>();
    const isNorm = (module: Module) => (module instanceof BatchNorm1d ? module.running_mean : null);
    expectTypeOf(isNorm).returns.toEqualTypeOf<Buffer | null>();
  });
});

describe("registering", () => {
  test("registerParameter, registerBuffer and addModule set fields that are found in order", () => {
    const scale = new Scale();
    const child = new Linear(1, 1, { bias: false });
    scale.addModule("child", child);
    scale.registerModule("other", new Scale());
    scale.registerBuffer("seen", zeros([]), { persistent: false });
    scale.registerParameter("offset", new Parameter(zeros([1])));
    expect(scale.namedParameters().map(([name]) => name)).toEqual(["factor", "offset", "child.weight", "other.factor"]);
    expect(scale.getSubmodule("child")).toBe(child);
    expect(scale.getBuffer("seen").persistent).toBe(false);
    scale.registerParameter("offset", null);
    expect(scale.namedParameters({ recurse: false }).map(([name]) => name)).toEqual(["factor"]);
  });

  test("a field that is null or undefined may be taken", () => {
    class Late extends Scale {
      weight: Parameter | null = null;
      child?: Module;
    }
    const late = new Late();
    late.registerParameter("weight", new Parameter(zeros([1])));
    late.addModule("child", new Scale());
    expect(Object.keys(late.stateDict())).toEqual(["factor", "weight", "child.factor"]);
  });

  test("a Buffer is registered as it is, a tensor is wrapped without a copy", () => {
    const scale = new Scale();
    const [buffer, values] = [new Buffer(zeros([2]), { persistent: false }), zeros([2])];
    scale.registerBuffer("a", buffer);
    scale.registerBuffer("b", values);
    expect(scale.getBuffer("a")).toBe(buffer);
    expect(scale.getBuffer("b")).toBeInstanceOf(Buffer);
    expect(scale.getBuffer("b").data).toBe(values.data);
    scale.registerBuffer("a", buffer, { keepDtype: true });
    expect([scale.getBuffer("a").persistent, scale.getBuffer("a").keepDtype]).toEqual([true, true]);
  });

  test.each<[string, () => void, RegExp]>([
    [
      "a dot",
      () => new Scale().addModule("a.b", new Scale()),
      /^Scale: the name of a module .* no dot in it, got "a.b"/,
    ],
    ["no name", () => new Scale().registerParameter("", null), /name of a parameter must be at least one character/],
    ["a number", () => new Scale().addModule(3 as never, new Scale()), /must be a string, got 3/],
    ["a method", () => new Scale().addModule("forward", new Scale()), /has a member "forward" that is no module/],
    ["the class", () => new Scale().addModule("__proto__", new Scale()), /has a member "__proto__" that is no module/],
    ["another kind", () => new Scale().registerBuffer("factor", zeros([1])), /"factor" that is no buffer/],
    ["a tensor", () => new Scale().registerParameter("w", zeros([1]) as never), /got Tensor; make one: new P/],
    [
      "a class",
      () => new Scale().addModule("x", Scale as never),
      /"x" must be a module, got the class Scale; make one: new/,
    ],
    ["a function", () => new Scale().addModule("x", (() => 1) as never), /"x" must be a module, got the function/],
    ["no tensor", () => new Scale().registerBuffer("x", [1] as never), /^Buffer takes a Tensor, got \[1\]/],
  ])("refuses %s", (_, register, message) => {
    expect(register).toThrow(message);
  });

  test("a refused member leaves the module as it was", () => {
    const scale = new Scale();
    const before = Object.entries(scale);
    expect(() => scale.addModule("a.b", new Scale())).toThrow(RangeError);
    expect(() => scale.registerBuffer("factor", zeros([1]))).toThrow(Error);
    expect(() => scale.registerParameter("w", zeros([1]) as never)).toThrow(TypeError);
    expect(Object.entries(scale)).toEqual(before);
  });
});

class Net extends Module {
  first = new Linear(2, 3);
  norm = new BatchNorm1d(3);
  inner = new Scale();
  forward(x: Tensor) {
    return this.inner(this.norm(this.first(x)));
  }
}

describe("modes, gradients and dtypes of a whole tree", () => {
  test("train and eval reach every module and return the module", () => {
    const net = new Net();
    expect(net.eval()).toBe(net);
    expect(net.modules().map(({ training }) => training)).toEqual([false, false, false, false]);
    expect(
      net
        .train()
        .modules()
        .every(({ training }) => training),
    ).toBe(true);
    expect(() => net.train("yes" as never)).toThrow(/^Net.train takes true or false, got "yes"/);
    expect(net.training).toBe(true);
  });

  test("a child that overrides train has its way", () => {
    class Frozen extends Net {
      override train(mode = true) {
        super.train(mode);
        this.norm.eval();
        return this;
      }
    }
    class Outer extends Module {
      body = new Frozen();
      forward(x: Tensor) {
        return this.body(x);
      }
    }
    const outer = new Outer().train();
    expect([outer.body.training, outer.body.first.training, outer.body.norm.training]).toEqual([true, true, false]);
  });

  test("apply calls children before their parent", () => {
    const order: string[] = [];
    new Net().apply((module) => void order.push(module.constructor.name));
    expect(order).toEqual(["Linear", "BatchNorm1d", "Scale", "Net"]);
  });

  test("requiresGrad_ freezes and unfreezes; zeroGrad takes gradients away or zeroes them", () => {
    const net = new Net();
    expect(
      net
        .requiresGrad_(false)
        .parameters()
        .some((parameter) => parameter.requiresGrad),
    ).toBe(false);
    net.requiresGrad_();
    net(
      tensor([
        [1, 2],
        [3, 5],
      ]),
    )
      .sum()
      .backward();
    net.zeroGrad({ setToNone: false });
    expect(net.first.weight.grad?.toArray()).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    net.zeroGrad();
    expect(net.parameters().map(({ grad }) => grad)).toEqual(net.parameters().map(() => null));
    net.zeroGrad({ setToNone: false });
    expect(net.inner.factor.grad).toBeNull();
  });

  test("to keeps parameters the same objects, with their gradients, and leaves counters alone", () => {
    class Counting extends Net {
      seen = new Buffer(zeros([], { dtype: "float64" }), { keepDtype: true });
      index = new Buffer(zeros([2], { dtype: "int32" }));
      mean = new Buffer(tensor([0.5]));
    }
    const net = new Counting();
    const parameters = net.parameters();
    net(
      tensor([
        [1, 2],
        [3, 5],
      ]),
    )
      .sum()
      .backward();
    const values = net.first.weight.toArray();
    expect(net.double()).toBe(net);
    for (const [i, parameter] of net.parameters().entries()) expect(parameter).toBe(parameters[i]);
    expect(net.parameters().every(({ dtype, data }) => dtype === "float64" && data instanceof Float64Array)).toBe(true);
    expect(net.first.weight.grad?.dtype).toBe("float64");
    expect(net.first.weight.toArray()).toEqual(values);
    expect(net(zeros([2, 2], { dtype: "float64" })).dtype).toBe("float64");
    expect([net.seen.dtype, net.index.dtype, net.mean.dtype]).toEqual(["float64", "int32", "float64"]);
    net.float();
    expect([net.seen.dtype, net.index.dtype, net.mean.dtype]).toEqual(["float64", "int32", "float32"]);
    expect(
      net.parameters().every(({ dtype, isLeaf, requiresGrad }) => dtype === "float32" && isLeaf && requiresGrad),
    ).toBe(true);
    expect(() => net.to("int32")).toThrow(/^Counting.to takes "float32", "float64" or "cpu", got "int32"/);
    expect(net.to("cpu").cpu()).toBe(net);
    expect(() => net.to("cuda" as never)).toThrow(/there is no device "cuda": evenkeel computes on the CPU/);
    expect(net.first.weight.dtype).toBe("float32");
  });

  test("a graph recorded before a conversion is refused, not mixed up", () => {
    const net = new Scale();
    const x = tensor([3], { requiresGrad: true });
    const loss = net(x).sum();
    net.double();
    expect(() => loss.backward()).toThrow(/modified in place/);
  });
});

test.each<[string, (net: Net) => unknown, RegExp]>([
  ["Parameter(data, false)", () => new Parameter(zeros([1]), false as never), /^Parameter: the options are false/],
  ["Buffer(data, false)", () => new Buffer(zeros([1]), false as never), /^Buffer: the options are false/],
  ["parameters(false)", (net) => net.parameters(false as never), /the options are false, expected .* { recurse: ... }/],
  ["namedModules of a prefix", (net) => net.namedModules("net" as never), /namedModules: the options are "net"/],
  ["stateDict of a prefix", (net) => net.stateDict("net." as never), /stateDict: the options are "net."/],
  [
    "loadStateDict(dict, false)",
    (net) => net.loadStateDict({}, false as never),
    /loadStateDict: the options are false/,
  ],
  ["a misspelt option", (net) => net.loadStateDict({}, { stric: false } as never), /unknown option "stric"/],
  ["zeroGrad(false)", (net) => net.zeroGrad(false as never), /zeroGrad: the options are false/],
])("Python's positional arguments are not ignored without a word: %s", (_, call, message) => {
  expect(() => call(new Net())).toThrow(message);
});

describe("printing", () => {
  test("console.log and string conversion show what PyTorch shows", () => {
    const text = [
      "Net(",
      "  (first): Linear(in_features=2, out_features=3, bias=True)",
      "  (norm): BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)",
      "  (inner): Scale()",
      ")",
    ].join("\n");
    expect(String(new Net())).toBe(text);
    expect(inspect(new Net())).toBe(text);
    expect(inspect({ net: new Scale() })).toBe("{ net: Scale() }");
  });
});
