// What goes wrong with batch normalization once it is in use, on the cars of the tutorial: train
// and eval, momentum, small batches, freezing, folding, and what nn.checkBatchNorm says beforehand.
import { data, manualSeed, nn, optim, randperm, type Tensor, tensor, train } from "evenkeel";
import { readMpg } from "./mpg.ts";

const cars = readMpg();
const raw = tensor(cars.x); // [392, 9]
const x = raw.sub(raw.mean(0)).div(raw.std(0));
const y = tensor(cars.y).unsqueeze(1);
manualSeed(0);
const [trainRows, testRows] = randperm(x.shape[0]).split([314, 78]);
const [trainX, trainY] = [x.indexSelect(0, trainRows), y.indexSelect(0, trainRows)];
const [testX, testY] = [x.indexSelect(0, testRows), y.indexSelect(0, testRows)];
const rows = new data.TensorDataset(trainX, trainY);

// No bias before BatchNorm, which takes the mean away again.
const network = (options: nn.BatchNorm1dOptions = {}) =>
  new nn.Sequential(
    new nn.Linear(9, 50, { bias: false }),
    new nn.BatchNorm1d(50, options),
    new nn.ReLU(),
    new nn.Linear(50, 1),
  );

async function trained(net: nn.AnyModule, batchSize: number, steps: number): Promise<void> {
  const loader = new data.DataLoader(rows, { batchSize, shuffle: true, dropLast: true });
  const optimizer = new optim.Adam(net.parameters(), { lr: 0.003 });
  await train.fit(net, { train: loader, loss: new nn.MSELoss(), optimizer, epochs: Math.ceil(steps / loader.length) });
}
const mae = (net: nn.AnyModule) => train.meanAbsoluteError(train.predict(net, testX), testY).toFixed(2);

// 1. Train and eval. In training a car is normalized by the batch it happens to be in; eval takes running averages. A call in
// training mode also moves these averages, so a copy does it here.
manualSeed(1);
const net = network();
await trained(net, 32, 1000);
const inTraining = nn.clone(net).train();
const ofFirst = (model: typeof net, batch: Tensor) => model(batch).get(0, 0).item().toFixed(2);
const batches = [testX.narrow(0, 0, 4), testX.indexSelect(0, [0, 30, 50, 77])];
const [once, again] = batches.map((batch) => ofFirst(inTraining, batch));
console.log(`the same car in two batches of 4, in training mode: ${once} and ${again} mpg`);
net.eval();
const [alone, among] = [batches[0].narrow(0, 0, 1), batches[1]].map((batch) => ofFirst(net, batch));
console.log(`in eval mode, alone and in a batch: ${alone} and ${among} mpg`);

// 2. Momentum is the weight of the new batch. At 0.01 the averages need 459 steps to forget 99% of where they began.
for (const momentum of [0.1, 0.01]) {
  manualSeed(1);
  const slow = network({ momentum });
  await trained(slow, 32, 150);
  const before = mae(slow);
  train.updateBatchNorm(slow, [[trainX, trainY]]);
  console.log(`momentum ${momentum}, 150 steps: test MAE ${before} mpg, ${mae(slow)} with statistics of all rows`);
}

// 3. Small batches: the fewer rows, the further apart are what is trained and what predicts.
for (const batchSize of [2, 8, 32]) {
  manualSeed(1);
  const small = network();
  await trained(small, batchSize, 1000);
  const loader = new data.DataLoader(rows, { batchSize, dropLast: true });
  const gap = train.batchNormGap(small, loader, { loss: new nn.MSELoss() });
  const [batch, running] = [gap.batch.loss, gap.running.loss].map((loss) => loss.toFixed(1));
  console.log(`batches of ${batchSize}: loss ${batch} by statistics of the batch, ${running} by running ones`);
}

// 4. Freezing: the layer keeps its statistics, its scale and its shift, while the others are trained on.
const norm = net.at(1) as nn.BatchNorm1d;
const mean = norm.running_mean?.clone();
const thaw = train.freezeBatchNorm(net);
await trained(net, 8, 200);
console.log(
  `frozen, 200 more steps: statistics as before: ${mean?.equal(norm.running_mean as Tensor)}, test MAE ${mae(net)} mpg`,
);
thaw();

// 5. Folding: for prediction, a normalization is a scale and a shift that the Linear before it can do.
const fused = nn.utils.fuse(net.eval(), { input: testX });
console.log(String(fused));

// 6. What a look at the network and its data says beforehand.
const careless = new nn.Sequential(
  new nn.Dropout(0.3),
  new nn.Linear(9, 50),
  new nn.BatchNorm1d(50, { momentum: 0.99 }),
  new nn.ReLU(),
  new nn.Linear(50, 1),
);
const findings = nn.checkBatchNorm(careless, { loader: new data.DataLoader(rows, { batchSize: 8, shuffle: true }) });
console.log(String(findings));
