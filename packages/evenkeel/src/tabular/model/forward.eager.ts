import { type NdArray, type Shape, sizeOf } from "../../core/index.ts";
import { normalizeLines } from "../../ops/layerNorm/layerNorm.loops.ts";
import { product } from "../../ops/matmul/product.ts";
import { normalizeForward } from "../../ops/normalize/normalize.loops.ts";
import { functionOf } from "./activations.ts";
import { blockRows, type Forward, type State } from "./forward.ts";
import type { Layer } from "./layers.ts";

/**
 * The layers of a network by the loops that eager execution runs: the bits are those of the eager
 * network in eval mode. For where WebAssembly is not allowed.
 */
export class EagerForward implements Forward {
  readonly input: Float32Array;
  readonly output: Float32Array;
  readonly #layers: readonly Layer[];
  readonly #inputs: number;
  readonly #state: State;

  constructor(layers: readonly Layer[], inputs: number, state: State) {
    const widths = layers.flatMap((layer) => (layer.kind === "linear" ? [layer.outputs] : []));
    this.#layers = layers;
    this.#inputs = inputs;
    this.#state = state;
    this.input = new Float32Array(blockRows * inputs);
    this.output = new Float32Array(blockRows * (widths.at(-1) ?? inputs));
  }

  async prepare(): Promise<void> {}

  run(rows: number): void {
    let x: NdArray = floats([rows, this.#inputs], this.input.subarray(0, rows * this.#inputs));
    for (const [i, layer] of this.#layers.entries()) {
      x = outputOf(layer, x, (name) => this.#state[`layers.${i}.${name}`]);
    }
    this.output.set(x.data);
  }
}

function outputOf(layer: Layer, x: NdArray, own: (name: string) => NdArray): NdArray {
  const rows = x.shape[0];
  switch (layer.kind) {
    case "linear": {
      const { inputs, outputs, bias } = layer;
      const y = floats([rows, outputs]);
      const added = bias ? own("bias").data : undefined;
      product("linear", x.data, false, own("weight").data, true, y.data, rows, outputs, inputs, added);
      return y;
    }
    case "batchNorm": {
      const y = floats(x.shape);
      const [mean, variance, weight, bias] = ["running_mean", "running_var", "weight", "bias"].map(own);
      normalizeForward(x, mean, variance, weight, bias, layer.eps, y);
      return y;
    }
    case "layerNorm": {
      const y = floats(x.shape);
      const statistic = (): NdArray => ({ shape: [rows], dtype: "float64", data: new Float64Array(rows) });
      normalizeLines([x, own("weight"), own("bias")], [y, statistic(), statistic()], layer.eps);
      return y;
    }
    case "activation": {
      const y = floats(x.shape);
      const of = functionOf[layer.activation];
      for (let i = 0; i < x.data.length; i++) y.data[i] = of(x.data[i]);
      return y;
    }
    case "dropout":
      return x; // drops nothing in eval mode
  }
}

function floats(shape: Shape, data: Float32Array = new Float32Array(sizeOf(shape))): NdArray {
  return { shape, dtype: "float32", data };
}
