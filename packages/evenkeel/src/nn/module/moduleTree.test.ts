import { expect, test } from "vitest";
import { type Tensor, zeros } from "../../tensor/index.ts";
import { Linear } from "../layers/byOptions.ts";
import { ModuleDict, ModuleList, Sequential } from "./containers.ts";
import { Module } from "./module.ts";
import { Buffer, Parameter } from "./parameter.ts";

class Block extends Module {
  inner = new Sequential(new Linear(2, 2), new Linear(2, 2, { bias: false }));
  weight = new Parameter(zeros([2]));
  count = new Buffer(zeros([]));
  plain = zeros([3]);
  missing: Parameter | null = null;
  hidden = [new Linear(1, 1)];
  #secret = new Linear(1, 1);
  forward(x: Tensor) {
    return this.#secret(this.inner(x));
  }
}

class Net extends Module {
  shared = new Linear(2, 2);
  again = this.shared;
  block = new Block();
  tied = this.shared.weight;
  forward(x: Tensor) {
    return this.block(this.again(this.shared(x)));
  }
}

const names = (pairs: [string, unknown][]): string[] => pairs.map(([name]) => name);

test("own parameters come first, then those of children; what is shared comes once, null and arrays never", () => {
  const net = new Net();
  // The order and names that PyTorch 1.13 gives for the same class.
  expect(names(net.namedParameters())).toEqual([
    "tied",
    "shared.bias",
    "block.weight",
    "block.inner.0.weight",
    "block.inner.0.bias",
    "block.inner.1.weight",
  ]);
  expect(net.parameters()).toHaveLength(6);
  expect(net.parameters()[0]).toBe(net.shared.weight);
});

test("duplicates, prefix and recursion are options", () => {
  const net = new Net();
  expect(names(net.namedParameters({ removeDuplicate: false })).slice(0, 5)).toEqual([
    "tied",
    "shared.weight",
    "shared.bias",
    "again.weight",
    "again.bias",
  ]);
  expect(names(net.namedParameters({ recurse: false, prefix: "net" }))).toEqual(["net.tied"]);
  expect(net.parameters({ recurse: false })).toEqual([net.tied]);
  expect(names(net.namedBuffers({ prefix: "net" }))).toEqual(["net.block.count"]);
  expect(net.buffers({ recurse: false })).toEqual([]);
  expect(names(net.namedModules({ prefix: "net" }))[1]).toBe("net.shared");
});

test("modules come before their children, once; children only from the first level", () => {
  const net = new Net();
  expect(names(net.namedModules())).toEqual(["", "shared", "block", "block.inner", "block.inner.0", "block.inner.1"]);
  expect(names(net.namedModules({ removeDuplicate: false }))).toContain("again");
  expect(net.modules()[0]).toBe(net);
  expect(names(net.namedChildren())).toEqual(["shared", "block"]);
  expect(net.children()).toEqual([net.shared, net.block]);
});

test("a field set later, replaced or deleted is seen at once", () => {
  const net: Partial<Net> & Net = new Net();
  net.block = new Linear(1, 1) as never;
  expect(names(net.namedParameters())).toEqual(["tied", "shared.bias", "block.weight", "block.bias"]);
  delete (net as Partial<Net>).block;
  Object.assign(net, { late: new Linear(1, 1, { bias: false }) });
  expect(names(net.namedParameters())).toEqual(["tied", "shared.bias", "late.weight"]);
});

test("getSubmodule, getParameter and getBuffer follow a path", () => {
  const net = new Net();
  expect(net.getSubmodule("")).toBe(net);
  expect(net.getSubmodule("block.inner.1")).toBe(net.block.inner.at(1));
  expect(net.getParameter("again.weight")).toBe(net.shared.weight);
  expect(net.getParameter("tied")).toBe(net.shared.weight);
  expect(net.getBuffer("block.count")).toBe(net.block.count);
});

test.each<[string, (net: Net) => unknown, string]>([
  [
    "a wrong step on the way",
    (net) => net.getSubmodule("block.outer.0"),
    'there is no submodule "block.outer.0": Block at "block" has no submodule "outer"; it has "inner"',
  ],
  [
    "a module without children",
    (net) => net.getSubmodule("shared.x"),
    'there is no submodule "shared.x": Linear at "shared" has no submodule "x"; it has none',
  ],
  [
    "a buffer asked for as a parameter",
    (net) => net.getParameter("block.count"),
    'there is no parameter "block.count": Block at "block" has no parameter "count"; it has "weight"',
  ],
  [
    "a parameter asked for as a module",
    (net) => net.getSubmodule("tied"),
    'there is no submodule "tied": Net has no submodule "tied"; it has "shared", "again", "block"',
  ],
  [
    "no buffer there",
    (net) => net.getBuffer("nothing"),
    'there is no buffer "nothing": Net has no buffer "nothing"; it has none',
  ],
])("%s is named in the error", (_, find, message) => {
  const attempt = () => find(new Net());
  expect(attempt).toThrow(RangeError);
  expect(attempt).toThrow(new RangeError(message));
});

test("a module that contains itself can be listed, but its state is refused", () => {
  class Loop extends Module {
    child = new ModuleList<Module>([new Linear(1, 1)]);
    forward(x: Tensor) {
      return x;
    }
  }
  const loop = new Loop();
  loop.child.append(new ModuleDict({ up: loop }) as never);
  expect(names(loop.namedModules())).toEqual(["", "child", "child.0", "child.1"]);
  expect(() => loop.stateDict()).toThrow(/the Loop at "child.1.up" contains itself/);
});
