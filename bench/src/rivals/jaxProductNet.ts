import { nn, numpy as np } from "@jax-js/jax";
import type { Layer } from "../workloads.ts";
import { type Arrays, batchNorm, type Forward, type JaxArray } from "./jaxNet.ts";

/**
 * The same pass as that of jaxConvNet.ts, the fastest way that was found: products of jax-js are
 * some ten times as fast as its convolutions, so each convolution is a sum of products, one for
 * each place in its kernel, and all is in NHWC.
 */
export function productNetForward(layers: readonly Layer[]): Forward {
  return (parameters, statistics, x) => {
    const moved: Arrays = {};
    x = np.transpose(x, [0, 2, 3, 1]);
    for (const [i, layer] of layers.entries()) {
      switch (layer[0]) {
        case "conv":
          x = convolve(x, parameters[`${i}.weight`], layer[4]);
          break;
        case "batchNorm": {
          const shape = x.shape;
          x = batchNorm(x.reshape([-1, layer[1]]), i, parameters, statistics, moved).reshape(shape);
          break;
        }
        case "relu":
          x = nn.relu(x);
          break;
        case "maxPool":
          x = maxPool(x, layer[1]);
          break;
        case "globalAverage":
          x = x.mean([1, 2], { keepdims: true });
          break;
        case "flatten":
          x = np.transpose(x, [0, 3, 1, 2]).reshape([x.shape[0], -1]);
          break;
        case "linear":
          x = np.matmul(x, parameters[`${i}.weight`]).add(parameters[`${i}.bias`]);
      }
    }
    return { output: x, statistics: moved };
  };
}

/** @param weight [O, C, k, k], as PyTorch has it */
function convolve(x: JaxArray, weight: JaxArray, padding: number): JaxArray {
  const [outputs, inputs, size] = weight.shape;
  const around = [padding, padding];
  const padded = padding === 0 ? x : np.pad(x, [[0, 0], around, around, [0, 0]]);
  const [batch, height, width] = [padded.shape[0], padded.shape[1] - size + 1, padded.shape[2] - size + 1];
  const kernel = np.transpose(weight, [2, 3, 1, 0]);
  let sum: JaxArray;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const seen = padded.ref.slice([], [row, row + height], [column, column + width], []);
      const product = np.matmul(seen.reshape([batch * height * width, inputs]), kernel.ref.slice(row, column));
      sum = sum === undefined ? product : sum.add(product);
    }
  }
  padded.dispose();
  kernel.dispose();
  return sum.reshape([batch, height, width, outputs]);
}

function maxPool(x: JaxArray, size: number): JaxArray {
  const [batch, height, width, channels] = x.shape;
  return x.reshape([batch, height / size, size, width / size, size, channels]).max([2, 4]);
}
