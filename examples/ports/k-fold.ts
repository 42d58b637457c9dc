// K-fold cross validation: every penguin is tested once, by a network that has not seen it.
import { cat, compile, data, F, manualSeed, nn, noGrad, optim, randperm, type Tensor, tensor } from "evenkeel";
import { fingerprint, type Penguin, readRows } from "./tables.ts";

const columns = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)", "Body Mass (g)"] as const;
const penguins = readRows<Penguin>("penguins.json").filter((row) => row.Sex === "FEMALE" || row.Sex === "MALE");
let x = tensor(penguins.map((row) => columns.map((column) => Number(row[column]))));
const kinds = penguins.map((row) => ["Adelie", "Chinstrap", "Gentoo"].indexOf(row.Species));
const species = F.oneHot(tensor(kinds, { dtype: "int32" }));
x = cat([x.sub(x.mean(0)).div(x.std(0)), species.float()], 1);
const y = tensor(penguins.map((row) => [Number(row.Sex === "MALE")]));
const dataset = new data.TensorDataset(x, y);

const [kFolds, epochs] = [5, 12];
manualSeed(8);
const folds = randperm(dataset.length).chunk(kFolds);

function resetWeights(module: nn.Module) {
  if (module instanceof nn.Linear) module.resetParameters();
}

const network = new nn.Sequential(new nn.Linear(7, 20), new nn.Tanh(), new nn.Linear(20, 1));
const criterion = new nn.BCEWithLogitsLoss();
const results: number[] = [];
for (const [fold, testIds] of folds.entries()) {
  const trainIds = cat(folds.filter((_, i) => i !== fold));
  const trainLoader = new data.DataLoader(new data.Subset(dataset, trainIds), { batchSize: 20, shuffle: true });
  const testLoader = new data.DataLoader(new data.Subset(dataset, testIds), { batchSize: 20 });
  network.apply(resetWeights);
  const optimizer = new optim.AdamW(network.parameters(), { lr: 0.01 });
  const [trainCount, testCount] = [trainIds.numel(), testIds.numel()];
  console.log(`fold ${fold + 1}: ${trainCount} to train on, ${testCount} to test, first`, ...testIds.data.slice(0, 5));
  console.log("weights", fingerprint(network.parameters()));

  // A step belongs to its optimizer, which is new in every fold.
  const step = compile((inputs: Tensor, targets: Tensor) => {
    optimizer.zeroGrad();
    const loss = criterion(network(inputs), targets);
    loss.backward();
    optimizer.step();
    return loss;
  });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    network.train();
    let total = 0;
    for (const [inputs, targets] of trainLoader) total += step(inputs, targets).item() * inputs.shape[0];
    if (epoch % 6 === 0) console.log(`epoch ${epoch}: training loss ${(total / trainCount).toPrecision(7)}`);
  }

  network.eval();
  let [correct, loss] = [0, 0];
  noGrad(() => {
    for (const [inputs, targets] of testLoader) {
      const logits = network(inputs);
      loss += F.binaryCrossEntropyWithLogits(logits, targets, { reduction: "sum" }).item();
      correct += logits.sigmoid().gt(0.5).float().eq(targets).sum().item();
    }
  });
  console.log(`${correct} of ${testCount} right, test loss ${(loss / testCount).toPrecision(7)}`);
  results.push((100 * correct) / testCount);
}

const accuracies = tensor(results);
const [mean, std] = [accuracies.mean().item(), accuracies.std().item()];
console.log(`accuracy of the folds: ${mean.toPrecision(7)}%, standard deviation ${std.toPrecision(7)}`);
