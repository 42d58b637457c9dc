import {
  check,
  checkOptions,
  checkValue,
  finiteNumber,
  flag,
  refuseMisspellings,
  wrongValue,
} from "../../../core/index.ts";
import { ones, zeros } from "../../../tensor/index.ts";
import { ones_, zeros_ } from "../../init.ts";
import { checkSize, newBuffer, newParameter } from "../../lazy/lazy.ts";
import { className } from "../../module/callable.ts";
import { Module } from "../../module/module.ts";
import { Buffer, type Parameter } from "../../module/parameter.ts";
import { formatBool, formatFloat } from "../../print/format.ts";
import { type OnlyIf, onlyIf } from "../onlyIf.ts";

export interface ChannelNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
  /** Weight of the new value in the running statistics. Default 0.1. */
  readonly momentum?: number | null | undefined;
  /** Learn a scale and a shift per channel. */
  readonly affine?: boolean | undefined;
  /** Keep running statistics for eval; without them eval uses the statistics of its input too. */
  readonly trackRunningStats?: boolean | undefined;
}

/**
 * The base of batch and instance normalization, as PyTorch's `_NormBase`: their settings, scale and
 * shift, running statistics, and how they print.
 */
export abstract class ChannelNormLayer<
  Affine extends boolean = boolean,
  Tracked extends boolean = boolean,
> extends Module {
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

  /** `defaults`: those of `affine` and `trackRunningStats`. */
  constructor(numFeatures: number, options: ChannelNormOptions, defaults: (layer: object) => boolean) {
    super();
    refuseMisspellings(ChannelNormLayer.prototype, "layer", {
      fields: ["numFeatures", "trackRunningStats"],
      assignable: true,
    });
    const owner = className(this);
    checkSize(this, "numFeatures", numFeatures);
    checkOptions(owner, options, ["eps", "momentum", "affine", "trackRunningStats"]);
    const { eps = 1e-5, momentum = 0.1, affine = defaults(this), trackRunningStats = defaults(this) } = options;
    checkValue(owner, "eps", eps, finiteNumber());
    if (eps < 0) throw wrongValue(owner, "eps", eps, "a number of at least 0");
    if (momentum !== null) checkValue(owner, "momentum", momentum, finiteNumber());
    check(owner, "affine", affine, flag());
    check(owner, "trackRunningStats", trackRunningStats, flag());
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.trackRunningStats = trackRunningStats;
    const shape = [numFeatures];
    this.weight = onlyIf(affine, () => newParameter(this, ones, shape));
    this.bias = onlyIf(affine, () => newParameter(this, zeros, shape));
    this.running_mean = onlyIf(trackRunningStats, () => newBuffer(this, zeros, shape));
    this.running_var = onlyIf(trackRunningStats, () => newBuffer(this, ones, shape));
    const count = () => new Buffer(zeros([], { dtype: "float64" }), { keepDtype: true });
    this.num_batches_tracked = onlyIf(trackRunningStats, count);
  }

  /** Mean 0, variance 1, no batches seen. */
  resetRunningStats(): void {
    if (this.running_mean !== null) zeros_(this.running_mean);
    if (this.running_var !== null) ones_(this.running_var);
    if (this.num_batches_tracked !== null) zeros_(this.num_batches_tracked);
  }

  /** Resets running statistics, scale and shift. */
  resetParameters(): void {
    this.resetRunningStats();
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }

  override extraRepr(): string {
    const { numFeatures, eps, momentum, affine, trackRunningStats } = this;
    return (
      `${numFeatures}, eps=${formatFloat(eps)}, momentum=${momentum === null ? "None" : formatFloat(momentum)}, ` +
      `affine=${formatBool(affine)}, track_running_stats=${formatBool(trackRunningStats)}`
    );
  }
}
