import {
  check,
  checkOptions,
  checkValue,
  finiteNumber,
  flag,
  formatShape,
  refuse,
  sizeOf,
  wrongState,
} from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import { noGrad, ones, type Tensor, zeros } from "../../../tensor/index.ts";
import { checkBothOrNeither, checkPerChannel } from "./perChannel.ts";

export interface InstanceNormFunctionOptions {
  /** Running mean and variance, [C] both or neither: written with `useInputStats`, read without. */
  readonly runningMean?: Tensor | null | undefined;
  readonly runningVar?: Tensor | null | undefined;
  /** Scale and shift after normalizing, [C] each. */
  readonly weight?: Tensor | null | undefined;
  readonly bias?: Tensor | null | undefined;
  /** Normalize by the statistics of the input instead of the running ones. Default true. */
  readonly useInputStats?: boolean | undefined;
  /** Weight of the new value: running = (1 - momentum) * running + momentum * new. Default 0.1. */
  readonly momentum?: number | undefined;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
}

const optionNames = ["runningMean", "runningVar", "weight", "bias", "useInputStats", "momentum", "eps"];

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias for each channel of each example of [N, C,
 * ...], by its own mean and biased variance over the places behind. Running statistics move toward
 * the mean over the batch of those of the examples (the variance unbiased); an empty input leaves
 * them alone. Sums are kept in float64. https://arxiv.org/abs/1607.08022,
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.instance_norm.html
 * @throws TypeError if the dtypes differ, or an option is unknown or of the wrong kind
 * @throws RangeError if shapes do not fit, or if there is one place, of which there is no variance
 * @throws Error without `useInputStats` and running statistics
 */
export function instanceNorm(input: Tensor, options: InstanceNormFunctionOptions = {}): Tensor {
  checkOptions("instanceNorm", options, optionNames);
  const { runningMean = null, runningVar = null, weight = null, bias = null, useInputStats = true } = options;
  const { momentum = 0.1, eps = 1e-5 } = options;
  checkPerChannel("instanceNorm", input, { runningMean, runningVar, weight, bias });
  checkBothOrNeither("instanceNorm", runningMean, runningVar);
  check("instanceNorm", "useInputStats", useInputStats, flag());
  checkValue("instanceNorm", "momentum", momentum, finiteNumber());
  checkValue("instanceNorm", "eps", eps, finiteNumber());
  const [samples, channels, ...places] = input.shape;
  const like = { dtype: input.dtype };
  if (!useInputStats) {
    if (runningMean === null || runningVar === null) {
      throw wrongState(
        "instanceNorm",
        "with useInputStats: false it needs runningMean and runningVar",
        "give both, or leave useInputStats out",
      );
    }
    const [scale, shift] = [weight ?? ones([channels], like), bias ?? zeros([channels], like)];
    return ops.batchNormEval(input, runningMean, runningVar, scale, shift, { eps });
  }
  const count = sizeOf(places);
  if (count === 1) {
    throw refuse(
      "wrong-shape",
      "",
      `Expected more than 1 spatial element when training, got input size ${formatShape(input.shape)}: ` +
        "the variance of one value is 0. Instance norm is for [N, C, L], [N, C, H, W] and the like, with " +
        "more than one place per channel",
    );
  }
  // Every channel of every example is a channel of one large example.
  const spread = (value: Tensor | null, make: typeof ones) =>
    value === null || samples === 1 ? (value ?? make([samples * channels], like)) : value.repeat(samples);
  const joined = input.reshape(1, samples * channels, ...places);
  const [output, mean, variance] = ops.batchNorm(joined, spread(weight, ones), spread(bias, zeros), { eps });
  if (runningMean !== null && runningVar !== null && input.numel() > 0) {
    noGrad(() => {
      const average = (statistic: Tensor) => statistic.detach().reshape(samples, channels).mean(0);
      ops.updateRunningStats(runningMean, runningVar, average(mean), average(variance), momentum, { count });
    });
  }
  return output.reshape(input.shape);
}
