import {
  checkOptions,
  checkValue,
  finiteNumber,
  formatShape,
  mismatch,
  normalizeDim,
  wrongValue,
} from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { type InplaceOption, requireTensor } from "../../checks.ts";

/**
 * Nonlinearities: each maps every value by itself, any shape to the same shape, except softmax and
 * logSoftmax, which work along a dimension. `inplace` is accepted where PyTorch has it, without
 * effect: the input stays as it is. Formulas:
 * https://pytorch.org/docs/stable/nn.functional.html#non-linear-activation-functions
 */

const inplaceOnly = ["inplace"];

/** max(0, x). The gradient at 0 is 0. */
export function relu(input: Tensor, options?: InplaceOption): Tensor {
  if (options !== undefined) checkOptions("relu", options, inplaceOnly);
  return ops.relu(input);
}

const leakyReluOptions = ["negativeSlope", "inplace"];

/** x where positive, `negativeSlope` (default 0.01) times x elsewhere. */
export function leakyRelu(input: Tensor, options: { negativeSlope?: number | undefined } & InplaceOption = {}): Tensor {
  checkOptions("leakyRelu", options, leakyReluOptions);
  const { negativeSlope = 0.01 } = options;
  return ops.leakyRelu(input, { negativeSlope });
}

const eluOptions = ["alpha", "inplace"];

/**
 * x where positive, `alpha` (default 1) times (exp(x) - 1) elsewhere.
 * https://arxiv.org/abs/1511.07289
 */
export function elu(input: Tensor, options: { alpha?: number | undefined } & InplaceOption = {}): Tensor {
  checkOptions("elu", options, eluOptions);
  const { alpha = 1 } = options;
  return ops.elu(input, { alpha, scale: 1, inputScale: 1 });
}

export type GeluApproximation = "none" | "tanh";

export function checkApproximation(owner: string, approximate: GeluApproximation): void {
  if (approximate !== "none" && approximate !== "tanh") {
    throw wrongValue(owner, "approximate", approximate, '"none" or "tanh"');
  }
}

const geluOptions = ["approximate"];

/**
 * x times the normal distribution function of x; `approximate: "tanh"` gives the cheaper form of
 * the paper instead. https://arxiv.org/abs/1606.08415
 */
export function gelu(input: Tensor, options: { approximate?: GeluApproximation | undefined } = {}): Tensor {
  checkOptions("gelu", options, geluOptions);
  const { approximate = "none" } = options;
  checkApproximation("gelu", approximate);
  return approximate === "none" ? ops.gelu(input) : ops.geluTanh(input);
}

/** x * sigmoid(x), also called swish. */
export function silu(input: Tensor, options?: InplaceOption): Tensor {
  if (options !== undefined) checkOptions("silu", options, inplaceOnly);
  return ops.silu(input);
}

/** The hyperbolic tangent, (exp(x) - exp(-x)) / (exp(x) + exp(-x)). */
export function tanh(input: Tensor): Tensor {
  return ops.tanh(input);
}

/** 1 / (1 + exp(-x)). */
export function sigmoid(input: Tensor): Tensor {
  return ops.sigmoid(input);
}

/** log(sigmoid(x)), without overflow for large negative x. */
export function logSigmoid(input: Tensor): Tensor {
  return ops.logSigmoid(input);
}

const softplusOptions = ["beta", "threshold"];

/**
 * log(1 + exp(beta * x)) / beta; x itself where beta * x exceeds `threshold`. Defaults: beta 1,
 * threshold 20.
 */
export function softplus(
  input: Tensor,
  options: { beta?: number | undefined; threshold?: number | undefined } = {},
): Tensor {
  checkOptions("softplus", options, softplusOptions);
  const { beta = 1, threshold = 20 } = options;
  return ops.softplus(input, { beta, threshold });
}

const celuOptions = ["alpha", "inplace"];

/**
 * x where positive, `alpha` (default 1) times (exp(x / alpha) - 1) elsewhere.
 * https://arxiv.org/abs/1704.07483
 */
export function celu(input: Tensor, options: { alpha?: number | undefined } & InplaceOption = {}): Tensor {
  checkOptions("celu", options, celuOptions);
  const { alpha = 1 } = options;
  checkDivisor("celu", "alpha", alpha);
  return ops.elu(input, { alpha, scale: 1, inputScale: 1 / alpha });
}

export function checkDivisor(owner: string, name: string, value: number): void {
  checkValue(owner, name, value, finiteNumber());
  if (value === 0) throw mismatch("wrong-value", owner, `${name} is 0`, "another number: it is divided by");
}

const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/**
 * 1.0507 times {@link elu} with alpha 1.67326: keeps mean 0 and variance 1.
 * https://arxiv.org/abs/1706.02515
 */
export function selu(input: Tensor, options: InplaceOption = {}): Tensor {
  checkOptions("selu", options, inplaceOnly);
  return ops.elu(input, { alpha: seluAlpha, scale: seluScale, inputScale: 1 });
}

/** x * tanh(softplus(x)). https://arxiv.org/abs/1908.08681 */
export function mish(input: Tensor, options: InplaceOption = {}): Tensor {
  checkOptions("mish", options, inplaceOnly);
  return ops.mish(input);
}

/** x / (1 + |x|). */
export function softsign(input: Tensor): Tensor {
  requireTensor("softsign", "input", input);
  return input.div(input.abs().add(1));
}

const softmaxOptions = ["dim"];

/** exp(x) over its sum along `dim`: positive values that sum to 1. */
export function softmax(input: Tensor, options: { dim: number }): Tensor {
  checkOptions("softmax", options, softmaxOptions);
  requireTensor("softmax", "input", input);
  return input.softmax(options.dim);
}

/** {@link softmax} of -x: the smallest value gets most. */
export function softmin(input: Tensor, options: { dim: number }): Tensor {
  checkOptions("softmin", options, softmaxOptions);
  requireTensor("softmin", "input", input);
  return input.neg().softmax(options.dim);
}

/** The logarithm of {@link softmax}, without the overflow of taking it afterwards. */
export function logSoftmax(input: Tensor, options: { dim: number }): Tensor {
  checkOptions("logSoftmax", options, softmaxOptions);
  requireTensor("logSoftmax", "input", input);
  return input.logSoftmax(options.dim);
}

/**
 * The first half along `dim` (default -1) times the sigmoid of the second: [..., 2 n] -> [..., n].
 * https://arxiv.org/abs/1612.08083
 * @throws RangeError if the size along `dim` is odd
 */
export function glu(input: Tensor, options: { dim?: number | undefined } = {}): Tensor {
  checkOptions("glu", options, softmaxOptions);
  requireTensor("glu", "input", input);
  const { dim = -1 } = options;
  const size = input.shape[normalizeDim(dim, input.ndim)];
  if (input.ndim === 0 || size % 2 !== 0) {
    throw mismatch(
      "wrong-shape",
      "glu",
      `dimension ${dim} of the input ${formatShape(input.shape)} cannot be halved`,
      "an even size",
      "give the layer before twice as many outputs",
    );
  }
  const half = size / 2;
  return input.narrow(dim, 0, half).mul(input.narrow(dim, half, half).sigmoid());
}
