import { afterAll, describe, expect, it, vi } from "vitest";
import { mseLoss } from "../../nn/functional/index.ts";
import { BatchNorm1d, Linear, ReLU, Sequential } from "../../nn/index.ts";
import { Adam } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { randn, type Tensor } from "../../tensor/index.ts";
import { type CompileOptions, compile } from "../compile.ts";
import { getNumThreads, setNumThreads, threadPool } from "./threads.ts";

/** Steps of a network whose products are divided: by rows, by columns, with a last part that is smaller. */
function trained(options: CompileOptions, steps: number) {
  manualSeed(2);
  const net = new Sequential(new Linear(300, 330), new BatchNorm1d(330), new ReLU(), new Linear(330, 270));
  const optimizer = new Adam(net.parameters(), { lr: 0.01 });
  const [x, y] = [randn([190, 300]), randn([190, 270])];
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
      expect(() => setNumThreads(2)).toThrow("this engine has no threads of Node");
      setNumThreads(1);
    } finally {
      vi.unstubAllGlobals();
    }
    expect(getNumThreads()).toBe(1);
  });

  it("changes no bit of a training, whoever does the parts", async () => {
    setNumThreads(2);
    expect(getNumThreads()).toBe(2);
    const alone = trained({ threads: 1 }, 40);
    expect(threadPool()?.helped).toBe(0);
    expect(alone.losses[39]).toBeLessThan(alone.losses[0]);
    for (const threads of [2, 4, 1, 3]) {
      setNumThreads(threads);
      expect(getNumThreads()).toBe(threads);
      trained({}, 1);
      if (threads > 1) await moment(); // so that the workers have started
      const { losses, weights } = trained({}, 40);
      expect(losses).toEqual(alone.losses);
      expect(weights).toEqual(alone.weights);
    }
  });

  it("is helped by its workers", async () => {
    setNumThreads(2);
    const { step } = trained({}, 1);
    const [x, y] = [randn([190, 300]), randn([190, 270])];
    const pool = threadPool();
    const before = pool?.helped ?? 0;
    for (let turn = 0; turn < 500 && pool?.helped === before; turn++) {
      step(x, y);
      await moment();
    }
    expect(pool?.helped).toBeGreaterThan(before);
  });
});
