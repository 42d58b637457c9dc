// Learning rate schedules: the same network and the same batches under five of them.
import { compile, F, manualSeed, nn, noGrad, optim, randperm, type Tensor, tensor } from "evenkeel";
import { type Car, fingerprint, readRows } from "./tables.ts";

const cars = readRows<Car>("cars.json").filter((car) => car.Miles_per_Gallon !== null && car.Horsepower !== null);
const columns = ["Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration"] as const;
let x = tensor(cars.map((car) => columns.map((column) => Number(car[column]))));
let y = tensor(cars.map((car) => [Number(car.Miles_per_Gallon)]));

manualSeed(0);
const [trainRows, validRows] = randperm(x.shape[0]).split([320, 72]);
const standardize = (values: Tensor) => {
  const train = values.indexSelect(0, trainRows);
  return values.sub(train.mean(0)).div(train.std(0));
};
x = standardize(x);
y = standardize(y);
const [epochs, batchSize] = [24, 32];
const stepsPerEpoch = Math.floor(trainRows.numel() / batchSize);

const schedules = {
  "no schedule": () => undefined,
  StepLR: (optimizer: optim.SGD) => new optim.lrScheduler.StepLR(optimizer, { stepSize: 8, gamma: 0.3 }),
  CosineAnnealingLR: (optimizer: optim.SGD) =>
    new optim.lrScheduler.CosineAnnealingLR(optimizer, { tMax: epochs, etaMin: 1e-4 }),
  OneCycleLR: (optimizer: optim.SGD) =>
    new optim.lrScheduler.OneCycleLR(optimizer, { maxLr: 0.1, epochs, stepsPerEpoch }),
  ReduceLROnPlateau: (optimizer: optim.SGD) =>
    new optim.lrScheduler.ReduceLROnPlateau(optimizer, { factor: 0.5, patience: 1 }),
};

for (const [name, makeScheduler] of Object.entries(schedules)) {
  manualSeed(7);
  const net = new nn.Sequential(
    new nn.Linear(5, 20),
    new nn.Tanh(),
    new nn.Linear(20, 20),
    new nn.Tanh(),
    new nn.Linear(20, 1),
  );
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.05, momentum: 0.9 });
  const scheduler = makeScheduler(optimizer);
  console.log(`\n${name}, weights ${fingerprint(net.parameters())}`);
  // The rate is read at every step: no schedule makes the program compile again.
  const step = compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = F.mseLoss(net(x), y);
    loss.backward();
    optimizer.step();
  });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const rate = optimizer.paramGroups[0].lr;
    net.train();
    for (const rows of trainRows.indexSelect(0, randperm(trainRows.numel())).split(batchSize)) {
      step(x.indexSelect(0, rows), y.indexSelect(0, rows));
      if (scheduler instanceof optim.OneCycleLR) scheduler.step(); // after every batch
    }
    net.eval();
    const validLoss = noGrad(() => F.mseLoss(net(x.indexSelect(0, validRows)), y.indexSelect(0, validRows)).item());
    if (scheduler instanceof optim.ReduceLROnPlateau) {
      scheduler.step(validLoss); // looks at the loss
    } else if (scheduler !== undefined && !(scheduler instanceof optim.OneCycleLR)) {
      scheduler.step(); // after every epoch
    }
    if (epoch % 4 === 0) {
      console.log(`epoch ${epoch}: rate ${rate.toPrecision(7)}, validation loss ${validLoss.toPrecision(7)}`);
    }
  }
}
