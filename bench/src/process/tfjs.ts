import tf from "@tensorflow/tfjs";
import { makeAdam, startTf, TfNet } from "../rivals/tfjsNet.ts";
import { readTable, report, settings, shuffledBatches } from "./table.ts";

await startTf();
const table = readTable();
const net = TfNet.fresh(settings.sizes);
const x = tf.tensor(table.train.x, [table.train.y.length, 9]);
const y = tf.tensor(table.train.y, [table.train.y.length, 1]);
const adam = makeAdam(settings.rate);
const parameters = net.parameters();
let steps = 0;
for (let epoch = 0; epoch < settings.epochs; epoch++) {
  for (const indices of shuffledBatches(table.train.y.length)) {
    tf.tidy(() => {
      const index = tf.tensor1d(indices, "int32");
      const [batchX, batchY] = [tf.gather(x, index), tf.gather(y, index)];
      adam.minimize(() => tf.losses.meanSquaredError(batchY, net.forward(batchX, true)), false, parameters);
    });
    steps++;
  }
}
report(net.forward(tf.tensor(table.test.x, [table.test.y.length, 9]), false).dataSync(), table.test, steps);
