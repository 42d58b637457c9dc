// What fit() does, written out: the loop every PyTorch user knows, with a validation part, the best
// weights kept, and a checkpoint from which training goes on as if it had never stopped.
import {
  cloneState,
  compile,
  data,
  F,
  Generator,
  getRngState,
  manualSeed,
  nn,
  noGrad,
  optim,
  setRngState,
  type Tensor,
  tensor,
} from "evenkeel";
import { readMpg } from "./mpg.ts";

manualSeed(0);
const cars = readMpg();
const table = new data.TensorDataset(tensor(cars.x), tensor(cars.y).unsqueeze(1));
// A generator of its own makes the split independent of everything else that is drawn.
const [trainPart, validPart] = data.randomSplit(table, [0.8, 0.2], { generator: new Generator(0) });
// 314 rows at 32 end with a batch of 26. Where they would end with a batch of one row, BatchNorm
// has no variance to divide by and refuses: say dropLast: true, or choose another batch size.
const trainLoader = new data.DataLoader(trainPart, { batchSize: 32, shuffle: true });
const validLoader = new data.DataLoader(validPart, { batchSize: 78 });

// The bias of a Linear right before a BatchNorm would be taken away again with the mean, so it is
// left out.
const makeNet = () =>
  new nn.Sequential(
    new nn.BatchNorm1d(9), // on the features themselves: a z-score that is part of the network
    new nn.Linear(9, 50, { bias: false }),
    new nn.BatchNorm1d(50),
    new nn.ReLU(),
    new nn.Linear(50, 1),
  );

const net = makeNet();
const optimizer = new optim.Adam(net.parameters(), { lr: 0.01, weightDecay: 1e-4 });
const lossOf = new nn.MSELoss();

/**
 * One training step. Compiled, all of it runs as one WebAssembly program; without compile() it runs
 * op by op.
 */
const makeStep = (model: nn.Module, optimizer: optim.Adam) =>
  compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad(); // gradients add up, so forget the last ones
    const loss = lossOf(model(x), y);
    loss.backward(); // fills parameter.grad
    optim.clipGradNorm(model.parameters(), 100);
    optimizer.step(); // moves every parameter along its gradient
    return loss;
  });

/** Once through the training rows; gives the mean loss over them. */
function trainEpoch(model: nn.Module, step: (x: Tensor, y: Tensor) => Tensor): number {
  model.train(); // BatchNorm normalizes by the batch, Dropout drops
  let total = 0;
  for (const [x, y] of trainLoader) total += step(x, y).item() * x.shape[0];
  return total / trainPart.length;
}

/** Mean absolute error over the validation rows. */
function validate(model: nn.Module): number {
  model.eval(); // BatchNorm uses its running statistics, Dropout does nothing
  return noGrad(() => {
    let total = 0;
    for (const [x, y] of validLoader) total += F.l1Loss(model(x), y, { reduction: "sum" }).item();
    return total / validPart.length;
  });
}

const step = makeStep(net, optimizer);

// A state dict shares its memory with the model, as in PyTorch: what is to stay as it is must be
// copied.
let best = { epoch: 0, mae: Infinity, state: cloneState(net.stateDict()) };

for (let epoch = 1; epoch <= 40; epoch++) {
  if (epoch === 21) for (const group of optimizer.paramGroups) group.lr /= 10; // a schedule of one step
  const loss = trainEpoch(net, step);
  const mae = validate(net);
  if (mae < best.mae) best = { epoch, mae, state: cloneState(net.stateDict()) };
  if (epoch % 5 === 0) console.log(`epoch ${epoch}: training loss ${loss.toFixed(2)}, MAE ${mae.toFixed(2)}`);
}

// A checkpoint is all that the next step depends on: weights and running statistics, the
// optimizer's moments and rates, and where the random stream stands, because that decides the order
// of the rows.
const checkpoint = cloneState({
  model: net.stateDict(),
  optimizer: optimizer.stateDict(),
  random: getRngState(),
});

const goingOn = [trainEpoch(net, step), trainEpoch(net, step)];

const resumed = makeNet();
const resumedOptimizer = new optim.Adam(resumed.parameters());
resumed.loadStateDict(checkpoint.model);
resumedOptimizer.loadStateDict(checkpoint.optimizer);
setRngState(checkpoint.random);
const resumedStep = makeStep(resumed, resumedOptimizer);
const afterResuming = [trainEpoch(resumed, resumedStep), trainEpoch(resumed, resumedStep)];

const same = goingOn.every((loss, i) => loss === afterResuming[i]);
console.log("losses of two more epochs, going on:", goingOn);
console.log("after resuming from the checkpoint: ", afterResuming);
console.log("the same to the last bit:", same);

net.loadStateDict(best.state);
// All rows of a part at once, to compare with the simplest guess there is.
const [, trainY] = trainPart.batch();
const [, validY] = validPart.batch();
const guess = validY.sub(trainY.mean()).abs().mean().item();
console.log(`predicting the mean: validation MAE ${guess.toFixed(2)} mpg`);
console.log(`best weights, of epoch ${best.epoch}: validation MAE ${validate(net).toFixed(2)} mpg`);
