// PyTorch's quickstart, on a table: the weather of a day in Seattle from four measurements.
// https://pytorch.org/tutorials/beginner/basics/quickstart_tutorial.html
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, data, io, manualSeed, nn, noGrad, optim, type Tensor, tensor } from "evenkeel";
import { fingerprint, readCsv } from "./tables.ts";

const classes = ["drizzle", "fog", "rain", "snow", "sun"];

type Transform = (x: Tensor) => Tensor;

/** The days of 2012 to 2014 to train on, those of 2015 to test. */
class SeattleWeather implements data.Dataset<[Tensor, Tensor]> {
  readonly measured: Tensor;
  readonly labels: Tensor;
  readonly transform: Transform | undefined;

  constructor({ train, transform }: { train: boolean; transform?: Transform }) {
    const days = readCsv("seattle-weather.csv").filter((day) => day.date < "2015" === train);
    const names = ["precipitation", "temp_max", "temp_min", "wind"];
    this.measured = tensor(days.map((day) => names.map((name) => Number(day[name]))));
    this.labels = tensor(
      days.map((day) => classes.indexOf(day.weather)),
      { dtype: "int32" },
    );
    this.transform = transform;
  }

  get length() {
    return this.labels.shape[0];
  }

  get(index: number): [Tensor, Tensor] {
    const x = this.measured.get(index);
    return [this.transform ? this.transform(x) : x, this.labels.get(index)];
  }
}

const raw = new SeattleWeather({ train: true }).measured;
const [mean, std] = [raw.mean(0), raw.std(0)];

const normalize = (x: Tensor) => x.sub(mean).div(std);

const trainingData = new SeattleWeather({ train: true, transform: normalize });
const testData = new SeattleWeather({ train: false, transform: normalize });

manualSeed(34);
const batchSize = 64;
const trainDataloader = new data.DataLoader(trainingData, { batchSize, shuffle: true });
const testDataloader = new data.DataLoader(testData, { batchSize });

for (const [X, y] of testDataloader) {
  console.log(`Shape of X [N, C]: [${X.shape[0]}, ${X.shape[1]}]`);
  console.log(`Shape of y: [${y.shape[0]}]`);
  break;
}

class NeuralNetwork extends nn.Module {
  flatten = new nn.Flatten();
  linear_relu_stack = new nn.Sequential(
    new nn.Linear(4, 64),
    new nn.ReLU(),
    new nn.Linear(64, 64),
    new nn.ReLU(),
    new nn.Linear(64, 5),
  );

  forward(x: Tensor) {
    x = this.flatten(x);
    const logits = this.linear_relu_stack(x);
    return logits;
  }
}

const model = new NeuralNetwork();
console.log(String(model));
console.log("weights", fingerprint(Object.values(model.stateDict())));

const lossFn = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 1e-1 });

// The body of the loop, as one WebAssembly program.
const step = compile((X: Tensor, y: Tensor) => {
  const pred = model(X);
  const loss = lossFn(pred, y);

  loss.backward();
  optimizer.step();
  optimizer.zeroGrad();
  return loss;
});

function train(dataloader: typeof trainDataloader, model: nn.Module, step: (X: Tensor, y: Tensor) => Tensor) {
  const size = dataloader.dataset.length;
  model.train();
  let batch = 0;
  for (const [X, y] of dataloader) {
    const loss = step(X, y);
    if (batch % 8 === 0) {
      console.log(`loss: ${loss.item().toPrecision(7)}  [${batch * batchSize + X.shape[0]}/${size}]`);
    }
    batch++;
  }
}

function test(dataloader: typeof testDataloader, model: nn.Module, lossFn: nn.CrossEntropyLoss) {
  const size = dataloader.dataset.length;
  const numBatches = dataloader.length;
  model.eval();
  let [testLoss, correct] = [0, 0];
  noGrad(() => {
    for (const [X, y] of dataloader) {
      const pred = model(X);
      testLoss += lossFn(pred, y).item();
      correct += pred.argmax(1).eq(y).float().sum().item();
    }
  });
  testLoss /= numBatches;
  correct /= size;
  console.log(`Test Error:\n Accuracy: ${(100 * correct).toFixed(1)}%, Avg loss: ${testLoss.toPrecision(7)}\n`);
}

const epochs = 5;
for (let t = 0; t < epochs; t++) {
  console.log(`Epoch ${t + 1}\n-------------------------------`);
  train(trainDataloader, model, step);
  test(testDataloader, model, lossFn);
}
console.log("Done!");

const folder = mkdtempSync(join(tmpdir(), "quickstart-"));
const path = join(folder, "model.safetensors");
writeFileSync(path, io.saveSafetensors(model.stateDict()));
console.log("Saved the model's state");

const loaded = new NeuralNetwork();
loaded.loadStateDict(io.loadSafetensors(readFileSync(path)).tensors);
rmSync(folder, { recursive: true });
const same = fingerprint(Object.values(loaded.stateDict())) === fingerprint(Object.values(model.stateDict()));
console.log("loaded the same weights:", same ? "yes" : "no");

loaded.eval();
const [x, y] = testData.get(0);
noGrad(() => {
  const pred = loaded(x.unsqueeze(0));
  const [predicted, actual] = [classes[pred.get(0).argmax(0).item()], classes[y.item()]];
  console.log(`Predicted: "${predicted}", Actual: "${actual}"`);
});
