import { checkOptions, formatShape } from "../../core/index.ts";
import { noGrad, ones, type Tensor, zeros } from "../../tensor/index.ts";
import { checkFinite, checkFlag, checkWholeNumber, requireTensor } from "../checks.ts";
import { formatBool, formatFloat } from "../format.ts";
import { batchNorm } from "../functional/batchNorm.ts";
import { ones_, zeros_ } from "../init.ts";
import { Module } from "../module.ts";
import { Buffer, Parameter } from "../parameter.ts";

export interface BatchNorm1dOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Weight of the new value in the running statistics; null averages all batches equally. Default 0.1. */
  readonly momentum?: number | null;
  /** Learn a scale and a shift per channel. Default true. */
  readonly affine?: boolean;
  /** Keep running statistics for eval; without them eval uses the statistics of its batch too. Default true. */
  readonly trackRunningStats?: boolean;
}

/**
 * Batch normalization over [N, C] or [N, C, L]: (x - mean) / sqrt(variance + eps) * weight + bias for each channel. In
 * training the statistics are those of the batch (biased variance), and running ones are kept (unbiased variance):
 * running = (1 - momentum) * running + momentum * batch. After eval() the running ones are used.
 *
 * Fields that end up in the state dict keep PyTorch's names. An empty batch changes nothing.
 * https://arxiv.org/abs/1502.03167, https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
 * @throws RangeError on a call with another number of channels, or in training with one value per channel
 */
export class BatchNorm1d extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  /** Scale and shift, [numFeatures]; null if not affine. */
  weight: Parameter | null;
  bias: Parameter | null;
  /** [numFeatures]; null unless running statistics are tracked. */
  running_mean: Buffer | null;
  running_var: Buffer | null;
  /** Batches seen in training, a single float64 value: exact to 2^53. */
  num_batches_tracked: Buffer | null;

  constructor(numFeatures: number, options: BatchNorm1dOptions = {}) {
    super();
    checkWholeNumber("BatchNorm1d", "numFeatures", numFeatures, 1);
    checkOptions("BatchNorm1d", options, ["eps", "momentum", "affine", "trackRunningStats"]);
    const { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true } = options;
    checkFinite("BatchNorm1d", "eps", eps);
    if (eps < 0) throw new RangeError(`BatchNorm1d: eps is ${eps}, expected a number of at least 0`);
    if (momentum !== null) checkFinite("BatchNorm1d", "momentum", momentum);
    checkFlag("BatchNorm1d", "affine", affine);
    checkFlag("BatchNorm1d", "trackRunningStats", trackRunningStats);
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.trackRunningStats = trackRunningStats;
    this.weight = affine ? new Parameter(ones([numFeatures])) : null;
    this.bias = affine ? new Parameter(zeros([numFeatures])) : null;
    this.running_mean = trackRunningStats ? new Buffer(zeros([numFeatures])) : null;
    this.running_var = trackRunningStats ? new Buffer(ones([numFeatures])) : null;
    this.num_batches_tracked = trackRunningStats
      ? new Buffer(zeros([], { dtype: "float64" }), { keepDtype: true })
      : null;
  }

  /** Mean 0, variance 1, no batches seen. */
  resetRunningStats(): void {
    if (this.running_mean !== null) zeros_(this.running_mean);
    if (this.running_var !== null) ones_(this.running_var);
    if (this.num_batches_tracked !== null) zeros_(this.num_batches_tracked);
  }

  /** Running statistics, scale and shift as they were at the start. */
  resetParameters(): void {
    this.resetRunningStats();
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }

  override forward(input: Tensor): Tensor {
    this.checkInput(input);
    const { running_mean, running_var, weight, bias, eps, num_batches_tracked: batches } = this;
    const training = this.training || running_mean === null;
    // The new count decides the momentum, but it is written last: a refused batch is not counted.
    const momentum = this.momentum ?? batches?.add(1).reciprocal();
    const output = batchNorm(input, {
      runningMean: running_mean,
      runningVar: running_var,
      weight,
      bias,
      training,
      momentum,
      eps,
    });
    if (this.training && batches !== null && input.numel() > 0) noGrad(() => batches.add_(1));
    return output;
  }

  private checkInput(input: Tensor): void {
    requireTensor("BatchNorm1d", "input", input);
    const given = `BatchNorm1d: input has shape ${formatShape(input.shape)}`;
    if (input.ndim !== 2 && input.ndim !== 3) {
      throw new RangeError(`${given}, expected [N, ${this.numFeatures}] or [N, ${this.numFeatures}, L]`);
    }
    if (input.shape[1] !== this.numFeatures) {
      throw new RangeError(
        `${given}, ${input.shape[1]} channels, expected ${this.numFeatures}; change the layer before, or numFeatures`,
      );
    }
  }

  override extraRepr(): string {
    const { numFeatures, eps, momentum, affine, trackRunningStats } = this;
    return (
      `${numFeatures}, eps=${formatFloat(eps)}, momentum=${momentum === null ? "None" : formatFloat(momentum)}, ` +
      `affine=${formatBool(affine)}, track_running_stats=${formatBool(trackRunningStats)}`
    );
  }
}
