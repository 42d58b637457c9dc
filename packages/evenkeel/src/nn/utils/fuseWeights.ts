import { formatShape, refuse, wrongState, wrongType } from "../../core/index.ts";
import { tensor } from "../../tensor/index.ts";
import { ConvBase } from "../layers/conv/convBase.ts";
import { ConvTransposeLayer } from "../layers/conv/convTranspose.ts";
import { LinearLayer } from "../layers/linear.ts";
import { BatchNormLayer } from "../layers/norm/batchNorm.ts";
import { className } from "../module/callable.ts";
import { clone } from "../module/clone.ts";
import type { AnyModule } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";

/** A layer with a weight and a bias that batch normalization can be folded into. */
interface Foldable extends AnyModule {
  weight: Parameter;
  bias: Parameter | null;
}

/** The map of a BatchNorm in evaluation for each channel: x * scale + shift, in double. */
interface ScaleShift {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/**
 * @throws TypeError if it is no BatchNorm; Error if it is in training mode, or has no running
 *   statistics
 */
export function scaleShiftOf(caller: string, norm: unknown): ScaleShift {
  if (!(norm instanceof BatchNormLayer)) {
    throw wrongType(caller, "the second argument", norm, "a BatchNorm");
  }
  const { running_mean, running_var, weight, bias, eps, numFeatures } = norm as BatchNormLayer;
  const name = className(norm);
  if (running_mean === null || running_var === null) {
    throw refuse(
      "not-supported",
      caller,
      `the ${name} keeps no running statistics (trackRunningStats: false)`,
      "those of a batch cannot be folded",
    );
  }
  if (norm.training) {
    throw wrongState(caller, `the ${name} is in training mode, where it normalizes by each batch`, "call eval() first");
  }
  const scale = new Float64Array(numFeatures);
  const shift = new Float64Array(numFeatures);
  for (let c = 0; c < numFeatures; c++) {
    scale[c] = Number(weight?.data[c] ?? 1) / Math.sqrt(Number(running_var.data[c]) + eps);
    shift[c] = Number(bias?.data[c] ?? 0) - Number(running_mean.data[c]) * scale[c];
  }
  return { scale, shift };
}

/** The weights of a layer in double, to be changed and rounded once. */
export class WeightsInDouble {
  readonly #layer: Foldable;
  readonly #weights: Float64Array;
  readonly #offsets: Float64Array;
  readonly #channelOf: (index: number) => number;

  /** @param channelOf the output channel of a weight, by its place in memory */
  constructor(layer: Foldable, channels: number, channelOf: (index: number) => number) {
    this.#layer = layer;
    this.#channelOf = channelOf;
    this.#weights = Float64Array.from(layer.weight.data);
    this.#offsets = Float64Array.from({ length: channels }, (_, c) => Number(layer.bias?.data[c] ?? 0));
  }

