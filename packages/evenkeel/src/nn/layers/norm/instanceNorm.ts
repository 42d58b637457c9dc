import { formatShape, mismatch, warnOnce } from "../../../core/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import { instanceNorm } from "../../functional/norm/instanceNorm.ts";
import { isLazy } from "../../lazy/lazy.ts";
import { className } from "../../module/callable.ts";
import { ChannelNormLayer, type ChannelNormOptions } from "./channelNorm.ts";

export interface InstanceNormOptions extends ChannelNormOptions {
  /**
   * Weight of the new value in the running statistics; null leaves them where they are. Default
   * 0.1.
   */
  readonly momentum?: number | null | undefined;
  /** Learn a scale and a shift per channel. Default false. */
  readonly affine?: boolean | undefined;
  /**
   * Keep running statistics for eval; without them eval uses the statistics of its input too.
   * Default false.
   */
  readonly trackRunningStats?: boolean | undefined;
}

/** The base of the three instance normalizations. */
abstract class InstanceNormLayer<
  Affine extends boolean = boolean,
  Tracked extends boolean = boolean,
> extends ChannelNormLayer<Affine, Tracked> {
  constructor(numFeatures: number, options: InstanceNormOptions = {}) {
    // In PyTorch the lazy ones have other defaults, contrary to their documentation.
    super(numFeatures, options, isLazy);
  }

  /** The names of the dimensions after the channels. */
  protected abstract readonly spatial: string;

  override forward(input: Tensor): Tensor {
    this.checkInput(input);
    const { running_mean: runningMean, running_var: runningVar, weight, bias, eps } = this;
    const useInputStats = this.training || runningMean === null;
    // As in PyTorch, where null becomes 0.
    const momentum = this.momentum ?? 0;
    const batched = input.ndim === this.fewest + 1;
    const options = { runningMean, runningVar, weight, bias, useInputStats, momentum, eps };
    return batched ? instanceNorm(input, options) : instanceNorm(input.unsqueeze(0), options).squeeze(0);
  }

  /** Dimensions of an input without a batch: channels, then positions. */
  private get fewest(): number {
    return 1 + this.spatial.split(", ").length;
  }

  private checkInput(input: Tensor): void {
    const name = className(this);
    requireTensor(name, "input", input);
    const { fewest, numFeatures } = this;
    const given = `${name}: input has shape ${formatShape(input.shape)}`;
    if (input.ndim !== fewest && input.ndim !== fewest + 1) {
      const one = `${numFeatures}, ${this.spatial}`;
      throw mismatch(
        "wrong-value",
        "",
        given,
        `${fewest}D or ${fewest + 1}D input, [${one}] or [N, ${one}] (got ${input.ndim}D input)`,
      );
    }
    const channels = input.shape[input.ndim - fewest];
    if (channels === numFeatures) return;
    if (this.weight !== null || this.running_mean !== null) {
      throw mismatch(
        "wrong-shape",
        "",
        `${given}, ${channels} channels`,
        `${numFeatures}`,
        "change the layer before, or numFeatures",
      );
    }
    // The number has no effect then: PyTorch warns too.
    warnOnce(this, "channels", () => `${given}, ${channels} channels, and numFeatures is ${numFeatures}`);
  }
}

/**
 * The class that byOptions.ts exports as nn.InstanceNorm1d; formula, source and errors are
 * documented there.
 */
export class InstanceNorm1dLayer<
  Affine extends boolean = boolean,
  Tracked extends boolean = boolean,
> extends InstanceNormLayer<Affine, Tracked> {
  /** The public name, in prints and errors. */
  static override readonly name: string = "InstanceNorm1d";

  protected override get spatial(): string {
    return "L";
  }
}

/** nn.InstanceNorm2d, as above. */
export class InstanceNorm2dLayer<
  Affine extends boolean = boolean,
  Tracked extends boolean = boolean,
> extends InstanceNormLayer<Affine, Tracked> {
  static override readonly name: string = "InstanceNorm2d";

  protected override get spatial(): string {
    return "H, W";
  }
}

/** nn.InstanceNorm3d, as above. */
export class InstanceNorm3dLayer<
  Affine extends boolean = boolean,
  Tracked extends boolean = boolean,
> extends InstanceNormLayer<Affine, Tracked> {
  static override readonly name: string = "InstanceNorm3d";

  protected override get spatial(): string {
    return "D, H, W";
  }
}
