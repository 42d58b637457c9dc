// Embeddings: brand and origin of a car as vectors that are learned, beside its figures.
import { cat, compile, data, F, manualSeed, nn, noGrad, optim, type Tensor, tensor } from "evenkeel";
import { type Car, fingerprint, readRows } from "./tables.ts";

const cars = readRows<Car>("cars.json").filter((car) => car.Miles_per_Gallon !== null && car.Horsepower !== null);
const spellings = { chevy: "chevrolet", chevroelt: "chevrolet", maxda: "mazda", mercedes: "mercedes-benz" };
const others = { toyouta: "toyota", vokswagen: "volkswagen", vw: "volkswagen" };
const spelled = new Map(Object.entries({ ...spellings, ...others }));
const brandOf = cars.map((car) => car.Name.split(" ")[0]).map((brand) => spelled.get(brand) ?? brand);
const [brands, origins] = [[...new Set(brandOf)].sort(), [...new Set(cars.map((car) => car.Origin))].sort()];
const columns = ["Displacement", "Horsepower", "Weight_in_lbs", "Acceleration"] as const;

const raw = tensor(cars.map((car) => columns.map((column) => Number(car[column]))));
const numbers = raw.sub(raw.mean(0)).div(raw.std(0));
const categories = tensor(
  cars.map((car, i) => [brands.indexOf(brandOf[i]), origins.indexOf(car.Origin)]),
  { dtype: "int32" },
);
const y = tensor(cars.map((car) => [Number(car.Miles_per_Gallon)]));
console.log(`${cars.length} cars, ${brands.length} brands, ${origins.length} origins`);

class TabularModel extends nn.Module<[categories: Tensor, numbers: Tensor]> {
  embeddings: nn.ModuleList<nn.Embedding>;
  lin1: nn.Linear;
  norm = new nn.LayerNorm(32);
  lin2: nn.Linear;
  drop = new nn.Dropout(0.1);

  constructor(embeddingSizes: [categories: number, size: number][], nNumbers: number) {
    super();
    this.embeddings = new nn.ModuleList(embeddingSizes.map(([categories, size]) => new nn.Embedding(categories, size)));
    const nEmbedded = Array.from(this.embeddings).reduce((sum, { embeddingDim }) => sum + embeddingDim, 0);
    this.lin1 = new nn.Linear(nEmbedded + nNumbers, 32);
    this.lin2 = new nn.Linear(32, 1);
  }

  forward(categories: Tensor, numbers: Tensor) {
    let x = cat(
      Array.from(this.embeddings, (embedding, i) => embedding(categories.select(1, i))),
      1,
    );
    x = cat([this.drop(x), numbers], 1);
    return this.lin2(F.relu(this.norm(this.lin1(x))));
  }
}

manualSeed(27);
const [trainPart, testPart] = data.randomSplit(new data.TensorDataset(categories, numbers, y), [0.8, 0.2]);
const model = new TabularModel(
  [
    [brands.length, 4],
    [origins.length, 2],
  ],
  columns.length,
);
console.log(String(model));
console.log("weights", fingerprint(model.parameters()));
const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
const scheduler = new optim.lrScheduler.ExponentialLR(optimizer, { gamma: 0.95 });

const step = compile((categories: Tensor, numbers: Tensor, targets: Tensor) => {
  optimizer.zeroGrad();
  const loss = F.mseLoss(model(categories, numbers), targets);
  loss.backward();
  optimizer.step();
  return loss;
});

const loader = new data.DataLoader(trainPart, { batchSize: 32, shuffle: true });
for (let epoch = 1; epoch <= 30; epoch++) {
  model.train();
  let total = 0;
  for (const [categories, numbers, targets] of loader) {
    total += step(categories, numbers, targets).item() * targets.shape[0];
  }
  scheduler.step();
  if (epoch % 5 === 0) console.log(`epoch ${epoch}: training loss ${(total / trainPart.length).toPrecision(7)}`);
}

model.eval();
noGrad(() => {
  const [categories, numbers, targets] = testPart.batch();
  const error = model(categories, numbers).sub(targets).abs().mean();
  console.log(`mean absolute error on the test rows: ${error.item().toPrecision(7)} mpg`);

  // The brands that are nearest in what was learned.
  const vectors = model.embeddings.at(0).weight;
  for (const brand of ["chevrolet", "toyota", "volkswagen"]) {
    const distances = vectors
      .sub(vectors.get(brands.indexOf(brand)))
      .pow(2)
      .sum(1)
      .sqrt().data;
    const nearest = brands.map((_, i) => i).sort((a, b) => distances[a] - distances[b]);
    const shown = nearest.slice(1, 4).map((i) => `${brands[i]} ${distances[i].toPrecision(7)}`);
    console.log(`${brand}: ${shown.join(", ")}`);
  }
});
