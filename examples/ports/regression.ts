// Regression: the miles per gallon of a car from five of its figures, by a linear model and by a
// small network.
import { compile, manualSeed, nn, noGrad, optim, randperm, type Tensor, tensor } from "evenkeel";
import { type Car, fingerprint, readRows } from "./tables.ts";

const cars = readRows<Car>("cars.json").filter((car) => car.Miles_per_Gallon !== null && car.Horsepower !== null);
const columns = ["Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration"] as const;
let x = tensor(cars.map((car) => columns.map((column) => Number(car[column]))));
const y = tensor(cars.map((car) => Number(car.Miles_per_Gallon))).unsqueeze(1);

manualSeed(6);
const [trainRows, testRows] = randperm(x.shape[0]).split([314, 78]);
console.log("first test rows:", ...testRows.data.slice(0, 8));

const mean = x.indexSelect(0, trainRows).mean(0);
const std = x.indexSelect(0, trainRows).std(0);
x = x.sub(mean).div(std);
const [trainX, trainY] = [x.indexSelect(0, trainRows), y.indexSelect(0, trainRows)];
const [testX, testY] = [x.indexSelect(0, testRows), y.indexSelect(0, testRows)];

const lossFn = new nn.MSELoss();

function train(model: nn.Module, optimizer: optim.SGD | optim.Adam, epochs: number) {
  const step = compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = lossFn(model(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let total = 0;
    for (const rows of randperm(trainX.shape[0]).split(32)) {
      const loss = step(trainX.indexSelect(0, rows), trainY.indexSelect(0, rows));
      total += loss.item() * rows.shape[0];
    }
    if (epoch % 5 === 0) console.log(`epoch ${epoch}: training loss ${(total / trainX.shape[0]).toPrecision(7)}`);
  }
}

function test(model: nn.Module) {
  const error = noGrad(() => model(testX).sub(testY).abs().mean().item());
  console.log(`mean absolute error on the test rows: ${error.toPrecision(7)} mpg`);
}

const linear = new nn.Linear(5, 1);
console.log("\nlinear regression, weights", fingerprint(linear.parameters()));
train(linear, new optim.SGD(linear.parameters(), { lr: 0.01 }), 20);
console.log("weights:", ...columns.map((column, i) => `${column} ${linear.weight.get(0, i).item().toPrecision(7)}`));
test(linear);

const network = new nn.Sequential(
  new nn.Linear(5, 32),
  new nn.ReLU(),
  new nn.Linear(32, 32),
  new nn.ReLU(),
  new nn.Linear(32, 1),
);
console.log("\nnetwork, weights", fingerprint(network.parameters()));
train(network, new optim.Adam(network.parameters(), { lr: 0.003 }), 40);
test(network);
