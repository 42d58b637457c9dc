import tf from "@tensorflow/tfjs";
import type { ProblemReader } from "../problem.ts";
import type { Layer } from "../workloads.ts";
import type { TfTensor } from "./tfjsNet.ts";

/**
 * A ConvNet over `tf.variable`s. The WebAssembly backend has no kernel for the gradient of a
 * two-dimensional convolution's weights (Conv2DBackpropFilter), so each convolution is a sum of
 * products, one for each place in its kernel. A conv3d over volumes of depth 1 can be trained, too,
 * and takes 0.7 times as long at W7, but more than 3 times at W8.
 */
export class TfConvNet {
  readonly #layers: readonly Layer[];
  /** By the names of a PyTorch Sequential, shaped as TensorFlow.js wants them. */
  readonly #variables: Readonly<Record<string, TfTensor>>;

  constructor(reader: ProblemReader, layers: readonly Layer[]) {
    this.#layers = layers;
    const names = reader.problem.arrays.map(({ name }) => name).filter((name) => /^\d/.test(name));
    this.#variables = Object.fromEntries(
      names.map((name) => [name, tf.variable(load(reader, name), !name.includes("running"))]),
    );
  }

  parameters(): TfTensor[] {
    return Object.entries(this.#variables).flatMap(([name, value]) => (name.includes("running") ? [] : [value]));
  }

  /** In training, from pictures in NCHW; to be called within tf.tidy. */
  forward(pictures: TfTensor): TfTensor {
    let x = tf.transpose(pictures, [0, 2, 3, 1]);
    for (const [i, layer] of this.#layers.entries()) {
      const weight = this.#variables[`${i}.weight`];
      switch (layer[0]) {
        case "conv":
          x = convolve(x, weight, layer[4]);
          break;
        case "batchNorm":
          x = this.#batchNorm(x, i);
          break;
        case "relu":
          x = tf.relu(x);
          break;
        case "maxPool":
          x = tf.maxPool(x, layer[1], layer[1], "valid");
          break;
        case "globalAverage":
          x = tf.mean(x, [1, 2], true);
          break;
        case "flatten":
          x = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [x.shape[0], -1]);
          break;
        case "linear":
          x = tf.add(tf.matMul(x, weight), this.#variables[`${i}.bias`]);
      }
    }
    return x;
  }

  #batchNorm(x: TfTensor, i: number): TfTensor {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    const values = x.size / x.shape[3];
    const move = (running: TfTensor, value: TfTensor) => running.assign(tf.add(tf.mul(running, 0.9), value));
    move(this.#variables[`${i}.running_mean`], tf.mul(mean, 0.1));
    move(this.#variables[`${i}.running_var`], tf.mul(variance, (0.1 * values) / (values - 1)));
    return tf.batchNorm(x, mean, variance, this.#variables[`${i}.bias`], this.#variables[`${i}.weight`], 1e-5);
  }
}

/** @param weight [k, k, C, O] */
function convolve(x: TfTensor, weight: TfTensor, padding: number): TfTensor {
  const [size, , inputs, outputs] = weight.shape;
  const around = [padding, padding];
  const padded = padding === 0 ? x : tf.pad(x, [[0, 0], around, around, [0, 0]]);
  const [batch, height, width] = [padded.shape[0], padded.shape[1] - size + 1, padded.shape[2] - size + 1];
  let sum: TfTensor;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const seen = tf.slice(padded, [0, row, column, 0], [batch, height, width, inputs]);
      const matrix = tf.slice(weight, [row, column, 0, 0], [1, 1, inputs, outputs]);
      const product = tf.matMul(tf.reshape(seen, [-1, inputs]), tf.reshape(matrix, [inputs, outputs]));
      sum = sum === undefined ? product : tf.add(sum, product);
    }
  }
  return tf.reshape(sum, [batch, height, width, outputs]);
}

/** Weights of Linear layers are [inputs, outputs] here, those of convolutions [k, k, C, O]. */
function load(reader: ProblemReader, name: string): TfTensor {
  const value = tf.tensor(reader.data(name), reader.shape(name));
  if (value.rank === 2) return tf.transpose(value);
  return value.rank === 4 ? tf.transpose(value, [2, 3, 1, 0]) : value;
}
