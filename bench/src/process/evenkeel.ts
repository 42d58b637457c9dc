import { compile, manualSeed, nn, noGrad, optim, randperm, type Tensor } from "evenkeel";
import { Net, tensors } from "./evenkeelNet.ts";
import { readTable, report, settings } from "./table.ts";

/** The loop that the other sides have: batches are rows of one tensor, picked by index. */

const table = readTable();
const [x, y] = tensors(table.train);
const [testX] = tensors(table.test);
manualSeed(0);
const net = new Net();
const optimizer = new optim.Adam(net.parameters(), { lr: settings.rate });
const loss = new nn.MSELoss();

const step = compile(
  (rows: Tensor) => {
    optimizer.zeroGrad();
    loss(net(x.indexSelect(0, rows)), y.indexSelect(0, rows)).backward();
    optimizer.step();
  },
  { compile: process.argv[3] !== "eager" },
);

let steps = 0;
for (let epoch = 0; epoch < settings.epochs; epoch++) {
  for (const rows of randperm(table.train.y.length).split(settings.batch)) {
    step(rows);
    steps++;
  }
}
net.eval();
report(noGrad(() => net(testX)).data, table.test, steps);
