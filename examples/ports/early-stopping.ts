// Early stopping by hand: watch the loss on validation rows, keep the best weights, stop when it
// gets no better.
import { cat, cloneState, compile, data, F, manualSeed, nn, noGrad, optim, type Tensor, tensor } from "evenkeel";
import { type Car, fingerprint, readRows } from "./tables.ts";

const cars = readRows<Car>("cars.json").filter((car) => car.Miles_per_Gallon !== null && car.Horsepower !== null);
const columns = ["Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration"] as const;
const figures = tensor(cars.map((car) => columns.map((column) => Number(car[column]))));
const year = tensor(cars.map((car) => [Number(car.Year.slice(2, 4))]));
const x = cat([figures, year], 1);
const y = tensor(cars.map((car) => [Number(car.Miles_per_Gallon)]));

manualSeed(2);
const dataset = new data.TensorDataset(x.sub(x.mean(0)).div(x.std(0)), y.sub(y.mean()).div(y.std()));
const [trainPart, validPart, testPart] = data.randomSplit(dataset, [0.4, 0.3, 0.3]);
console.log(`${trainPart.length} rows to train on, ${validPart.length} to stop by, ${testPart.length} to test`);
const trainLoader = new data.DataLoader(trainPart, { batchSize: 16, shuffle: true });
const validLoader = new data.DataLoader(validPart, { batchSize: 64 });
const testLoader = new data.DataLoader(testPart, { batchSize: 64 });

class EarlyStopping {
  patience: number;
  minDelta: number;
  bestLoss = Infinity;
  bestEpoch = 0;
  bestState: nn.StateDict = {};
  counter = 0;
  earlyStop = false;

  constructor({ patience = 5, minDelta = 0 } = {}) {
    this.patience = patience;
    this.minDelta = minDelta;
  }

  check(loss: number, model: nn.Module, epoch: number) {
    if (loss < this.bestLoss - this.minDelta) {
      this.bestLoss = loss;
      this.bestEpoch = epoch;
      this.bestState = cloneState(model.stateDict());
      this.counter = 0;
    } else {
      this.counter += 1;
      this.earlyStop = this.counter >= this.patience;
    }
  }
}

const model = new nn.Sequential(
  new nn.Linear(6, 64),
  new nn.SiLU(),
  new nn.Linear(64, 64),
  new nn.SiLU(),
  new nn.Linear(64, 1),
);
console.log("weights", fingerprint(model.parameters()));
const optimizer = new optim.Adam(model.parameters(), { lr: 0.004 });
const earlyStopping = new EarlyStopping({ patience: 8, minDelta: 1e-4 });

const step = compile((inputs: Tensor, targets: Tensor) => {
  const loss = F.mseLoss(model(inputs), targets);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
});
const sumOfSquares = compile((inputs: Tensor, targets: Tensor) =>
  F.mseLoss(model(inputs), targets, { reduction: "sum" }),
);

function evaluate(loader: Iterable<[Tensor, Tensor]>) {
  model.eval();
  return noGrad(() => {
    let [total, rows] = [0, 0];
    for (const [inputs, targets] of loader) {
      total += sumOfSquares(inputs, targets).item();
      rows += inputs.shape[0];
    }
    return total / rows;
  });
}

let epoch = 0;
while (++epoch <= 100) {
  model.train();
  for (const [inputs, targets] of trainLoader) step(inputs, targets);
  const validLoss = evaluate(validLoader);
  earlyStopping.check(validLoss, model, epoch);
  if (epoch % 5 === 0 || earlyStopping.earlyStop) {
    const trainLoss = evaluate(trainLoader);
    console.log(
      `epoch ${epoch}: training loss ${trainLoss.toPrecision(7)}, validation loss ${validLoss.toPrecision(7)}`,
    );
  }
  if (earlyStopping.earlyStop) break;
}

console.log(`stopped after epoch ${epoch}: test loss ${evaluate(testLoader).toPrecision(7)}`);
model.loadStateDict(earlyStopping.bestState);
console.log(`best weights, of epoch ${earlyStopping.bestEpoch}: test loss ${evaluate(testLoader).toPrecision(7)}`);
