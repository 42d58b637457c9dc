import { data, F, manualSeed, nn, optim, type Tensor, tensor, train } from "evenkeel";
import { type Rows, readTable, report, settings } from "./table.ts";

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

function tensors({ x, y }: Rows): [x: Tensor, y: Tensor] {
  return [tensor(x, { shape: [y.length, 9] }), tensor(y, { shape: [y.length, 1] })];
}

const table = readTable();
const [testX] = tensors(table.test);
manualSeed(0);
const net = new Net();
const dataset = new data.TensorDataset(...tensors(table.train));
let steps = 0;
await train.fit(net, {
  train: new data.DataLoader(dataset, { batchSize: settings.batch, shuffle: true }),
  loss: new nn.MSELoss(),
  optimizer: new optim.Adam(net.parameters(), { lr: settings.rate }),
  epochs: settings.epochs,
  onBatch: () => {
    steps++;
  },
  ...(process.argv[3] === "eager" && { compile: false }),
});
report(train.predict(net, testX).data, table.test, steps);
