import { afterEach, describe, expect, it } from "vitest";
import { destroyProcessGroup, init, threadCommunicator, threadMemory } from "../../distributed/index.ts";
import { manualSeed } from "../../random/index.ts";
import { grad, randn } from "../../tensor/index.ts";
import {
  BatchNorm1d,
  BatchNorm2d,
  LazyBatchNorm1d,
  LazyLinear,
  Linear,
  ModuleList,
  ReLU,
  RReLU,
  Sequential,
  SyncBatchNorm,
} from "../index.ts";
import { DistributedDataParallel } from "./distributedDataParallel.ts";

/** One rank alone, and what layers become; several ranks are in test/distributed. */

afterEach(destroyProcessGroup);

const alone = () => init(threadCommunicator(threadMemory(1), 0));

describe("a group of one rank", () => {
  it("records nothing more than no group does, and refuses no draw", () => {
    alone();
    const net = new Linear(3, 1);
    const x = randn([2, 3]);
    expect(new DistributedDataParallel(net)(x).gradFn?.name).toBe(net(x).gradFn?.name);
    expect(grad(new DistributedDataParallel(net)(x).sum(), [net.weight])[0].shape).toEqual([1, 3]);
    expect(new DistributedDataParallel(new Sequential(new Linear(3, 4), new RReLU()))(x).shape).toEqual([2, 4]);
  });

  it("has the keys and the print of PyTorch", () => {
    alone();
    const net = new DistributedDataParallel(new Linear(2, 1));
    expect(Object.keys(net.stateDict())).toEqual(["module.weight", "module.bias"]);
    expect(String(net)).toBe(
      "DistributedDataParallel(\n  (module): Linear(in_features=2, out_features=1, bias=True)\n)",
    );
    expect(net.noSync(() => 3)).toBe(3);
    expect(net.withWeight(2, () => 4)).toBe(4);
    net.setRows([5]);
    net.setRows(null);
  });

  it("is refused for lazy layers", () => {
    alone();
    expect(() => new DistributedDataParallel(new Sequential(new LazyLinear(2)))).toThrow(
      "DistributedDataParallel: the network has a lazy layer without a size; call the network once before",
    );
  });
});

describe("convertSyncBatchNorm", () => {
  it("replaces layers at all depths, with the same members and modes", () => {
    const shared = new BatchNorm1d(4, { momentum: null, eps: 1e-3 });
    const net = new Sequential(
      new Linear(3, 4),
      shared,
      new ModuleList([new BatchNorm2d(5, { affine: false }).eval(), shared]) as never,
    );
    const before = net.stateDict();
    const names = net.namedParameters().map(([name]) => name);
    const members = net.parameters();
    expect(SyncBatchNorm.convertSyncBatchNorm(net)).toBe(net);
    expect(net.namedParameters().map(([name]) => name)).toEqual(names);
    for (const [i, parameter] of net.parameters().entries()) expect(parameter).toBe(members[i]);
    expect(Object.keys(net.stateDict())).toEqual(Object.keys(before));
    const layers = net.modules().filter((layer) => layer instanceof SyncBatchNorm);
    expect(layers.map(String)).toEqual([
      "SyncBatchNorm(4, eps=0.001, momentum=None, affine=True, track_running_stats=True)",
      "SyncBatchNorm(5, eps=1e-05, momentum=0.1, affine=False, track_running_stats=True)",
    ]);
    expect(layers.map(({ training }) => training)).toEqual([true, false]);
    expect(net.getSubmodule("1")).toBe(net.getSubmodule("2.1"));
    expect(SyncBatchNorm.convertSyncBatchNorm(net).getSubmodule("1")).toBe(layers[0]);
  });

  it("gives what takes the place of a layer alone, with its hooks", () => {
    const layer = new BatchNorm1d(2);
    let calls = 0;
    layer.registerForwardHook(() => void calls++);
    const made = SyncBatchNorm.convertSyncBatchNorm(layer);
    expect(made).toBeInstanceOf(SyncBatchNorm);
    expect(made.weight).toBe(layer.weight);
    made(randn([3, 2]));
    expect(calls).toBe(1);
  });

  it("changes nothing where it is refused", () => {
    const net = new Sequential(new BatchNorm1d(2), new ReLU(), new LazyBatchNorm1d());
    expect(() => SyncBatchNorm.convertSyncBatchNorm(net)).toThrow(
      "convertSyncBatchNorm: LazyBatchNorm1d has no size yet; call the network once",
    );
    expect(net.modules().some((layer) => layer instanceof SyncBatchNorm)).toBe(false);
  });
});

it("SyncBatchNorm without a group is BatchNorm, to the bit", () => {
  const [plain, layer] = [new BatchNorm1d(3), new SyncBatchNorm(3)];
  for (const net of [plain, layer]) {
    manualSeed(2);
    const x = randn([5, 3], { requiresGrad: true });
    net(x).square().sum().backward();
    net.eval();
    net(x);
  }
  expect([...layer.running_var.data]).toEqual([...plain.running_var.data]);
  expect([...(layer.weight.grad?.data ?? [])]).toEqual([...(plain.weight.grad?.data ?? [])]);
  expect(layer.num_batches_tracked.item()).toBe(1);
});
