import { compile, manualSeed, randn, type Tensor } from "evenkeel";
import * as F from "evenkeel/nn/functional";
import { Adam } from "evenkeel/optim";
import { Net } from "../goldens/networks.ts";

/**
 * Runs the tutorial's step very often and prints, as JSON, what memory was in use on the way,
 * always after a collection. For `node --expose-gc`.
 */

const steps = Number(process.argv[2]);
const marks = 5;

manualSeed(0);
const net = new Net();
const optimizer = new Adam(net.parameters(), { lr: 0.001 });
const step = compile((x: Tensor, y: Tensor) => {
  optimizer.zeroGrad();
  const loss = F.mseLoss(net(x), y);
  loss.backward();
  optimizer.step();
  return loss;
});
const x = randn([32, 9]);
const y = randn([32, 1]);

const used: { heap: number; arrays: number }[] = [];
for (let mark = 0; mark <= marks; mark++) {
  // The first mark comes after a warm-up: what engines keep for hot code is not garbage of steps.
  const count = mark === 0 ? 2000 : steps / marks;
  for (let i = 0; i < count; i++) step(x, y);
  // Collected twice, a turn of the event loop apart: finalizers run in between.
  for (let i = 0; i < 2; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  used.push({ heap: heapUsed, arrays: arrayBuffers });
}
console.log(JSON.stringify({ used, programs: step.programs }));
