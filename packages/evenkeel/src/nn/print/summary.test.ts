import { inspect } from "node:util";
import { describe, expect, expectTypeOf, test } from "vitest";
import { getRngState, manualSeed } from "../../random/index.ts";
import { isGradEnabled, noGrad, rand, type Tensor, zeros } from "../../tensor/index.ts";
import { ReLU } from "../layers/activation/activation.ts";
import { BatchNorm1d, Linear } from "../layers/byOptions.ts";
import { Dropout } from "../layers/dropout.ts";
import { Sequential } from "../module/containers.ts";
import type { ForwardHook, ForwardPreHook } from "../module/hooks.ts";
import { type HookInputsOf, Module, type OutputOf } from "../module/module.ts";
import { Buffer } from "../module/parameter.ts";
import { type ModelSummary, summary } from "./summary.ts";

class Net extends Module {
  layer1 = new Linear(9, 50);
  body = new Sequential(new Linear(50, 25), new ReLU(), new Dropout());
  layer3 = new Linear(25, 1);
  batch_norm1 = new BatchNorm1d(50);
  spare = new Linear(1000, 1);
  forward(x: Tensor) {
    return this.layer3(this.body(this.batch_norm1(this.layer1(x)).relu()));
  }
}

describe("the table", () => {
  test("has a row per module with shapes and counts, and totals", () => {
    const net = new Net();
    net.layer1.requiresGrad_(false);
    expect(String(summary(net, [9]))).toBe(`Layer                        Output      Params  Trainable
----------------------------------------------------------
Net                          [N, 1]
  layer1 (Linear)            [N, 50]        500          0
  body (Sequential)          [N, 25]
    0 (Linear)               [N, 25]      1,275      1,275
    1 (ReLU)                 [N, 25]          0          0
    2 (Dropout)              [N, 25]          0          0
  layer3 (Linear)            [N, 1]          26         26
  batch_norm1 (BatchNorm1d)  [N, 50]        100        100
  spare (Linear)             not called   1,001      1,001
----------------------------------------------------------
Parameters: 2,902 (2,402 trainable, 500 frozen); buffers: 101
Memory: 11.6 kB parameters, 408 B buffers, 704 B layer outputs per row of input`);
    expect(inspect(summary(net, [9]))).toBe(String(summary(net, [9])));
  });

  test("rows and totals are data", () => {
    const { rows, totals } = summary(new Net(), [9]);
    expect(rows[4]).toEqual({
      name: "body.1",
      type: "ReLU",
      depth: 2,
      inputShapes: [["N", 25]],
      outputShapes: [["N", 25]],
      calls: 1,
      isLeaf: true,
      params: 0,
      trainable: 0,
    });
    // Outputs of the leaves: 50 + 50 + 3 * 25 + 1 values of 4 bytes.
    expect(totals).toEqual({
      params: 2902,
      trainable: 2902,
      buffers: 101,
      paramBytes: 4 * 2902,
      bufferBytes: 4 * 100 + 8,
      activationBytes: 4 * 176,
    });
    expectTypeOf(summary(new Net(), [9])).toEqualTypeOf<ModelSummary>();
  });

  test("a layer used twice is counted once, and tied weights too", () => {
    class Tied extends Module {
      a = new Linear(4, 4);
      b = new Linear(4, 4, { bias: false });
      constructor() {
        super();
        this.b.weight = this.a.weight;
      }
      forward(x: Tensor) {
        return this.b(this.a(this.a(x)));
      }
    }
    const { rows, totals } = summary(new Tied(), [4]);
    expect(rows.map(({ name, calls, params }) => [name, calls, params])).toEqual([
      ["", 1, 0],
      ["a", 2, 20],
      ["b", 1, 0],
    ]);
    expect([totals.params, totals.paramBytes, totals.activationBytes]).toEqual([20, 80, 48]);
    expect(String(summary(new Tied(), [4]))).toContain("[N, 4] (2 calls)");
  });

  test("several inputs and outputs, dimensions that are not the batch, and dtypes", () => {
    class Pair extends Module<[Tensor, Tensor], { loss: Tensor; parts: Tensor[] }> {
      forward(a: Tensor, b: Tensor) {
        expect([a.dtype, b.dtype]).toEqual(["float32", "int32"]);
        return { loss: a.sum(), parts: [a, b] };
      }
    }
    const { rows } = summary(new Pair(), [[3], []], { dtype: ["float32", "int32"] });
    expect(rows[0].inputShapes).toEqual([["N", 3], ["N"]]);
    expect(rows[0].outputShapes).toEqual([[], ["N", 3], ["N"]]);
  });

  test("the input has the dtype of the parameters", () => {
    expect(summary(new Linear(3, 2).double(), [3]).totals.paramBytes).toBe(64);
    expect(() => summary(new Linear(3, 2), [3], { dtype: "int32" })).toThrow(/cannot run on inputs/);
  });
});

