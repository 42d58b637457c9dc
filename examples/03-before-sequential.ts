// The tutorial, before batch normalization: features standardised by hand, and a network that is a
// row of layers.
import { cat, data, manualSeed, nn, optim, randperm, type Tensor, tensor, train } from "evenkeel";
import { readMpg } from "./mpg.ts";

// The table: how far a car goes on a gallon, from six measured features and three columns that say
// where it is from.
const cars = readMpg();
const x = tensor(cars.x); // [392, 9]
const y = tensor(cars.y).unsqueeze(1); // [392, 1]: one column, as the network will give
console.log(`Auto MPG: ${cars.rowsInFile} rows, ${x.shape[0]} complete, ${x.shape[1]} features`);

// One seed, and everything that follows gives the same numbers every time.
manualSeed(0);

// Four fifths of the rows, at random, to train on; the rest is looked at once, at the end.
const [trainRows, testRows] = randperm(x.shape[0]).split([314, 78]);
const [trainX, trainY] = [x.indexSelect(0, trainRows), y.indexSelect(0, trainRows)];
const [testX, testY] = [x.indexSelect(0, testRows), y.indexSelect(0, testRows)];

// Weights are in the thousands, cylinders below ten: on such columns a plain network learns slowly.
// The z-score gives each measured column mean 0 and standard deviation 1. Both are taken from the
// training rows alone: the test rows stand for cars nobody has seen yet. Whoever uses the network
// later must apply the same six means and deviations.
const mean = trainX.slice(1, 0, cars.measured).mean(0);
const deviation = trainX.slice(1, 0, cars.measured).std(0);
const zScore = (rows: Tensor) =>
  cat([rows.slice(1, 0, cars.measured).sub(mean).div(deviation), rows.slice(1, cars.measured)], 1);

const net = new nn.Sequential(
  new nn.Linear(9, 50),
  new nn.ReLU(),
  new nn.Linear(50, 25),
  new nn.ReLU(),
  new nn.Linear(25, 1),
);
console.log(net);

// Training: 100 times through the rows, in batches of 32, in a new order every time.
const history = await train.fit(net, {
  train: new data.DataLoader(new data.TensorDataset(zScore(trainX), trainY), { batchSize: 32, shuffle: true }),
  loss: new nn.MSELoss(),
  optimizer: new optim.Adam(net.parameters(), { lr: 0.003 }),
  epochs: 100,
  onEpoch: ({ epoch, train: scores }) => {
    if (epoch === 1 || epoch % 20 === 0) console.log(`epoch ${epoch}: training loss ${scores.loss.toFixed(2)}`);
  },
});
console.log(`${history.steps} steps`);

// What is it worth? Compare it with the simplest guess there is: the mean of the training rows, for
// every car.
const predicted = train.predict(net, zScore(testX));
const guessed = trainY.mean().expand(testY.shape);
console.log(`predicting the mean: test MAE ${train.meanAbsoluteError(guessed, testY).toFixed(2)} mpg`);
console.log(`this network: test MAE ${train.meanAbsoluteError(predicted, testY).toFixed(2)} mpg`);

for (let i = 0; i < 5; i++) {
  const name = cars.names[testRows.get(i).item()];
  console.log(`  ${predicted.get(i).item().toFixed(1)} predicted, ${testY.get(i).item().toFixed(1)} true  ${name}`);
}
