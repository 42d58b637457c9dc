import { describe, expect, expectTypeOf, test } from "vitest";
import { tensor, zeros } from "../../tensor/index.ts";
import { ReLU, Tanh } from "../layers/activation/activation.ts";
import { Linear } from "../layers/byOptions.ts";
import { Identity } from "../layers/linear.ts";
import { ModuleDict, ModuleList, Sequential } from "./containers.ts";
import type { Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";

const keys = (module: Module | Sequential | ModuleList | ModuleDict) => Object.keys(module.stateDict());
const names = (module: Sequential | ModuleList | ModuleDict) => module.namedChildren().map(([name]) => name);
const thin = () => new Linear(1, 1, { bias: false });

describe("Sequential", () => {
  test("runs its modules one after another", () => {
    const layer = thin();
    layer.loadStateDict({ weight: tensor([[-2]]) });
    expect(new Sequential(layer, new ReLU())(tensor([[3]])).item()).toBe(0);
    expect(new Sequential(new ReLU(), layer)(tensor([[3]])).item()).toBe(-6);
    expect(new Sequential()(tensor([[3]])).item()).toBe(3);
  });

  test("names come from positions, an object, or pairs", () => {
    expect(keys(new Sequential(thin(), new ReLU(), thin()))).toEqual(["0.weight", "2.weight"]);
    expect(keys(new Sequential({ fc: thin(), act: new ReLU(), out: thin() }))).toEqual(["fc.weight", "out.weight"]);
    const pairs: [string, Module][] = [
      ["10", thin()],
      ["2", thin()],
    ];
    expect(keys(new Sequential(pairs))).toEqual(["10.weight", "2.weight"]);
    expect(keys(new Sequential(new Map(pairs)))).toEqual(["10.weight", "2.weight"]);
  });

  test("at, set, length and iteration", () => {
    const [a, b, c] = [thin(), new ReLU(), new Tanh()];
    const row = new Sequential(a, b);
    expect([row.length, row.at(0), row.at(-1)]).toEqual([2, a, b]);
    const plain: Sequential = row;
    expect([...plain.set(-1, c)]).toEqual([a, c]);
    expect([...new Sequential(...row)]).toEqual([a, c]);
    expectTypeOf(row).parameters.toEqualTypeOf<Parameters<Module>>();
  });

  test("modules keep their types, by position; a plain Sequential is any", () => {
    const row = new Sequential(thin(), new ReLU());
    expectTypeOf(row.at(0)).toEqualTypeOf<Linear<false>>();
    expectTypeOf(row.at(-1)).toEqualTypeOf<ReLU>();
    expectTypeOf(row.at(-2)).toEqualTypeOf<Linear<false>>();
    expectTypeOf(row.at(row.length - 1)).toEqualTypeOf<Linear<false> | ReLU>();
    expectTypeOf([...row]).toEqualTypeOf<(Linear<false> | ReLU)[]>();
    // @ts-expect-error: a place keeps its kind; const row: Sequential takes any
    expect(row.set(1, new Tanh()).length).toBe(2);
    const layers: Module[] = [thin(), new ReLU()];
    expectTypeOf(new Sequential(...layers).at(0)).toEqualTypeOf<Module>();
    expectTypeOf(new Sequential({ hidden: thin() }).at(0)).toEqualTypeOf<Module>();
    expectTypeOf(new Sequential(layers[0]).append(thin()).at(1)).toEqualTypeOf<Module>();
    const empty = new Sequential();
    empty.append(thin());
    expectTypeOf([...empty]).toEqualTypeOf<Module[]>();
    const nested = new Sequential(row, new Sequential());
    expectTypeOf(nested.at(0).at(0).weight).toEqualTypeOf<Parameter>();
    const plain: Sequential = nested;
    const module: Module = nested;
    expect(plain.at(0)).toBe(row);
    expect(module instanceof Sequential && module.at(-2)).toBe(row);
  });

  test("append, extend, insert and pop keep the numbers in step", () => {
    const [a, b, c, d] = [thin(), new ReLU(), new Tanh(), new Identity()];
    const row = new Sequential(a).append(c).insert(1, b).extend([d]);
    expect([[...row], names(row)]).toEqual([
      [a, b, c, d],
      ["0", "1", "2", "3"],
    ]);
    expect([row.pop(0), row.pop(), names(row), [...row]]).toEqual([a, d, ["0", "1"], [b, c]]);
    expect([...row.insert(-1, a).insert(3, d).insert(-4, d)]).toEqual([d, b, a, c, d]);
  });

  test("slice keeps modules and names, as in PyTorch; append then finds a free number", () => {
    const [a, b, c] = [thin(), new ReLU(), new Tanh()];
    const part = new Sequential(a, b, c).slice(1);
    expect([[...part], names(part)]).toEqual([
      [b, c],
      ["1", "2"],
    ]);
    expect(names(part.append(a))).toEqual(["1", "2", "3"]);
    expect([...new Sequential(a, b, c).slice(0, -1)]).toEqual([a, b]);
  });

  test("names of its own survive a pop, and do not mix with insert", () => {
    const row = new Sequential({ fc: thin(), act: new ReLU() });
    expect(() => row.insert(0, new Tanh())).toThrow(/insert numbers the modules, but these have names/);
    expect(names(row)).toEqual(["fc", "act"]);
    row.pop(0);
    expect(names(row.append(new Tanh()))).toEqual(["act", "1"]);
    row.addModule("act", new Identity());
    expect([names(row), row.at(0)]).toEqual([["act", "1"], expect.any(Function)]);
    expect(row.at(0)).toBeInstanceOf(Identity);
  });

  test("a field of a subclass is registered before the numbered modules", () => {
    class Head extends Sequential {
      scale = thin();
    }
    expect(keys(new Head(thin()))).toEqual(["scale.weight", "0.weight"]);
    expect(new Head(new ReLU())(tensor([[-1]])).item()).toBe(0);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      "a class",
      () => new Sequential(thin(), ReLU as never),
      /Sequential: "1" must be a module, got the class ReLU; make/,
    ],
    ["a list", () => new Sequential([thin()] as never), /element 0 must be a pair .* got Linear; spread a list/],
    ["a function", () => new Sequential(Math.tanh as never), /"0" must be a module, got the function tanh/],
    ["a tensor", () => new Sequential(thin(), zeros([1]) as never), /"1" must be a module, got Tensor/],
    ["a number", () => new Sequential(3 as never), /Sequential takes modules, got 3/],
    ["a named tensor", () => new Sequential({ a: zeros([1]) as never }), /"a" must be a module/],
    ["null", () => new Sequential().addModule("x", null), /"x" must be a module, got null/],
    ["the name of a method", () => new Sequential({ forward: thin() }), /has a member "forward"/],
    ["a name with a dot", () => new Sequential({ "a.b": thin() }), /no dot in it, got "a.b"/],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  test.each<[string, (row: Sequential) => unknown, RegExp]>([
    ["past the end", (row) => row.at(2), /Sequential: there is no module at 2; it takes -2 to 1/],
    ["before the start", (row) => row.set(-3, thin()), /there is no module at -3/],
    ["a fraction", (row) => row.at(0.5), /there is no module at 0.5/],
    ["insert too far", (row) => row.insert(3, thin()), /cannot insert at 3; with 2 modules it takes -2 to 2/],
    ["insert of no module", (row) => row.insert(0, 1 as never), /must be a module/],
    ["extend with one bad", (row) => row.extend([thin(), 1 as never]), /"3" must be a module/],
    ["set to no module", (row) => row.set(0, 1 as never), /must be a module/],
    ["pop past the end", (row) => row.pop(5), /there is no module at 5/],
  ])("a wrong index or module changes nothing: %s", (_, change, message) => {
    const modules = [thin(), new ReLU()];
    const row = new Sequential(...modules);
    expect(() => change(row)).toThrow(message);
    expect([[...row], names(row)]).toEqual([modules, ["0", "1"]]);
  });

  test("an empty one has nothing at any index", () => {
    expect(() => new Sequential().pop()).toThrow(/no module at -1; it is empty/);
  });
});

describe("ModuleList", () => {
  test("registers its modules by position and keeps their type", () => {
    const list = new ModuleList([thin(), thin()]);
    expect(keys(list)).toEqual(["0.weight", "1.weight"]);
    expectTypeOf(list.at(0)).toEqualTypeOf<Linear<false>>();
    expectTypeOf([...list]).toEqualTypeOf<Linear<false>[]>();
    expectTypeOf(new ModuleList([thin(), new ReLU()]).at(0)).toEqualTypeOf<Linear<false> | ReLU>();
    expect([...list].reduce((x, layer) => layer(x), zeros([1, 1])).shape).toEqual([1, 1]);
  });

  test("slice renumbers, as in PyTorch", () => {
    const list = new ModuleList([thin(), new ReLU(), new Tanh()]);
    const part = list.slice(1);
    expect([names(part), part.at(0)]).toEqual([["0", "1"], list.at(1)]);
  });

  test("is not called", () => {
    const list = new ModuleList([thin()]);
    // @ts-expect-error it takes no input
    expect(() => list(zeros([1, 1]))).toThrow(/^ModuleList has no forward: it only holds modules; call its modules/);
  });
});

describe("ModuleDict", () => {
  test("keeps the order in which modules came, whatever their names", () => {
    const dict = new ModuleDict<Linear>([
      ["10", thin()],
      ["name", thin()],
      ["2", thin()],
      ["forward", thin()],
    ]);
    dict.set("keys", thin());
    expect(keys(dict)).toEqual(["10.weight", "name.weight", "2.weight", "forward.weight", "keys.weight"]);
    expectTypeOf(dict.get("10")).toEqualTypeOf<Linear>();
  });

  test("get, has, set, pop, update, clear and listings", () => {
    const [a, b, c] = [thin(), thin(), thin()];
    const dict = new ModuleDict({ a, b });
    expect([dict.get("b"), dict.has("b"), dict.has("c"), dict.length]).toEqual([b, true, false, 2]);
    expect(dict.set("a", c).items()).toEqual([
      ["a", c],
      ["b", b],
    ]);
    expect([dict.pop("a"), dict.keys(), dict.values()]).toEqual([c, ["b"], [b]]);
    dict
      .update({ x: a })
      .update([["y", c]])
      .update(new ModuleDict({ b: c }));
    expect(dict.items()).toEqual([
      ["b", c],
      ["x", a],
      ["y", c],
    ]);
    dict.addModule("z", a);
    expect(dict.getSubmodule("z")).toBe(a);
    dict.clear();
    expect([dict.length, dict.children()]).toEqual([0, []]);
  });

  test.each<[string, (dict: ModuleDict) => unknown, RegExp]>([
    ["get of an unknown name", (dict) => dict.get("c"), /ModuleDict: there is no module "c"; it has a, b/],
    ["pop of an unknown name", (dict) => dict.pop("c"), /there is no module "c"/],
    ["set to no module", (dict) => dict.set("c", 1 as never), /"c" must be a module, got 1/],
    ["a dot in a name", (dict) => dict.set("a.b", thin()), /no dot in it/],
    ["an update with one bad", (dict) => dict.update({ c: thin(), d: 1 as never }), /"d" must be a module/],
    ["an update of no pairs", (dict) => dict.update([thin()] as never), /element 0 must be a pair/],
  ])("a mistake changes nothing: %s", (_, change, message) => {
    const dict = new ModuleDict<Module>({ a: thin(), b: thin() });
    const before = dict.items();
    expect(() => change(dict)).toThrow(message);
    expect(dict.items()).toEqual(before);
  });

  test("is not called", () => {
    expect(() => (new ModuleDict({ a: thin() }) as () => void)()).toThrow(/call one of its modules: dict.get/);
  });
});
