import { formatShape, mismatch } from "../../../core/index.ts";
import { noGrad, type Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import { batchNorm } from "../../functional/norm/batchNorm.ts";
import { className } from "../../module/callable.ts";
import { ChannelNormLayer, type ChannelNormOptions } from "./channelNorm.ts";

export interface BatchNorm1dOptions extends ChannelNormOptions {
  /**
   * Weight of the new value in the running statistics; null averages all batches equally. Default
   * 0.1.
   */
  readonly momentum?: number | null | undefined;
  /** Learn a scale and a shift per channel. Default true. */
  readonly affine?: boolean | undefined;
  /**
   * Keep running statistics for eval; without them eval uses the statistics of its batch too.
   * Default true.
   */
  readonly trackRunningStats?: boolean | undefined;
}

export type BatchNorm2dOptions = BatchNorm1dOptions;
export type BatchNorm3dOptions = BatchNorm1dOptions;

/** The base class of batch normalizations of any number of dimensions, for `instanceof`. */
export abstract class BatchNormLayer<
  Affine extends boolean = boolean,
  Tracked extends boolean = boolean,
> extends ChannelNormLayer<Affine, Tracked> {
  /** Whether `train()` leaves the layer in eval mode: set by train.freezeBatchNorm. */
  frozen = false;

  constructor(numFeatures: number, options: BatchNorm1dOptions = {}) {
    super(numFeatures, options, () => true);
  }

  override train(mode = true): this {
    super.train(mode);
    if (this.frozen) this.training = false;
    return this;
  }

  /** The accepted shapes, for an error; undefined for an input that has one of them. */
  protected abstract expected(input: Tensor): string | undefined;

  override forward(input: Tensor): Tensor {
    this.checkInput(input);
    const { running_mean, running_var, weight, bias, eps, num_batches_tracked: batches } = this;
    const training = this.training || running_mean === null;
    // The momentum depends on the new count, which is written last: a refused batch is not counted.
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

  /** @throws RangeError for an input that the layer does not take */
  protected checkInput(input: Tensor): void {
    const name = className(this);
    requireTensor(name, "input", input);
    const given = `${name}: input has shape ${formatShape(input.shape)}`;
    const expected = this.expected(input);
    if (expected !== undefined) throw mismatch("wrong-value", "", given, expected);
    if (input.shape[1] !== this.numFeatures) {
      throw mismatch(
        "wrong-shape",
        "",
        `${given}, ${input.shape[1]} channels`,
        `${this.numFeatures}`,
        "change the layer before, or numFeatures",
      );
    }
  }
}

/**
 * The class that byOptions.ts exports as nn.BatchNorm1d; formula, source and errors are documented
 * there.
 */
export class BatchNorm1dLayer<
  Affine extends boolean = boolean,
  Tracked extends boolean = boolean,
> extends BatchNormLayer<Affine, Tracked> {
  /** The public name, in prints and errors. */
  static override readonly name: string = "BatchNorm1d";

  protected override expected({ ndim }: Tensor): string | undefined {
    return ndim === 2 || ndim === 3 ? undefined : `[N, ${this.numFeatures}] or [N, ${this.numFeatures}, L]`;
  }
}

/** nn.BatchNorm2d, as above. */
export class BatchNorm2dLayer<
  Affine extends boolean = boolean,
  Tracked extends boolean = boolean,
> extends BatchNormLayer<Affine, Tracked> {
  static override readonly name: string = "BatchNorm2d";

  protected override expected({ ndim }: Tensor): string | undefined {
    return ndim === 4 ? undefined : `4D input [N, ${this.numFeatures}, H, W] (got ${ndim}D input)`;
  }
}

/** nn.BatchNorm3d, as above. */
export class BatchNorm3dLayer<
  Affine extends boolean = boolean,
  Tracked extends boolean = boolean,
> extends BatchNormLayer<Affine, Tracked> {
  static override readonly name: string = "BatchNorm3d";

  protected override expected({ ndim }: Tensor): string | undefined {
    return ndim === 5 ? undefined : `5D input [N, ${this.numFeatures}, D, H, W] (got ${ndim}D input)`;
  }
}
