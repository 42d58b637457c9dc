import { data, manualSeed, nn, optim, train } from "evenkeel";
import { Net, tensors } from "./evenkeelNet.ts";
import { readTable, report, settings } from "./table.ts";

/**
 * The same by `train.fit`, which also looks at every loss and gradient, scores, and lets the event
 * loop have its turns.
 */

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
});
report(train.predict(net, testX).data, table.test, steps);
