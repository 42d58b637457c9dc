import { checkOptions, formatShape, refuse, wrongState } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import { ones, type Tensor, zeros } from "../../../tensor/index.ts";
import { checkBothOrNeither, checkPerChannel } from "./perChannel.ts";

export interface BatchNormOptions {
  /** Running mean and variance, [C] both or neither: written in training, read in evaluation. */
  readonly runningMean?: Tensor | null | undefined;
  readonly runningVar?: Tensor | null | undefined;
  /** Scale and shift after normalizing, [C] each. */
  readonly weight?: Tensor | null | undefined;
  readonly bias?: Tensor | null | undefined;
  /** Normalize by the statistics of this batch instead of the running ones. Default false. */
  readonly training?: boolean | undefined;
  /**
   * Weight of the new value: running = (1 - momentum) * running + momentum * batch. Default 0.1.
   */
  readonly momentum?: number | Tensor | undefined;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
}

const optionNames = ["runningMean", "runningVar", "weight", "bias", "training", "momentum", "eps"];

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias for each channel of an input [N, C, ...]. The
 * batch is normalized by its biased variance while `runningVar` gets the unbiased one; no gradient
 * flows into running statistics. Sums are kept in float64, so a large mean costs no digits. An
 * empty batch leaves the running statistics alone. https://arxiv.org/abs/1502.03167,
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html
 * @throws TypeError if the dtypes differ, or an option is unknown
 * @throws RangeError if shapes do not fit, or in training if there is one value per channel
 */
export function batchNorm(input: Tensor, options: BatchNormOptions = {}): Tensor {
  checkOptions("batchNorm", options, optionNames);
  const { runningMean = null, runningVar = null, training = false, momentum = 0.1, eps = 1e-5 } = options;
  checkBatchNorm(input, options);
  const like = { dtype: input.dtype };
  const weight = options.weight ?? ones([input.shape[1]], like);
  const bias = options.bias ?? zeros([input.shape[1]], like);
  if (!training) {
    if (runningMean === null || runningVar === null) {
      throw wrongState(
        "batchNorm",
        "outside of training it needs runningMean and runningVar",
        "give both, or training: true",
      );
    }
    return ops.batchNormEval(input, runningMean, runningVar, weight, bias, { eps });
  }
  const count = valuesPerChannel(input);
  const [output, mean, variance] = ops.batchNorm(input, weight, bias, { eps });
  if (runningMean !== null && runningVar !== null && count > 0) {
    ops.updateRunningStats(runningMean, runningVar, mean, variance, momentum, { count });
  }
  return output;
}

function valuesPerChannel(input: Tensor): number {
  return input.shape.reduce((count, n, d) => (d === 1 ? count : count * n), 1);
}

function checkBatchNorm(input: Tensor, options: BatchNormOptions): void {
  const { runningMean = null, runningVar = null, weight = null, bias = null, training = false } = options;
  checkPerChannel("batchNorm", input, { runningMean, runningVar, weight, bias });
  checkBothOrNeither("batchNorm", runningMean, runningVar);
  if (training && valuesPerChannel(input) === 1) {
    throw refuse(
      "wrong-shape",
      "",
      "Expected more than 1 value per channel when training, got input size " +
        `${formatShape(input.shape)}: the variance of one value is 0. Drop the last, smaller batch ` +
        "(dropLast: true of DataLoader), choose another batch size, or call eval() to predict",
    );
  }
}
