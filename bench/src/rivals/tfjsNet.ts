import tf from "@tensorflow/tfjs";
import type { ProblemReader } from "../problem.ts";

// biome-ignore lint/suspicious/noExplicitAny: the package is installed apart, and the repository checked without its types
export type TfTensor = any;

interface Layer {
  readonly weight: TfTensor;
  readonly bias: TfTensor;
  /** Of the BatchNorm after it; the last layer has none. */
  readonly norm:
    | {
        readonly weight: TfTensor;
        readonly bias: TfTensor;
        readonly mean: TfTensor;
        readonly variance: TfTensor;
      }
    | undefined;
}

/**
 * The network over `tf.variable`s: leaner than tf.layers, whose fit waits for animation frames
 * between batches.
 */
export class TfNet {
  readonly #layers: readonly Layer[];

  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  static load(reader: ProblemReader): TfNet {
    const variable = (name: string, trainable = true) =>
      tf.variable(tf.tensor(reader.data(name), reader.shape(name)), trainable);
    return new TfNet(
      reader.problem.sizes.slice(1).map((_, i) => ({
        weight: tf.variable(tf.tensor(reader.transposed(`${3 * i}.weight`), reader.shape(`${3 * i}.weight`).reverse())),
        bias: variable(`${3 * i}.bias`),
        norm:
          i === reader.hiddenLayers
            ? undefined
            : {
                weight: variable(`${3 * i + 1}.weight`),
                bias: variable(`${3 * i + 1}.bias`),
                mean: variable(`${3 * i + 1}.running_mean`, false),
                variance: variable(`${3 * i + 1}.running_var`, false),
              },
      })),
    );
  }

  /** Weights drawn as PyTorch draws those of a Linear: uniform within 1 / sqrt(inputs). */
  static fresh(sizes: readonly number[]): TfNet {
    return new TfNet(
      sizes.slice(1).map((outputs, i) => {
        const bound = 1 / Math.sqrt(sizes[i]);
        return {
          weight: tf.variable(tf.randomUniform([sizes[i], outputs], -bound, bound)),
          bias: tf.variable(tf.randomUniform([outputs], -bound, bound)),
          norm:
            i === sizes.length - 2
              ? undefined
              : {
                  weight: tf.variable(tf.ones([outputs])),
                  bias: tf.variable(tf.zeros([outputs])),
                  mean: tf.variable(tf.zeros([outputs]), false),
                  variance: tf.variable(tf.ones([outputs]), false),
                },
        };
      }),
    );
  }

  parameters(): TfTensor[] {
    return this.#layers.flatMap(({ weight, bias, norm }) => [weight, bias, ...(norm ? [norm.weight, norm.bias] : [])]);
  }

  /**
   * To be called within tf.tidy. In training it normalizes by the batch and moves the running
   * statistics.
   */
  forward(x: TfTensor, training: boolean): TfTensor {
    for (const { weight, bias, norm } of this.#layers) {
      x = tf.add(tf.matMul(x, weight), bias);
      if (norm === undefined) continue;
      let { mean, variance } = norm;
      if (training) {
        const rows = x.shape[0];
        ({ mean, variance } = tf.moments(x, 0));
        norm.mean.assign(tf.add(tf.mul(norm.mean, 0.9), tf.mul(mean, 0.1)));
        norm.variance.assign(tf.add(tf.mul(norm.variance, 0.9), tf.mul(variance, (0.1 * rows) / (rows - 1))));
      }
      x = tf.relu(tf.batchNorm(x, mean, variance, norm.bias, norm.weight, 1e-5));
    }
    return x;
  }
}

/** Chooses the WebAssembly backend, which runs on one thread in Node. */
export async function startTf(): Promise<string> {
  await import("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend("wasm");
  await tf.ready();
  return `TensorFlow.js ${tf.version.tfjs}, ${tf.getBackend()}`;
}

export function makeAdam(rate = 1e-3): TfTensor {
  return tf.train.adam(rate, 0.9, 0.999, 1e-8);
}
