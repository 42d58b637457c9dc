// A ConvNet on handwritten digits. Each block is a convolution, then batch normalization, then the
// activation; the last one ends in global average pooling: one number for each channel, wherever in
// the picture it was found.
import { transforms } from "@evenkeel/vision";
import { data, manualSeed, nn, optim, type Tensor, train } from "evenkeel";
import { readDigits } from "./digits.ts";

// No bias: BatchNorm takes away the mean of each channel, and a bias with it.
const block = (inputs: number, outputs: number) =>
  new nn.Sequential(
    new nn.Conv2d(inputs, outputs, 3, { padding: 1, bias: false }),
    new nn.BatchNorm2d(outputs),
    new nn.ReLU(),
  );

class ConvNet extends nn.Module {
  features = new nn.Sequential(
    block(1, 16),
    new nn.MaxPool2d(2), // [N, 16, 14, 14]
    block(16, 32),
    new nn.MaxPool2d(2), // [N, 32, 7, 7]
    block(32, 64),
  );
  classifier = new nn.Linear(64, 10);

  forward(x: Tensor) {
    return this.classifier(this.features(x).mean([2, 3]));
  }
}

manualSeed(0);
const { x, y } = readDigits();
const [trainX, testX] = x.split([9000, 1000]);
const [trainY, testY] = y.split([9000, 1000]);

// Each time a digit is asked for, it stands up to two pixels elsewhere: where it stands says
// nothing of what it is.
const shift = new transforms.RandomCrop(28, { padding: 2 });
const shifted: data.Dataset<[Tensor, Tensor]> = {
  length: trainX.shape[0],
  get: (index) => [shift.apply(trainX.select(0, index)) as Tensor, trainY.select(0, index)],
};

const net = new ConvNet();
console.log(nn.summary(net, [1, 28, 28]));

// `npx tsx examples/08-convnet-mnist.ts 3` trains for 3 epochs.
const epochs = Number(process.argv[2] ?? 10);
const loader = new data.DataLoader(shifted, { batchSize: 64, shuffle: true });
const optimizer = new optim.Adam(net.parameters());
const started = performance.now();
await train.fit(net, {
  train: loader,
  loss: new nn.CrossEntropyLoss(),
  optimizer,
  scheduler: new optim.lrScheduler.OneCycleLR(optimizer, { maxLr: 0.01, totalSteps: epochs * loader.length }),
  schedulerInterval: "step",
  epochs,
  onEpoch: ({ epoch, train: scores }) => console.log(`epoch ${epoch}: training loss ${scores.loss.toFixed(4)}`),
});
console.log(`trained in ${((performance.now() - started) / 1000).toFixed(1)} s`);

const guesses = train.predict(net, testX).argmax(1);
const right = guesses.eq(testY);
console.log(`held-out digits: ${(100 * right.float().mean().item()).toFixed(2)}% of ${testY.shape[0]} right`);
