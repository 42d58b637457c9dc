// A classifier: the species of a penguin from four measurements.
import { compile, data, manualSeed, nn, noGrad, optim, relu, type Tensor, tensor } from "evenkeel";
import { fingerprint, type Penguin, readRows } from "./tables.ts";

const columns = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)", "Body Mass (g)"] as const;
const penguins = readRows<Penguin>("penguins.json").filter((row) => columns.every((column) => row[column] !== null));
const species = [...new Set(penguins.map((row) => row.Species))].sort();
const x = tensor(penguins.map((row) => columns.map((column) => Number(row[column]))));
const y = tensor(
  penguins.map((row) => species.indexOf(row.Species)),
  { dtype: "int32" },
);

manualSeed(1);
const dataset = new data.TensorDataset(x, y);
const [trainPart, testPart] = data.randomSplit(dataset, [272, 70]);
console.log(`${dataset.length} penguins: ${species.join(", ")}`);
console.log("first training rows:", ...trainPart.indices.slice(0, 8));

const [trainX] = trainPart.batch();
const [mean, std] = [trainX.mean(0), trainX.std(0)];
x.sub_(mean).div_(std); // in place, so the dataset sees it

const trainLoader = new data.DataLoader(trainPart, { batchSize: 16, shuffle: true });
const testLoader = new data.DataLoader(testPart, { batchSize: 70 });

class Classifier extends nn.Module {
  hidden1: nn.Linear;
  hidden2: nn.Linear;
  out: nn.Linear;
  dropout: nn.Dropout;

  constructor(inputs: number, hidden: number, classes: number) {
    super();
    this.hidden1 = new nn.Linear(inputs, hidden);
    this.hidden2 = new nn.Linear(hidden, hidden);
    this.out = new nn.Linear(hidden, classes);
    this.dropout = new nn.Dropout(0.2);
  }

  forward(x: Tensor) {
    x = this.dropout(relu(this.hidden1(x)));
    x = this.dropout(relu(this.hidden2(x)));
    return this.out(x);
  }
}

const model = new Classifier(4, 16, 3);
console.log(String(model));
console.log("weights", fingerprint(model.parameters()));
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.005, weightDecay: 1e-4 });

const step = compile((inputs: Tensor, labels: Tensor) => {
  optimizer.zeroGrad();
  const outputs = model(inputs);
  const loss = criterion(outputs, labels);
  loss.backward();
  optimizer.step();
  return { outputs, loss };
});

for (let epoch = 1; epoch <= 20; epoch++) {
  model.train();
  let [runningLoss, correct] = [0, 0];
  for (const [inputs, labels] of trainLoader) {
    const { outputs, loss } = step(inputs, labels);
    runningLoss += loss.item() * inputs.shape[0];
    correct += outputs.argmax(1).eq(labels).sum().item();
  }
  if (epoch % 4 === 0) {
    const loss = (runningLoss / trainPart.length).toPrecision(7);
    console.log(`epoch ${epoch}: loss ${loss}, ${correct} of ${trainPart.length} right`);
  }
}

model.eval();
const confusion = [0, 0, 0].map(() => [0, 0, 0]);
let probabilities: number[] = [];
noGrad(() => {
  for (const [inputs, labels] of testLoader) {
    const logits = model(inputs);
    console.log(`test loss ${criterion(logits, labels).item().toPrecision(7)}`);
    probabilities = Array.from(logits.softmax(1).get(0).data);
    const guesses = logits.argmax(1).data;
    for (const [i, label] of labels.data.entries()) confusion[label][guesses[i]]++;
  }
});
console.log("rows: the species, columns: the guess");
for (const [i, name] of species.entries()) console.log(name, ...confusion[i]);
const right = confusion.reduce((sum, row, i) => sum + row[i], 0);
console.log(`${right} of ${testPart.length} test penguins right`);
console.log(`the first one: ${species.map((name, i) => `${name} ${probabilities[i].toFixed(4)}`).join(", ")}`);
