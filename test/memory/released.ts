import { compile, manualSeed, randn, type Tensor } from "evenkeel";
import * as F from "evenkeel/nn/functional";
import { Adam } from "evenkeel/optim";
import { heap } from "../../packages/evenkeel/src/compile/memory/heap.ts";
import { Net } from "../goldens/networks.ts";

/**
 * Makes and forgets compiled steps with their models, and prints, as JSON, how many bytes of the
 * heap of programs were in use each time, and when all are gone. For `node --expose-gc`.
 */

async function collect(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function train(): number {
  const net = new Net();
  const optimizer = new Adam(net.parameters(), { lr: 0.001 });
  const step = compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = F.mseLoss(net(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  for (const rows of [32, 16]) step(randn([rows, 9]), randn([rows, 1]));
  return heap().used;
}

/** A model whose compiled step is gone: its tensors must still be there. */
function survivor() {
  const net = new Net();
  const x = randn([4, 9]);
  compile((input: Tensor) => net(input))(x);
  const weights = net.parameters().map(({ data }) => Array.from(data));
  return { net, weights };
}

manualSeed(0);
const inUse: number[] = [];
for (let round = 0; round < 20; round++) {
  inUse.push(train());
  await collect();
}
const afterAll = heap().used;
const kept = survivor();
await collect();
train();
const intact = kept.net.parameters().every(({ data }, i) => data.every((value, at) => value === kept.weights[i][at]));
console.log(JSON.stringify({ inUse, afterAll, intact, memory: heap().memory.buffer.byteLength }));
