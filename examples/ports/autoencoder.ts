// An autoencoder: six figures of a car through two numbers and back. What comes back wrong is an
// unusual car.
import { compile, data, manualSeed, nn, noGrad, optim, type Tensor, tensor } from "evenkeel";
import { type Car, fingerprint, readRows } from "./tables.ts";

const cars = readRows<Car>("cars.json").filter((car) => car.Miles_per_Gallon !== null && car.Horsepower !== null);
const figures = ["Miles_per_Gallon", "Cylinders", "Displacement", "Horsepower"] as const;
const columns = [...figures, "Weight_in_lbs", "Acceleration"] as const;
let x = tensor(cars.map((car) => columns.map((column) => Number(car[column]))));
x = x.sub(x.mean(0)).div(x.std(0));

class Autoencoder extends nn.Module<[Tensor], [decoded: Tensor, code: Tensor]> {
  encoder = new nn.Sequential(new nn.Linear(6, 16), new nn.ELU(), new nn.Linear(16, 2));
  decoder = new nn.Sequential(new nn.Linear(2, 16), new nn.ELU(), new nn.Linear(16, 6));

  forward(x: Tensor): [decoded: Tensor, code: Tensor] {
    const code = this.encoder(x);
    return [this.decoder(code), code];
  }
}

manualSeed(6);
const model = new Autoencoder();
console.log("weights", fingerprint(model.parameters()));
const criterion = new nn.MSELoss();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01, weightDecay: 1e-5 });
const loader = new data.DataLoader(x.unbind(), { batchSize: 49, shuffle: true });

const step = compile((batch: Tensor) => {
  const [decoded] = model(batch);
  const loss = criterion(decoded, batch);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  return loss;
});

for (let epoch = 1; epoch <= 40; epoch++) {
  let total = 0;
  for (const batch of loader) total += step(batch).item() * batch.shape[0];
  if (epoch % 5 === 0) console.log(`epoch ${epoch}: loss ${(total / x.shape[0]).toPrecision(7)}`);
}

model.eval();
const [decoded, codes] = noGrad(() => model(x));
const squares = decoded.sub(x).square();
const spread = x.var(0, { correction: 0 }).mean().item();
console.log(`by the means of the columns alone the loss is ${spread.toPrecision(7)}`);
const byColumn = squares.mean(0).data;
console.log("error by column:", ...columns.map((column, i) => `${column} ${byColumn[i].toPrecision(7)}`));
for (const [i, car] of cars.slice(0, 3).entries()) {
  const [first, second] = codes.get(i).data;
  console.log(`${car.Name}: code ${first.toFixed(3)} ${second.toFixed(3)}`);
}
const errors = squares.mean(1).data;
const order = cars.map((_, i) => i).sort((a, b) => errors[b] - errors[a]);
for (const index of order.slice(0, 5)) {
  console.log(`unusual: ${cars[index].Name}, error ${errors[index].toPrecision(7)}`);
}