describe("the model is left as it was", () => {
  class Restless extends Module {
    inner = new Dropout();
    seen = new Buffer(zeros([2]));
    /** Hooks registered and not removed yet. */
    hooks = 0;
    modes: boolean[] = [];
    forward(x: Tensor) {
      this.modes = [this.training, this.inner.training, isGradEnabled()];
      noGrad(() => this.seen.add_(1));
      return this.inner(x.add(rand([1])).add(this.seen));
    }
    override registerForwardHook(hook: ForwardHook<this, HookInputsOf<this>, OutputOf<this>>) {
      return this.counted(super.registerForwardHook(hook));
    }
    override registerForwardPreHook(hook: ForwardPreHook<this, HookInputsOf<this>>) {
      return this.counted(super.registerForwardPreHook(hook));
    }
    counted(remove: () => void) {
      this.hooks++;
      return () => {
        this.hooks--;
        remove();
      };
    }
  }

  const state = (net: Restless) => [
    net.modules().map(({ training }) => training),
    net.seen.toArray(),
    net.hooks,
    getRngState(),
    isGradEnabled(),
  ];

  test.each([
    ["after a run", [2]],
    ["after a refusal", [3]],
  ])("modes, buffers, hooks and generator: %s", (_, shape) => {
    const net = new Restless();
    net.inner.eval();
    const calls: string[] = [];
    net.registerForwardHook(() => void calls.push("mine"));
    manualSeed(4);
    const before = state(net);
    const run = () => summary(net, shape);
    if (shape[0] === 3) expect(run).toThrow(RangeError);
    else expect(run().rows[0].outputShapes).toEqual([["N", 2]]);
    expect(net.modes).toEqual([false, false, false]);
    expect(state(net)).toEqual(before);
    calls.length = 0;
    net(zeros([2]));
    expect(calls).toEqual(["mine"]);
  });

  test("buffers that were not written to keep their version, and gradients stay away", () => {
    const net = new Net();
    const versions = net.buffers().map(({ version }) => version);
    summary(net, [9]);
    expect(net.buffers().map(({ version }) => version)).toEqual(versions);
    expect(net.parameters().every(({ grad }) => grad === null)).toBe(true);
  });
});

describe("mistakes", () => {
  test("a wrong input shape names the layer and what the shape means", () => {
    const attempt = () => summary(new Net(), [8]);
    expect(attempt).toThrow(RangeError);
    expect(attempt).toThrow(/^summary: Net cannot run on inputs of shape \[2, 8\]: "layer1" \(Linear\): .*9/);
    expect(attempt).toThrow(/inputShape is the shape of one row, to which a batch of 2 is added/);
    expect(() => summary(new Net(), [32, 9])).toThrow(/"batch_norm1" \(BatchNorm1d\)/);
    expect(() => summary(new Linear(3, 1), [4])).toThrow(
      /^summary: Linear cannot run on inputs of shape \[2, 4\]: linear/,
    );
    expect(() => summary(new Net(), [8])).toThrow(expect.objectContaining({ cause: expect.any(Error) }));
  });

  test("a deep layer is named by its path", () => {
    const net = new Sequential(new Linear(2, 2), new Sequential(new ReLU(), new Linear(3, 1)));
    expect(() => summary(net, [2])).toThrow(/"1.1" \(Linear\)/);
    class Late extends Module {
      first = new Linear(2, 2);
      forward(x: Tensor) {
        return this.first(x).add(zeros([7]));
      }
    }
    expect(() => summary(new Sequential(new Late()), [2])).toThrow(/"0" \(Late\): .*broadcast/);
  });

  test.each<[string, () => unknown, RegExp]>([
    ["no module", () => summary(zeros([1]) as never, [1]), /takes a module as its first argument, got T/],
    ["a class", () => summary(Net as never, [9]), /got the class Net/],
    ["a negative size", () => summary(new Net(), [-9]), /^summary: inputShape/],
    ["a number", () => summary(new Net(), 9 as never), /^summary: inputShape/],
    ["a dtype instead of options", () => summary(new Net(), [9], "int32" as never), /summary: the options are "int32"/],
    ["too few dtypes", () => summary(new Net(), [[9], [9]], { dtype: ["int32"] }), /2 input shapes but 1 dtypes/],
  ])("%s is refused", (_, attempt, message) => {
    expect(attempt).toThrow(message);
  });
});
