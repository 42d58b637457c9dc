import { type NdArray, type Shape, sizeOf } from "../../core/index.ts";
import { memberProducts } from "../../ops/ensemble/ensembleMatmul.loops.ts";
import { meanOfMembers } from "../../ops/ensemble/ensembleMean.loops.ts";
import { normalizeLines } from "../../ops/layerNorm/layerNorm.loops.ts";
import { product } from "../../ops/matmul/product.ts";
import { normalizeForward } from "../../ops/normalize/normalize.loops.ts";
import { functionOf } from "./activations.ts";
import type { Forward, ForwardPlan, State } from "./forward.ts";

/**
 * The layers of a network by the loops that eager execution runs: the bits are those of the eager
 * network in eval mode. For where WebAssembly is not allowed.
 */
export class EagerForward implements Forward {
  readonly input: Float32Array;
  readonly output: Float32Array;
  readonly #plan: ForwardPlan;
  readonly #state: State;

  constructor(plan: ForwardPlan, state: State) {
    const { layers, rows, inputs } = plan;
    const widths = layers.flatMap((layer) => ("outputs" in layer ? [layer.outputs] : []));
    this.#plan = plan;
    this.#state = state;
    this.input = new Float32Array(rows * inputs);
    this.output = new Float32Array(rows * (widths.at(-1) ?? inputs));
  }

  async prepare(): Promise<void> {}

  run(rows: number): void {
    const { layers, inputs } = this.#plan;
    let x: NdArray = floats([rows, inputs], this.input.subarray(0, rows * inputs));
    for (const [i, layer] of layers.entries()) {
      x = outputOf(layer, x, (name) => this.#state[`layers.${i}.${name}`]);
    }
    this.output.set(x.data);
  }
}

function outputOf(layer: ForwardPlan["layers"][number], x: NdArray, own: (name: string) => NdArray): NdArray {
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
    case "ensembleView": {
      const y = floats([rows, layer.members, x.shape[1]]);
      for (let i = 0; i < rows * layer.members; i++) {
        const from = Math.floor(i / layer.members) * x.shape[1];
        y.data.set(x.data.subarray(from, from + x.shape[1]), i * x.shape[1]);
      }
      return y;
    }
    case "elementwiseAffine": {
      const y = floats(x.shape);
      const scale = own("weight").data;
      for (let i = 0; i < y.data.length; i++) y.data[i] = x.data[i] * scale[i % scale.length];
      return y;
    }
    case "flatten":
      return floats([rows * layer.members, x.shape[2]], x.data as Float32Array);
    case "unflatten":
      return floats([rows / layer.members, layer.members, x.shape[1]], x.data as Float32Array);
    case "linearEnsemble": {
      const y = floats([rows, layer.members, layer.outputs]);
      memberProducts(product, x, own("weight"), false, y);
      const bias = own("bias").data;
      for (let i = 0; i < y.data.length; i++) y.data[i] += bias[i % bias.length];
      return y;
    }
    case "ensembleMean": {
      const y = floats([rows, layer.outputs]);
      meanOfMembers(layer.of, x, y);
      return y;
    }
  }
}

function floats(shape: Shape, data: Float32Array = new Float32Array(sizeOf(shape))): NdArray {
  return { shape, dtype: "float32", data };
}
