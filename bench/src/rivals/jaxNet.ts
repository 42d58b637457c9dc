import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import type { ProblemReader } from "../problem.ts";

// biome-ignore lint/suspicious/noExplicitAny: the package is installed apart, and the repository checked without its types
export type JaxArray = any;

/** Arrays by the names of a PyTorch Sequential; weights of Linear layers are [inputs, outputs]. */
export type Arrays = Record<string, JaxArray>;

/** What a training step takes and gives back: jax-js has no state of its own. */
export interface TrainingState extends Record<string, Arrays> {
  parameters: Arrays;
  /** Running means and variances. */
  statistics: Arrays;
  /** Adam's moments. */
  first: Arrays;
  second: Arrays;
  /** Powers of Adam's betas, and the learning rate. */
  scalars: Arrays;
}

export function jaxArray(data: Float32Array, shape: readonly number[]): JaxArray {
  return np.array(data).reshape([...shape]);
}

export function loadState(reader: ProblemReader): TrainingState {
  const parameters: Arrays = {};
  const statistics: Arrays = {};
  for (const { name, shape } of reader.problem.arrays) {
    if (!/^\d/.test(name)) continue;
    const target = name.includes("running") ? statistics : parameters;
    target[name] =
      shape.length === 2 ? jaxArray(reader.transposed(name), [...shape].reverse()) : jaxArray(reader.data(name), shape);
  }
  return beginTraining(parameters, statistics);
}

export function beginTraining(parameters: Arrays, statistics: Arrays, rate = 1e-3): TrainingState {
  const zeros = () => mapArrays(parameters, (parameter) => np.zeros(parameter.shape));
  const scalars = { beta1: np.array(1), beta2: np.array(1), rate: np.array(rate) };
  return { parameters, statistics, first: zeros(), second: zeros(), scalars };
}

/** Takes ownership of all it is given, as functions of jax-js do. */
export function predict(parameters: Arrays, statistics: Arrays, x: JaxArray): JaxArray {
  return linearForward(parameters, statistics, x, false).output;
}

/**
 * A forward pass that takes ownership of its arguments.
 * @returns the outputs, and the running statistics moved if training
 */
export type Forward = (
  parameters: Arrays,
  statistics: Arrays,
  x: JaxArray,
  training: boolean,
) => { readonly output: JaxArray; readonly statistics: Arrays };

/** One step of training; takes ownership of its arguments. @returns the new state and the loss */
export function makeTrainingStep(
  loss: "mse" | "crossEntropy",
  forward: Forward = linearForward,
): (state: TrainingState, x: JaxArray, y: JaxArray) => [TrainingState, JaxArray] {
  const lossOf = (parameters: Arrays, statistics: Arrays, x: JaxArray, y: JaxArray) => {
    const result = forward(parameters, statistics, x, true);
    const value =
      loss === "mse"
        ? np.square(result.output.sub(y)).mean()
        : nn.logSoftmax(result.output, -1).mul(y).sum(-1).mean().neg();
    return [value, result.statistics];
  };
  return jit((state: TrainingState, x: JaxArray, y: JaxArray) => {
    const kept = mapArrays(state.parameters, (parameter) => parameter.ref);
    const [[value, statistics], gradients] = valueAndGrad(lossOf, { hasAux: true })(
      state.parameters,
      state.statistics,
      x,
      y,
    );
    return [{ ...adam({ ...state, parameters: kept }, gradients), statistics }, value];
  });
}

/** Linear layers, each but the last with BatchNorm and ReLU. */
function linearForward(parameters: Arrays, statistics: Arrays, x: JaxArray, training: boolean) {
  const moved: Arrays = {};
  for (let i = 0; `${i}.weight` in parameters; i += 3) {
    x = np.matmul(x, parameters[`${i}.weight`]).add(parameters[`${i}.bias`]);
    if (!(`${i + 1}.weight` in parameters)) break;
    x = nn.relu(batchNorm(x, i + 1, parameters, statistics, training ? moved : undefined));
  }
  return { output: x, statistics: moved };
}

/**
 * BatchNorm of [N, C] or [N, C, H, W] written out: jax-js has none.
 *
 * @param moved gets the running statistics moved by the batch; without it they normalize
 */
export function batchNorm(x: JaxArray, layer: number, parameters: Arrays, statistics: Arrays, moved?: Arrays) {
  const names = { mean: `${layer}.running_mean`, variance: `${layer}.running_var` };
  const running = { mean: statistics[names.mean], variance: statistics[names.variance] };
  const [, ...picture]: number[] = x.shape.slice(1);
  const axes = [0, ...picture.map((_, i) => i + 2)];
  const values = axes.reduce((product, axis) => product * x.shape[axis], 1);
  const perChannel = (array: JaxArray) => array.reshape([array.shape[0], ...picture.map(() => 1)]);
  const mean = moved ? x.ref.mean(axes) : running.mean;
  const centred = x.sub(perChannel(mean.ref));
  const variance = moved ? np.square(centred.ref).mean(axes) : running.variance;
  if (moved) {
    moved[names.mean] = running.mean.mul(0.9).add(mean.mul(0.1));
    moved[names.variance] = running.variance.mul(0.9).add(variance.ref.mul((0.1 * values) / (values - 1)));
  } else mean.dispose();
  const scale = parameters[`${layer}.weight`].div(np.sqrt(variance.add(1e-5)));
  return centred.mul(perChannel(scale)).add(perChannel(parameters[`${layer}.bias`]));
}

function adam({ parameters, first, second, scalars }: TrainingState, gradients: Arrays) {
  const beta1 = scalars.beta1.mul(0.9);
  const beta2 = scalars.beta2.mul(0.999);
  const size = scalars.rate.ref.div(np.array(1).sub(beta1.ref));
  const correction = np.sqrt(np.array(1).sub(beta2.ref));
  const next = { parameters: {} as Arrays, first: {} as Arrays, second: {} as Arrays };
  for (const [name, gradient] of Object.entries(gradients)) {
    const mean = first[name].mul(0.9).add(gradient.ref.mul(0.1));
    const square = second[name].mul(0.999).add(np.square(gradient).mul(0.001));
    const denominator = np.sqrt(square.ref).div(correction.ref).add(1e-8);
    next.parameters[name] = parameters[name].sub(mean.ref.div(denominator).mul(size.ref));
    next.first[name] = mean;
    next.second[name] = square;
  }
  size.dispose();
  correction.dispose();
  return { ...next, scalars: { beta1, beta2, rate: scalars.rate } };
}

export function mapArrays(arrays: Arrays, fn: (array: JaxArray) => JaxArray): Arrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, fn(array)]));
}

/** Chooses the WebAssembly device, which runs on one thread in Node. */
export async function startJax(version: string): Promise<string> {
  // Node 20 has no navigator, and the tuner of jax-js asks it whether it is on a telephone.
  if (typeof navigator === "undefined") Object.assign(globalThis, { navigator: { userAgent: "Node.js" } });
  await init("wasm");
  return `jax-js ${version}, ${defaultDevice("wasm")}`;
}
