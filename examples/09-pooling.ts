// Pooling makes a picture smaller. Largest value, average, and both over the whole picture: first
// on one digit, then as the head of the same ConvNet, five trainings each.
import { compile, data, F, manualSeed, nn, noGrad, optim, type Tensor, tensor, train } from "evenkeel";
import { draw, readDigits } from "./digits.ts";

manualSeed(0);
const { x, y } = readDigits(3000);

// One picture. Pooling over windows of 4 x 4 keeps where things are, roughly; global pooling
// forgets it.
const picture = x.select(0, 0); // [1, 28, 28]
console.log(`a ${y.get(0).item()}, 28 x 28:\n${draw(picture.squeeze(0))}`);
console.log(`its largest values in windows of 4 x 4:\n${draw(F.maxPool2d(picture, 4).squeeze(0))}`);
console.log(`its averages there, which fade what is thin:\n${draw(F.avgPool2d(picture, 4).squeeze(0))}`);
console.log(
  `global average ${picture.mean([1, 2]).item().toFixed(3)}, global max ${picture.amax([1, 2]).item().toFixed(3)}`,
);

// The same features [N, 32, 7, 7] under four heads. The windows leave 32 x 3 x 3 numbers for the
// last layer, the global ones 32.
const heads = {
  "max pooling 2 x 2": { pool: () => new nn.MaxPool2d(2), outputs: 32 * 3 * 3 },
  "average pooling 2 x 2": { pool: () => new nn.AvgPool2d(2), outputs: 32 * 3 * 3 },
  "global average pooling": { pool: () => new nn.AdaptiveAvgPool2d(1), outputs: 32 },
  "global max pooling": { pool: () => new nn.AdaptiveMaxPool2d(1), outputs: 32 },
};

const block = (inputs: number, outputs: number) => [
  new nn.Conv2d(inputs, outputs, 3, { padding: 1, bias: false }),
  new nn.BatchNorm2d(outputs),
  new nn.ReLU(),
];

const network = ({ pool, outputs }: (typeof heads)[keyof typeof heads]) =>
  new nn.Sequential(
    ...block(1, 8),
    new nn.MaxPool2d(2),
    ...block(8, 16),
    new nn.MaxPool2d(2),
    ...block(16, 32),
    pool(),
    new nn.Flatten(),
    new nn.Linear(outputs, 10),
  );

/** The mean, and half of its 95% interval by Student's t with 4 degrees of freedom. */
function interval(values: Tensor): string {
  const half = (2.776 * values.std().item()) / Math.sqrt(values.numel());
  return `${values.mean().item().toFixed(2)} ± ${half.toFixed(2)}%`;
}

// `npx tsx examples/09-pooling.ts 2` trains each network for 2 epochs.
const epochs = Number(process.argv[2] ?? 5);
const [trainX, testX] = x.split([2000, 1000]);
const [trainY, testY] = y.split([2000, 1000]);
for (const [name, head] of Object.entries(heads)) {
  const accuracies: number[] = [];
  const started = performance.now();
  for (let seed = 0; seed < 5; seed++) {
    manualSeed(seed);
    const net = network(head);
    const loader = new data.DataLoader(new data.TensorDataset(trainX, trainY), { batchSize: 64, shuffle: true });
    await train.fit(net, {
      train: loader,
      loss: new nn.CrossEntropyLoss(),
      optimizer: new optim.Adam(net.parameters(), { lr: 0.005 }),
      epochs,
    });
    // After so few steps the running averages still describe weights that are gone.
    train.updateBatchNorm(net, loader, { compile: true });
    net.eval();
    const classify = compile((pictures: Tensor) => noGrad(() => net(pictures).argmax(1)));
    accuracies.push(100 * classify(testX).eq(testY).float().mean().item());
  }
  const seconds = ((performance.now() - started) / 5000).toFixed(1);
  const parameters = network(head)
    .parameters()
    .reduce((sum, parameter) => sum + parameter.numel(), 0);
  console.log(`${name}: ${interval(tensor(accuracies))} right, ${parameters} parameters, ${seconds} s a training`);
}
