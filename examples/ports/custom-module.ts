// Modules of one's own: parameters, a buffer, a residual block, blocks in a ModuleList and heads in
// a ModuleDict. The network predicts two things of a car at once: how far it goes with a gallon,
// and how long it takes to 60 mph.
import { compile, F, full, manualSeed, nn, noGrad, optim, randperm, type Tensor, tensor, zeros } from "evenkeel";
import { type Car, fingerprint, readRows } from "./tables.ts";

const cars = readRows<Car>("cars.json").filter((car) => car.Miles_per_Gallon !== null && car.Horsepower !== null);
const columns = ["Cylinders", "Displacement", "Horsepower", "Weight_in_lbs"] as const;
const targets = ["Miles_per_Gallon", "Acceleration"] as const;
type Targets = Record<(typeof targets)[number], Tensor>;
const x = tensor(cars.map((car) => columns.map((column) => Number(car[column]))));
const y = Object.fromEntries(
  targets.map((target) => [target, tensor(cars.map((car) => [Number(car[target])]))]),
) as Targets;

/** What is known of the training rows belongs to the model's state, but is not trained. */
class Standardize extends nn.Module {
  mean: nn.Buffer;
  std: nn.Buffer;

  constructor(rows: Tensor) {
    super();
    this.mean = new nn.Buffer(rows.mean(0));
    this.std = new nn.Buffer(rows.std(0));
  }

  forward(x: Tensor) {
    return x.sub(this.mean).div(this.std);
  }
}

class MyLinear extends nn.Module {
  inFeatures: number;
  outFeatures: number;
  weight: nn.Parameter;
  bias: nn.Parameter;

  constructor(inFeatures: number, outFeatures: number) {
    super();
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = new nn.Parameter(zeros([outFeatures, inFeatures]));
    this.bias = new nn.Parameter(zeros([outFeatures]));
    nn.init.kaimingUniform_(this.weight, { a: Math.sqrt(5) });
  }

  forward(x: Tensor) {
    return x.matmul(this.weight.T).add(this.bias);
  }

  override extraRepr() {
    return `in=${this.inFeatures}, out=${this.outFeatures}`;
  }
}

/** x plus a correction, whose weight is learned and starts small. */
class Residual extends nn.Module {
  inner: MyLinear;
  activation: nn.Module;
  scale: nn.Parameter;

  constructor(width: number, activation: nn.Module) {
    super();
    this.inner = new MyLinear(width, width);
    this.activation = activation;
    this.scale = new nn.Parameter(full([1], 0.1));
  }

  forward(x: Tensor) {
    return x.add(this.scale.mul(this.activation(this.inner(x))));
  }
}

class CarNet extends nn.Module<[Tensor], Targets> {
  standardize: Standardize;
  first: MyLinear;
  blocks: nn.ModuleList<Residual>;
  heads: nn.ModuleDict<nn.Linear>;

  constructor(rows: Tensor, width = 24, depth = 3) {
    super();
    this.standardize = new Standardize(rows);
    this.first = new MyLinear(rows.shape[1], width);
    this.blocks = new nn.ModuleList(Array.from({ length: depth }, () => new Residual(width, new nn.Tanh())));
    this.heads = new nn.ModuleDict({
      Miles_per_Gallon: new nn.Linear(width, 1),
      Acceleration: new nn.Linear(width, 1),
    });
  }

  forward(x: Tensor) {
    x = F.gelu(this.first(this.standardize(x)));
    for (const block of this.blocks) x = block(x);
    return Object.fromEntries(this.heads.items().map(([name, head]) => [name, head(x)])) as Targets;
  }
}

manualSeed(3);
const [trainRows, testRows] = randperm(x.shape[0]).split([312, 80]);
const net = new CarNet(x.indexSelect(0, trainRows));
console.log(String(net));
for (const [name, parameter] of net.namedParameters()) {
  console.log(`${name}: ${parameter.shape.join(" x ")}`);
}
console.log(
  "buffers:",
  net
    .namedBuffers()
    .map(([name]) => name)
    .join(", "),
);
const trained = net.parameters().filter((p) => p.requiresGrad);
console.log(
  "weights to train:",
  trained.reduce((sum, p) => sum + p.numel(), 0),
);
console.log("weights", fingerprint(net.parameters()));

const optimizer = new optim.AdamW(net.parameters(), { lr: 0.004 });
const step = compile((x: Tensor, y: Targets) => {
  optimizer.zeroGrad();
  const predicted = net(x);
  const losses = targets.map((target) => F.smoothL1Loss(predicted[target], y[target]));
  const loss = losses[0].add(losses[1]);
  loss.backward();
  optimizer.step();
  return loss;
});
const rowsOf = (rows: Tensor) =>
  Object.fromEntries(targets.map((target) => [target, y[target].indexSelect(0, rows)])) as Targets;

for (let epoch = 1; epoch <= 30; epoch++) {
  let total = 0;
  for (const rows of trainRows.indexSelect(0, randperm(trainRows.numel())).split(24)) {
    const loss = step(x.indexSelect(0, rows), rowsOf(rows));
    total += loss.item() * rows.numel();
  }
  if (epoch % 5 === 0) console.log(`epoch ${epoch}: training loss ${(total / trainRows.numel()).toPrecision(7)}`);
}

net.eval();
noGrad(() => {
  const predicted = net(x.indexSelect(0, testRows));
  const expected = rowsOf(testRows);
  for (const target of targets) {
    const error = F.l1Loss(predicted[target], expected[target]);
    console.log(`${target}: mean absolute error on the test rows ${error.item().toPrecision(7)}`);
  }
});
console.log("weights of the blocks:", ...Array.from(net.blocks, (block) => block.scale.item().toPrecision(7)));
