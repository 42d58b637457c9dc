import { afterAll, describe, expect, it, vi } from "vitest";
import { mseLoss } from "../../nn/functional/index.ts";
import {
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  Flatten,
  GELU,
  Linear,
  type Module,
  ReLU,
  Sequential,
} from "../../nn/index.ts";
import { Adam } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { randn, type Tensor } from "../../tensor/index.ts";
import { type CompileOptions, compile } from "../compile.ts";
import { getNumThreads, setNumThreads, threadPool } from "./threads.ts";

interface Scene {
  readonly net: () => Module<[Tensor], Tensor>;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Products are divided by rows and by columns, with a last part that is smaller; batch norm, GELU and Adam too. */
const dense: Scene = {
  net: () =>
    new Sequential(
      ...[new Linear(300, 330), new BatchNorm1d(330), new ReLU()],
      ...[new Linear(330, 310), new GELU(), new Linear(310, 270)],
    ),
  x: [200, 300],
  y: [200, 270],
};

/** Convolutions are divided by images, their gradients by taps and by planes. */
const pictures: Scene = {
  net: () =>
    new Sequential(
      ...[new Conv2d(3, 8, 5, { padding: 2 }), new BatchNorm2d(8), new ReLU()],
      ...[new Conv2d(8, 12, 3, { padding: 1 }), new GELU(), new Conv2d(12, 16, 3, { padding: 1 })],
      ...[new ReLU(), new Flatten(), new Linear(16 * 14 * 14, 10)],
    ),
  x: [21, 3, 14, 14],
  y: [21, 10],
};

function trained({ net: make, x: inputs, y: outputs }: Scene, options: CompileOptions, steps: number) {
  manualSeed(2);
  const net = make();
  const optimizer = new Adam(net.parameters(), { lr: 0.01 });
  const [x, y] = [randn([...inputs]), randn([...outputs])];
  const step = compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = mseLoss(net(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  }, options);
  const losses = Array.from({ length: steps }, () => step(x, y).item());
  return { losses, weights: net.parameters().map(({ data }) => Float32Array.from(data)), step };
}

const moment = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("setNumThreads", () => {
  afterAll(() => setNumThreads(1));

  it("takes a whole number from 1 to 64", () => {
    for (const wrong of [0, -1, 1.5, 65, Number.NaN]) {
      expect(() => setNumThreads(wrong)).toThrow("expected a whole number from 1 to 64");
    }
    expect(() => setNumThreads("2" as never)).toThrow(TypeError);
    expect(getNumThreads()).toBe(1);
  });

  it("is refused for several threads where there are none", () => {
    vi.stubGlobal("process", undefined);
    try {
      expect(() => setNumThreads(2)).toThrow("there are no threads here");
      setNumThreads(1);
    } finally {
      vi.unstubAllGlobals();
    }
    expect(getNumThreads()).toBe(1);
  });

  it.each([
    ["a network of linear layers", dense],
    ["a ConvNet", pictures],
  ])("changes no bit of %s, whoever does the parts", async (_, scene) => {
    setNumThreads(2);
    expect(getNumThreads()).toBe(2);
    const helped = threadPool()?.helped;
    const alone = trained(scene, { threads: 1 }, 10);
    expect(threadPool()?.helped).toBe(helped);
    expect(alone.losses[9]).toBeLessThan(alone.losses[0]);
    for (const threads of [2, 4, 1, 3]) {
      setNumThreads(threads);
      expect(getNumThreads()).toBe(threads);
      trained(scene, {}, 1);
      if (threads > 1) await moment(); // so that the workers have started
      const { losses, weights } = trained(scene, {}, 10);
      expect(losses).toEqual(alone.losses);
      expect(weights).toEqual(alone.weights);
    }
  });

  it("is helped by its workers", async () => {
    setNumThreads(2);
    const { step } = trained(dense, {}, 1);
    const [x, y] = [randn([...dense.x]), randn([...dense.y])];
    const pool = threadPool();
    const before = pool?.helped ?? 0;
    for (let turn = 0; turn < 500 && pool?.helped === before; turn++) {
      step(x, y);
      await moment();
    }
    expect(pool?.helped).toBeGreaterThan(before);
  });
});
