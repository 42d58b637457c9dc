import { jit, numpy as np } from "@jax-js/jax";
import { type Arrays, beginTraining, jaxArray, makeTrainingStep, predict, startJax } from "../rivals/jaxNet.ts";
import { pick, readTable, report, settings, shuffledBatches } from "./table.ts";

/** Weights drawn as PyTorch draws those of a Linear: uniform within 1 / sqrt(inputs). */
function freshState(sizes: readonly number[]) {
  const parameters: Arrays = {};
  const statistics: Arrays = {};
  sizes.slice(1).forEach((outputs, i) => {
    const bound = 1 / Math.sqrt(sizes[i]);
    const uniform = (n: number) => Float32Array.from({ length: n }, () => (2 * Math.random() - 1) * bound);
    parameters[`${3 * i}.weight`] = jaxArray(uniform(sizes[i] * outputs), [sizes[i], outputs]);
    parameters[`${3 * i}.bias`] = jaxArray(uniform(outputs), [outputs]);
    if (i === sizes.length - 2) return;
    parameters[`${3 * i + 1}.weight`] = np.ones([outputs]);
    parameters[`${3 * i + 1}.bias`] = np.zeros([outputs]);
    statistics[`${3 * i + 1}.running_mean`] = np.zeros([outputs]);
    statistics[`${3 * i + 1}.running_var`] = np.ones([outputs]);
  });
  return beginTraining(parameters, statistics, settings.rate);
}

await startJax("");
const { train, test } = readTable();
const step = makeTrainingStep("mse");
let state = freshState(settings.sizes);
let steps = 0;
for (let epoch = 0; epoch < settings.epochs; epoch++) {
  for (const indices of shuffledBatches(train.y.length)) {
    const x = jaxArray(pick(train.x, indices, 9), [indices.length, 9]);
    const y = jaxArray(pick(train.y, indices, 1), [indices.length, 1]);
    const [next, loss] = step(state, x, y);
    loss.js(); // what nobody reads piles up, and each step gets slower than the last
    state = next;
    steps++;
  }
}
const predicted = jit(predict)(state.parameters, state.statistics, jaxArray(test.x, [test.y.length, 9]));
report(predicted.dataSync(), test, steps);
