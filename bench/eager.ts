// One training step (forward, loss, backward, Adam) of the tutorial's network 9-50-25-1 with BatchNorm, in float32,
// beside PyTorch. Verified first, then timed in turns within one run. `npm run bench`

import { F, manualSeed, nn, optim, randn, type Tensor } from "evenkeel";
import { type Contender, median, verifySame } from "./contender.ts";
import { torchContender } from "./rivalTorch.ts";

const rounds = 15;
const stepsPerRound = 200;

class Net extends nn.Module {
  layer1 = new nn.Linear(9, 50);
  layer2 = new nn.Linear(50, 25);
  layer3 = new nn.Linear(25, 1);
  batch_norm1 = new nn.BatchNorm1d(50);
  batch_norm2 = new nn.BatchNorm1d(25);
  forward(x: Tensor) {
    x = F.relu(this.batch_norm1(this.layer1(x)));
    x = F.relu(this.batch_norm2(this.layer2(x)));
    return this.layer3(x);
  }
}

function makeStep(batchSize: number): () => Tensor {
  manualSeed(0);
  const net = new Net();
  const [x, y] = [randn([batchSize, 9]), randn([batchSize, 1])];
  const optimizer = new optim.Adam(net.parameters());
  return () => {
    optimizer.zeroGrad();
    const loss = F.mseLoss(net(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
}

function evenkeel(batchSize: number): Contender {
  const step = makeStep(batchSize);
  return {
    name: "evenkeel eager",
    losses: async (steps) => {
      const first = makeStep(batchSize);
      return Array.from({ length: steps }, () => first().item());
    },
    time: async (steps) => {
      const start = performance.now();
      for (let i = 0; i < steps; i++) step();
      return ((performance.now() - start) / steps) * 1000;
    },
    close: () => {},
  };
}

console.log(
  `One training step of 9-50-25-1 with BatchNorm, float32: medians of ${rounds} rounds of ${stepsPerRound} steps`,
);
for (const batchSize of [32, 64]) {
  const own = evenkeel(batchSize);
  const torch = torchContender(batchSize);
  const contenders = "absent" in torch ? [own] : [own, torch];
  if ("absent" in torch) console.log(`skipped ${torch.absent}`);
  const reference = await own.losses(20);
  for (const contender of contenders) verifySame(contender.name, await contender.losses(20), reference);
  for (const contender of contenders) await contender.time(stepsPerRound);
  const times = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) times.get(contender)?.push(await contender.time(stepsPerRound));
  }
  const base = median(times.get(own) ?? []);
  for (const contender of contenders) {
    const time = median(times.get(contender) ?? []);
    const ratio = contender === own ? "" : `  ${(time / base).toFixed(2)} times evenkeel's`;
    console.log(`batch ${batchSize}  ${contender.name.padEnd(38)} ${time.toFixed(0).padStart(6)} us${ratio}`);
    contender.close();
  }
}
