// The tutorial, with batch normalization: the raw features, and a network that is a class of its
// own.
import { data, F, manualSeed, nn, optim, randperm, type Tensor, tensor, train } from "evenkeel";
import { readMpg } from "./mpg.ts";

// Layers are fields, and forward says how they follow one another. Each hidden layer is a Linear,
// then a BatchNorm1d, which gives each of its outputs mean 0 and variance 1 over the batch, then a
// ReLU.
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

// The same table, the same split and the same training as in 03-before-sequential.ts, but no
// z-score: the columns go in as they are, weights in the thousands beside zeros and ones.
const cars = readMpg();
const x = tensor(cars.x); // [392, 9]
const y = tensor(cars.y).unsqueeze(1); // [392, 1]
manualSeed(0);
const [trainRows, testRows] = randperm(x.shape[0]).split([314, 78]);
const [trainX, trainY] = [x.indexSelect(0, trainRows), y.indexSelect(0, trainRows)];
const [testX, testY] = [x.indexSelect(0, testRows), y.indexSelect(0, testRows)];

const net = new Net();
console.log(net);
console.log(nn.summary(net, [9]));

// `fit` puts the network in training mode and back, and never hands BatchNorm a batch of one row,
// which has no variance.
await train.fit(net, {
  train: new data.DataLoader(new data.TensorDataset(trainX, trainY), { batchSize: 32, shuffle: true }),
  loss: new nn.MSELoss(),
  optimizer: new optim.Adam(net.parameters(), { lr: 0.003 }),
  epochs: 100,
  columns: cars.features, // so that a missing value is reported by name
  onEpoch: ({ epoch, train: scores }) => {
    if (epoch === 1 || epoch % 20 === 0) console.log(`epoch ${epoch}: training loss ${scores.loss.toFixed(2)}`);
  },
});

const testMae = () => train.meanAbsoluteError(train.predict(net, testX), testY);
const guessed = trainY.mean().expand(testY.shape);
console.log(`predicting the mean: test MAE ${train.meanAbsoluteError(guessed, testY).toFixed(2)} mpg`);
console.log(`this network, as trained: test MAE ${testMae().toFixed(2)} mpg`);

// That is worse than it should be, and the weights are not to blame. Outside of training BatchNorm
// cannot use the statistics of a batch (there may be a single car), so it uses running averages of
// those it saw. They keep 90% of the old value at each step, while on raw features the layer before
// moves its outputs faster than that: the averages describe weights that are gone. A look at the
// same rows by both kinds of statistics shows it. (A batch of test rows is no way to predict, only
// a way to find out.)
const gap = train.batchNormGap(net, [[testX, testY]], { loss: new nn.MSELoss(), metrics: { mae: train.mae() } });
console.log(`by running statistics ${gap.running.mae.toFixed(2)}, by those of the batch ${gap.batch.mae.toFixed(2)}`);

// The cure: one pass over the training rows, all in one batch, with the weights as they are now. No
// weight changes.
train.updateBatchNorm(net, [[trainX, trainY]]);
console.log(`this network, after updateBatchNorm: test MAE ${testMae().toFixed(2)} mpg`);
