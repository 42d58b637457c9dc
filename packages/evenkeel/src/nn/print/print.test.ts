import { expect, test } from "vitest";
import { type Tensor, zeros } from "../../tensor/index.ts";
import { ReLU } from "../layers/activation/activation.ts";
import { BatchNorm1d, Linear } from "../layers/byOptions.ts";
import { Dropout } from "../layers/dropout.ts";
import { Identity } from "../layers/linear.ts";
import { ModuleDict, ModuleList, Sequential } from "../module/containers.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";

class Block extends Module {
  seq: Sequential;
  w = new Parameter(zeros([2, 3]));
  bn = new BatchNorm1d(4);
  none: Module | null = null;
  constructor(size: number) {
    super();
    this.seq = new Sequential(new Linear(size, 3), new ReLU());
    // A subclass field stands where it is declared; PyTorch's __init__ of this class sets seq
    // first.
    const { bn } = this;
    delete (this as Partial<this>).bn;
    this.bn = bn;
  }
  forward(x: Tensor) {
    return this.seq(x);
  }
  override extraRepr() {
    return "n=3\nmore";
  }
}

class E extends Module {
  a = new Block(3);
  l = new ModuleList<Module>([new Block(2), new Identity()]);
  d = new ModuleDict<Module>({ x: new Dropout(0.2), y: new Sequential() });
  again = this.d.get("x");
  forward(x: Tensor) {
    return this.a(x);
  }
}

test("a network prints as in PyTorch, character for character", () => {
  // print(E()) of the same class in PyTorch 1.13.
  expect(String(new E())).toBe(`E(
  (a): Block(
    n=3
    more
    (seq): Sequential(
      (0): Linear(in_features=3, out_features=3, bias=True)
      (1): ReLU()
    )
    (bn): BatchNorm1d(4, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
  )
  (l): ModuleList(
    (0): Block(
      n=3
      more
      (seq): Sequential(
        (0): Linear(in_features=2, out_features=3, bias=True)
        (1): ReLU()
      )
      (bn): BatchNorm1d(4, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
    )
    (1): Identity()
  )
  (d): ModuleDict(
    (x): Dropout(p=0.2, inplace=False)
    (y): Sequential()
  )
  (again): Dropout(p=0.2, inplace=False)
)`);
});

test("one line without children, several with two settings", () => {
  class Settings extends Identity {
    override extraRepr() {
      return "a=1\nb=2";
    }
  }
  class Holder extends Identity {
    inner = new Identity();
    override extraRepr() {
      return "a=1";
    }
  }
  expect(String(new Settings())).toBe("Settings(\n  a=1\n  b=2\n)");
  expect(String(new Holder())).toBe("Holder(\n  a=1\n  (inner): Identity()\n)");
  expect([String(new ModuleList()), String(new ModuleDict())]).toEqual(["ModuleList()", "ModuleDict()"]);
  expect(String(new (class extends Identity {})())).toBe("Module()");
});