  /** y = scale * (W x + b) + shift */
  foldAfter({ scale, shift }: ScaleShift): void {
    const [weights, offsets] = [this.#weights, this.#offsets];
    for (let i = 0; i < weights.length; i++) weights[i] *= scale[this.#channelOf(i)];
    for (let c = 0; c < offsets.length; c++) offsets[c] = offsets[c] * scale[c] + shift[c];
  }

  /** y = W (scale * x + shift) + b, of a weight [out, in] */
  foldBefore({ scale, shift }: ScaleShift): void {
    const [weights, offsets] = [this.#weights, this.#offsets];
    for (let i = 0; i < weights.length; i++) {
      const column = i % scale.length;
      offsets[this.#channelOf(i)] += weights[i] * shift[column];
      weights[i] *= scale[column];
    }
  }

  /** Gives the layer new parameters; one without a bias gets one. */
  write(): void {
    const { weight, bias } = this.#layer;
    const made = (values: Float64Array, shape: readonly number[], requiresGrad: boolean) =>
      new Parameter(tensor(values, { shape, dtype: weight.dtype }), { requiresGrad });
    this.#layer.weight = made(this.#weights, weight.shape, weight.requiresGrad);
    this.#layer.bias = made(this.#offsets, [this.#offsets.length], (bias ?? weight).requiresGrad);
  }
}

/** The weights of a Linear or a convolution in double; undefined for other modules. */
export function weightsOf(layer: AnyModule): WeightsInDouble | undefined {
  if (layer instanceof LinearLayer) {
    const { inFeatures, outFeatures } = layer;
    return new WeightsInDouble(layer, outFeatures, (index) => Math.floor(index / inFeatures));
  }
  if (layer instanceof ConvBase) {
    const { weight, outChannels, groups } = layer as ConvBase;
    const perChannel = weight.numel() / weight.shape[0];
    if (!isTransposed(layer)) return new WeightsInDouble(layer, outChannels, (i) => Math.floor(i / perChannel));
    // [inChannels, outChannels / groups, ...]: the inputs are in groups, and each has the outputs
    // of its own.
    const [inputs, outputs] = weight.shape;
    const places = perChannel / outputs;
    const groupOf = (index: number) => Math.floor(index / perChannel / (inputs / groups));
    return new WeightsInDouble(
      layer,
      outChannels,
      (index) => groupOf(index) * outputs + (Math.floor(index / places) % outputs),
    );
  }
  return undefined;
}

/**
 * A Linear that does what a Linear and the BatchNorm1d behind it do in evaluation, for inputs [N,
 * inFeatures]. Both are left as they are. It is computed in float64 and rounded once; a Linear
 * without a bias gets one.
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.fusion.fuse_linear_bn_eval.html
 * @throws TypeError if they are something else; RangeError if their sizes differ; Error if one is
 *   in training mode, or the BatchNorm1d has no running statistics
 */
export function fuseLinearBatchNorm<L extends LinearLayer>(linear: L, norm: BatchNormLayer): L {
  const caller = "fuseLinearBatchNorm";
  if (!(linear instanceof LinearLayer)) {
    throw wrongType(caller, "the first argument", linear, "a Linear");
  }
  return fusePair(caller, linear, linear.outFeatures, norm);
}

const isTransposed = (layer: AnyModule) => layer instanceof ConvTransposeLayer;

/**
 * A convolution, transposed or not, that does what it and the BatchNorm behind it do in evaluation.
 * Both are left as they are. It is computed in float64 and rounded once; a convolution without a
 * bias gets one. Which dimension of the weight has the output channels follows from the class,
 * where PyTorch has the argument `transpose`, and groups are handled.
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.fusion.fuse_conv_bn_eval.html Throws as
 * {@link fuseLinearBatchNorm}.
 */
export function fuseConvBatchNorm<C extends ConvBase<boolean, never>>(conv: C, norm: BatchNormLayer): C {
  const caller = "fuseConvBatchNorm";
  if (!(conv instanceof ConvBase)) {
    throw wrongType(caller, "the first argument", conv, "a convolution such as nn.Conv2d");
  }
  return fusePair(caller, conv, conv.outChannels, norm);
}

function fusePair<L extends Foldable>(caller: string, layer: L, channels: number, norm: BatchNormLayer): L {
  const folded = scaleShiftOf(caller, norm);
  checkPair(caller, layer, channels, norm);
  const fused = clone(layer);
  const weights = weightsOf(fused) as WeightsInDouble;
  weights.foldAfter(folded);
  weights.write();
  return fused;
}

/** @throws Error or RangeError if a layer and the BatchNorm behind it do not go together */
function checkPair(caller: string, layer: Foldable, channels: number, norm: BatchNormLayer): void {
  const [name, other] = [className(layer), className(norm)];
  if (layer.training) {
    throw wrongState(caller, `the ${name} is in training mode`, "fold for evaluation: call eval() on both first");
  }
  if (channels !== norm.numFeatures) {
    throw refuse(
      "wrong-shape",
      caller,
      `the ${name} gives ${channels} channels (weight ${formatShape(layer.weight.shape)}), but the ` +
        `${other} expects ${norm.numFeatures}`,
    );
  }
}
