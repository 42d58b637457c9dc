import { lax, nn, numpy as np } from "@jax-js/jax";
import type { Layer } from "../workloads.ts";
import { type Arrays, batchNorm, type Forward, type JaxArray } from "./jaxNet.ts";

/**
 * The forward pass of a ConvNet in training as a person writes it, in NCHW: jax-js has
 * convolutions, and no layers.
 */
export function convNetForward(layers: readonly Layer[]): Forward {
  return (parameters, statistics, x) => {
    const moved: Arrays = {};
    for (const [i, layer] of layers.entries()) {
      switch (layer[0]) {
        case "conv": {
          const padding = [layer[4], layer[4]];
          x = lax.convGeneralDilated(x, parameters[`${i}.weight`], [1, 1], [padding, padding]);
          break;
        }
        case "batchNorm":
          x = batchNorm(x, i, parameters, statistics, moved);
          break;
        case "relu":
          x = nn.relu(x);
          break;
        case "maxPool":
          x = maxPool(x, layer[1]);
          break;
        case "globalAverage":
          x = x.mean([2, 3], { keepdims: true });
          break;
        case "flatten":
          x = x.reshape([x.shape[0], -1]);
          break;
        case "linear":
          x = np.matmul(x, parameters[`${i}.weight`]).add(parameters[`${i}.bias`]);
      }
    }
    return { output: x, statistics: moved };
  };
}

/** `lax.reduceWindow` takes as long. */
function maxPool(x: JaxArray, size: number): JaxArray {
  const [batch, channels, height, width] = x.shape;
  return x.reshape([batch, channels, height / size, size, width / size, size]).max([3, 5]);
}
