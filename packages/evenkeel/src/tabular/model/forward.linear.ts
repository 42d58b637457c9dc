import { reluEpilogue } from "../../ops/matmul/gemm.epilogue.ts";
import { emitLinear } from "../../ops/matmul/gemm.linear.ts";
import { type Epilogue, gemmScratch } from "../../ops/matmul/gemm.ts";
import { affineAt, affineBytes, emitAffine } from "../../ops/normalize/normalizeEval.columns.ts";
import type { FunctionBuilder, ModuleBuilder, Placed } from "../../wasm/index.ts";
import type { EnsembleMeanLayer, Layer, LinearLayer, NormLayer } from "./layers.ts";

/**
 * A linear layer with the batch norm and the ReLU right behind it, which its product does before it
 * stores an element.
 */
export interface FusedLinear extends LinearLayer {
  readonly norm?: NormLayer | undefined;
  readonly relu: boolean;
}

type AnyLayer = Layer | EnsembleMeanLayer;

/** A layer to run, and its position, by which its state is named. */
interface AtPosition {
  readonly layer: Exclude<AnyLayer, LinearLayer> | FusedLinear;
  readonly at: number;
}

/** The layers to run: without those that a linear layer does. */
export function fusedLayers(layers: readonly AnyLayer[]): AtPosition[] {
  const placed: AtPosition[] = [];
  for (let at = 0; at < layers.length; at++) {
    const layer = layers[at];
    if (layer.kind !== "linear") {
      placed.push({ layer, at });
      continue;
    }
    const next = layers[at + 1];
    const norm = next?.kind === "batchNorm" ? next : undefined;
    const behind = norm === undefined ? next : layers[at + 2];
    const relu = behind?.kind === "activation" && behind.activation === "relu";
    placed.push({ layer: { ...layer, norm, relu }, at });
    at += (norm === undefined ? 0 : 1) + (relu ? 1 : 0);
  }
  return placed;
}

/** Where a layer reads and writes, and what it may use meanwhile. */
export interface Step {
  readonly f: FunctionBuilder;
  readonly module: ModuleBuilder;
  readonly from: Placed;
  readonly to: Placed;
  readonly scratch: number;
  /** Parameters and statistics, "weight" or "running_mean": the layer's own, or of one behind it. */
  readonly own: (name: string, behind?: number) => Placed;
}

/** What a batch norm reads, in the order of its kernel's inputs. */
export const normState = ["running_mean", "running_var", "weight", "bias"];

/** Bytes of working memory. */
export const linearScratch = ({ inputs, outputs }: LinearLayer, lines: number): number =>
  affineBytes(outputs) + gemmScratch({ m: lines, n: outputs, k: inputs });

export function emitLinearLayer(layer: FusedLinear, step: Step): void {
  const { inputs, outputs, bias } = layer;
  const { f, module, from, to, scratch, own } = step;
  emitLinear(f, module, {
    ...{ m: from.shape[0], n: outputs, k: inputs, x: from.address, weight: own("weight").address, y: to.address },
    ...(bias && { bias: own("bias").address }),
    epilogue: epilogueOf(layer, step),
    ...{ scratch: scratch + affineBytes(outputs), fast: false },
  });
}

/** Of a norm it computes the scales and shifts, into the scratch memory. */
function epilogueOf({ outputs, norm, relu }: FusedLinear, { f, module, scratch, own }: Step): Epilogue | undefined {
  const activation = relu ? reluEpilogue(f, module) : undefined;
  if (norm === undefined) return activation && { activation };
  const affine = affineAt(outputs, scratch);
  const [mean, variance, weight, bias] = normState.map((name) => own(name, 1));
  emitAffine(f, affine, [mean, variance, weight, bias], norm);
  return { affine, activation };
}
