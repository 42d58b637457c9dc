// Saving and loading: weights for later predictions, a checkpoint to go on from, and weights for
// another network.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  compile,
  F,
  getRngState,
  io,
  manualSeed,
  nn,
  noGrad,
  optim,
  randperm,
  setRngState,
  type Tensor,
  tanh,
  tensor,
} from "evenkeel";
import { fingerprint, type Penguin, readRows } from "./tables.ts";

const columns = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)"] as const;
const penguins = readRows<Penguin>("penguins.json").filter((row) => row["Body Mass (g)"] !== null);
const x = tensor(penguins.map((row) => columns.map((column) => Number(row[column]))));
const y = tensor(penguins.map((row) => [Number(row["Body Mass (g)"]) / 1000])); // in kg

class Net extends nn.Module {
  norm = new nn.BatchNorm1d(3);
  hidden = new nn.Linear(3, 24);
  dropout = new nn.Dropout(0.1);
  head: nn.Linear;

  constructor(outputs: number) {
    super();
    this.head = new nn.Linear(24, outputs);
  }

  forward(x: Tensor) {
    return this.head(this.dropout(tanh(this.hidden(this.norm(x)))));
  }
}

const makeStep = (net: Net, optimizer: optim.Adam) =>
  compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = F.mseLoss(net(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });

function trainEpoch(net: Net, step: (x: Tensor, y: Tensor) => Tensor) {
  net.train();
  let total = 0;
  for (const rows of randperm(x.shape[0]).split(38)) {
    const loss = step(x.indexSelect(0, rows), y.indexSelect(0, rows));
    total += loss.item() * rows.numel();
  }
  return total / x.shape[0];
}

function predict(net: Net) {
  net.eval();
  return noGrad(() => net(x.slice(0, 0, 3)).flatten());
}

manualSeed(5);
const net = new Net(1);
const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
const step = makeStep(net, optimizer);
console.log("state dict:", Object.keys(net.stateDict()).join(", "));
console.log("weights", fingerprint(net.parameters()));
let epoch = 0;
while (epoch < 5) {
  const loss = trainEpoch(net, step);
  console.log(`epoch ${++epoch}: loss ${loss.toPrecision(7)}`);
}

const folder = mkdtempSync(join(tmpdir(), "saving-"));

// 1. The weights alone, to predict with.
writeFileSync(join(folder, "weights.safetensors"), io.saveSafetensors(net.stateDict()));
const loaded = new Net(1);
loaded.loadStateDict(io.loadSafetensors(readFileSync(join(folder, "weights.safetensors"))).tensors);
console.log("predicted, in kg:", ...Array.from(predict(net).data, (value) => value.toPrecision(7)));
console.log("the same after loading:", predict(loaded).eq(predict(net)).all().item() ? "yes" : "no");

// 2. A checkpoint: everything that the next epoch depends on.
const saved = io.saveCheckpoint({
  epoch,
  step: 9 * epoch,
  model: net.stateDict(),
  optimizer: optimizer.stateDict(),
  generators: { default: getRngState() },
});
writeFileSync(join(folder, "checkpoint.safetensors"), saved);

const goingOn = [trainEpoch(net, step), trainEpoch(net, step), trainEpoch(net, step)];

const resumed = new Net(1);
const resumedOptimizer = new optim.Adam(resumed.parameters());
const checkpoint = io.loadCheckpoint(readFileSync(join(folder, "checkpoint.safetensors")));
resumed.loadStateDict(checkpoint.model);
resumedOptimizer.loadStateDict(checkpoint.optimizer);
setRngState(checkpoint.generators!.default);
console.log(`going on after epoch ${checkpoint.epoch}`);
const resumedStep = makeStep(resumed, resumedOptimizer);
const afterResuming = [
  trainEpoch(resumed, resumedStep),
  trainEpoch(resumed, resumedStep),
  trainEpoch(resumed, resumedStep),
];
console.log("losses:", ...afterResuming.map((loss) => loss.toPrecision(7)));
console.log("the same as without stopping:", String(afterResuming) === String(goingOn) ? "yes" : "no");

// 3. Into a network with another head: what fits is taken over, the head starts anew.
const { tensors: weights } = io.loadSafetensors(readFileSync(join(folder, "weights.safetensors")));
try {
  new Net(2).loadStateDict(weights);
} catch (error) {
  console.log("refused:", (error as Error).message.split("\n")[1].split(":")[0].trim());
}
const body = Object.fromEntries(Object.entries(weights).filter(([name]) => !name.startsWith("head.")));
const other = new Net(2);
const result = other.loadStateDict(body, { strict: false });
console.log("missing:", result.missingKeys.join(", "));
console.log("the new head", fingerprint(other.head.parameters()));
rmSync(folder, { recursive: true });
