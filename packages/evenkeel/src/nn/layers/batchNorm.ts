import { checkOptions, formatShape, refuseMisspellings } from "../../core/index.ts";
import { noGrad, ones, type Tensor, zeros } from "../../tensor/index.ts";
import { checkFinite, checkFlag, checkWholeNumber, requireTensor } from "../checks.ts";
import { formatBool, formatFloat } from "../format.ts";
import { batchNorm } from "../functional/batchNorm.ts";
import { ones_, zeros_ } from "../init.ts";
import { Module } from "../module.ts";
import { Buffer, Parameter } from "../parameter.ts";
import { type OnlyIf, onlyIf } from "./onlyIf.ts";

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

/** What byOptions.ts hands out as nn.BatchNorm1d, where formula, source and errors are said. */
export class BatchNorm1dLayer<Affine extends boolean = boolean, Tracked extends boolean = boolean> extends Module {
  /** The name that users know, in prints and errors. */
  static override readonly name: string = "BatchNorm1d";
  readonly numFeatures: number;
  readonly eps: number;
  momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  /** Scale and shift, [numFeatures]; null if not affine. */
  weight: OnlyIf<Affine, Parameter>;
  bias: OnlyIf<Affine, Parameter>;
  /** [numFeatures]; null unless running statistics are tracked. */
  running_mean: OnlyIf<Tracked, Buffer>;
  running_var: OnlyIf<Tracked, Buffer>;
  /** Batches seen in training, a single float64 value: exact to 2^53. */
  num_batches_tracked: OnlyIf<Tracked, Buffer>;
  /** Whether `train()` leaves the layer in eval mode: set by train.freezeBatchNorm. */
  frozen = false;

  constructor(numFeatures: number, options: BatchNorm1dOptions = {}) {
    super();
    refuseMisspellings(BatchNorm1dLayer.prototype, "layer", {
      fields: ["numFeatures", "trackRunningStats"],
      assignable: true,
    });
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
    this.weight = onlyIf(affine, () => new Parameter(ones([numFeatures])));
    this.bias = onlyIf(affine, () => new Parameter(zeros([numFeatures])));
    this.running_mean = onlyIf(trackRunningStats, () => new Buffer(zeros([numFeatures])));
    this.running_var = onlyIf(trackRunningStats, () => new Buffer(ones([numFeatures])));
    const count = () => new Buffer(zeros([], { dtype: "float64" }), { keepDtype: true });
    this.num_batches_tracked = onlyIf(trackRunningStats, count);
  }

  override train(mode = true): this {
    super.train(mode);
    if (this.frozen) this.training = false;
    return this;
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
