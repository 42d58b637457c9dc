import { isFloat, mismatch, sizeOf, wrongDtype, wrongShape, wrongValue } from "../core/index.ts";
import { erf } from "../core/math/erf.ts";
import { type GeneratorOption, noGrad, randn, randperm, type Tensor, tensor as tensorOf } from "../tensor/index.ts";

/**
 * Initial values: each function fills a float tensor in place, records no gradient, and returns the
 * tensor. With the same seed the values are PyTorch's. https://pytorch.org/docs/stable/nn.init.html
 */

export type Nonlinearity =
  | "linear"
  | "conv1d"
  | "conv2d"
  | "conv3d"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leakyRelu"
  | "selu";

const gains: Record<Exclude<Nonlinearity, "leakyRelu">, number> = {
  linear: 1,
  conv1d: 1,
  conv2d: 1,
  conv3d: 1,
  sigmoid: 1,
  tanh: 5 / 3,
  relu: Math.sqrt(2),
  selu: 3 / 4,
};

/**
 * The factor for the spread of weights before a nonlinearity that keeps the variance constant
 * across layers. `negativeSlope` (default 0.01) is that of leakyRelu.
 * @throws RangeError for an unknown nonlinearity
 */
export function calculateGain(nonlinearity: Nonlinearity, negativeSlope = 0.01): number {
  if (nonlinearity === "leakyRelu") return Math.sqrt(2 / (1 + negativeSlope ** 2));
  if (!Object.hasOwn(gains, nonlinearity)) {
    const known = [...Object.keys(gains), "leakyRelu"].join(", ");
    throw mismatch("wrong-value", "calculateGain", `unknown nonlinearity ${JSON.stringify(nonlinearity)}`, known);
  }
  return gains[nonlinearity];
}

/** Uniform between low (inclusive) and high. */
export function uniform_<T extends Tensor>(tensor: T, low = 0, high = 1, { generator }: GeneratorOption = {}): T {
  return fill("uniform_", tensor, () => tensor.uniform_(low, high, { generator }));
}

/**
 * Normal with the given mean and standard deviation.
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.normal_
 */
export function normal_<T extends Tensor>(tensor: T, mean = 0, std = 1, { generator }: GeneratorOption = {}): T {
  return fill("normal_", tensor, () => tensor.normal_(mean, std, { generator }));
}

/**
 * The same value everywhere. https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.constant_
 */
export function constant_<T extends Tensor>(tensor: T, value: number): T {
  return fill("constant_", tensor, () => tensor.fill_(value));
}

/** Ones everywhere. https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.ones_ */
export function ones_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 1);
}

/** Zeros everywhere. https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.zeros_ */
export function zeros_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 0);
}

/** Ones on the diagonal of a matrix, zeros elsewhere. */
export function eye_<T extends Tensor>(tensor: T): T {
  const [rows, columns] = matrixShape("eye_", tensor);
  return write("eye_", tensor, (values) => {
    for (let i = 0; i < Math.min(rows, columns); i++) values[i * columns + i] = 1;
  });
}

export interface DiracOptions {
  /** Each group of the outputs gets a copy of its own. Default 1. */
  readonly groups?: number | undefined;
}

/**
 * Weights of a convolution, [out, in, ...kernel], that let as many channels through as they are as
 * there are in both: a 1 in the middle of the kernel, zeros elsewhere.
 * @throws RangeError unless the tensor has 3 to 5 dimensions, and groups that divide the first
 */
export function dirac_<T extends Tensor>(tensor: T, { groups = 1 }: DiracOptions = {}): T {
  const [outputs, inputs, ...kernel] = tensor.shape;
  if (tensor.ndim < 3 || tensor.ndim > 5) {
    throw wrongShape("dirac_", "the tensor", tensor.shape, "3 to 5 dimensions [out, in, ...kernel]");
  }
  if (!Number.isInteger(groups) || groups < 1 || outputs % groups !== 0) {
    throw wrongValue("dirac_", "groups", groups, `a whole number that divides the ${outputs} outputs`);
  }
  const size = sizeOf(kernel);
  const middle = kernel.reduce((place, n) => place * n + Math.floor(n / 2), 0);
  const perGroup = outputs / groups;
  return write("dirac_", tensor, (values) => {
    for (let output = 0; output < outputs; output++) {
      const channel = output % perGroup;
      if (channel < inputs) values[(output * inputs + channel) * size + middle] = 1;
    }
  });
}

export interface XavierOptions extends GeneratorOption {
  /** From {@link calculateGain}. Default 1. */
  readonly gain?: number | undefined;
}

/**
 * Uniform within gain * sqrt(6 / (fanIn + fanOut)). https://proceedings.mlr.press/v9/glorot10a.html
 * @throws RangeError for a tensor of fewer than 2 dimensions
 */
export function xavierUniform_<T extends Tensor>(tensor: T, { gain = 1, generator }: XavierOptions = {}): T {
  const bound = Math.sqrt(3) * xavierStd("xavierUniform_", tensor, gain);
  return uniform_(tensor, -bound, bound, { generator });
}

/** Normal with standard deviation gain * sqrt(2 / (fanIn + fanOut)); see {@link xavierUniform_}. */
export function xavierNormal_<T extends Tensor>(tensor: T, { gain = 1, generator }: XavierOptions = {}): T {
  return normal_(tensor, 0, xavierStd("xavierNormal_", tensor, gain), { generator });
}

function xavierStd(owner: string, tensor: Tensor, gain: number): number {
  const { fanIn, fanOut } = fans(owner, tensor);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

export interface KaimingOptions extends GeneratorOption {
  /** Slope of the leakyRelu that follows, for negative inputs. Default 0. */
  readonly a?: number | undefined;
  /** Keep the variance forward (fanIn, the default) or backward (fanOut). */
  readonly mode?: "fanIn" | "fanOut" | undefined;
  /** The nonlinearity after the layer. Default leakyRelu. */
  readonly nonlinearity?: Nonlinearity | undefined;
}

/**
 * Uniform within gain * sqrt(3 / fan). https://arxiv.org/abs/1502.01852
 * @throws RangeError for a tensor of fewer than 2 dimensions, an unknown mode or nonlinearity
 */
export function kaimingUniform_<T extends Tensor>(tensor: T, options: KaimingOptions = {}): T {
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform_", tensor, options);
  return uniform_(tensor, -bound, bound, options);
}

/** Normal with standard deviation gain / sqrt(fan); see {@link kaimingUniform_}. */
export function kaimingNormal_<T extends Tensor>(tensor: T, options: KaimingOptions = {}): T {
  return normal_(tensor, 0, kaimingStd("kaimingNormal_", tensor, options), options);
}

function kaimingStd(owner: string, tensor: Tensor, options: KaimingOptions): number {
  const { a = 0, mode = "fanIn", nonlinearity = "leakyRelu" } = options;
  if (mode !== "fanIn" && mode !== "fanOut") {
    throw wrongValue(owner, "mode", mode, '"fanIn" or "fanOut"');
  }
  return calculateGain(nonlinearity, a) / Math.sqrt(fans(owner, tensor)[mode]);
}

/** Values that one output sees, and that one input feeds: [out, in, ...kernel]. */
function fans(owner: string, tensor: Tensor): { fanIn: number; fanOut: number } {
  if (tensor.ndim < 2) {
    throw wrongShape(
      owner,
      "the tensor",
      tensor.shape,
      "at least 2 dimensions [out, in, ...]",
      "use uniform_ or normal_ for vectors",
    );
  }
  const kernel = sizeOf(tensor.shape.slice(2));
  return { fanIn: tensor.shape[1] * kernel, fanOut: tensor.shape[0] * kernel };
}

export interface TruncNormalOptions extends GeneratorOption {
  /** Default 0. */
  readonly mean?: number | undefined;
  /** Default 1. */
  readonly std?: number | undefined;
  /** Values stay from a to b, in units of the tensor. Defaults -2 and 2. */
  readonly a?: number | undefined;
  readonly b?: number | undefined;
}

/**
 * Normal, but only values from a to b: uniform between the distribution function's values there,
 * then its inverse.
 * @throws RangeError if a is not below b or std is not positive
 */
export function truncNormal_<T extends Tensor>(
  tensor: T,
  { mean = 0, std = 1, a = -2, b = 2, generator }: TruncNormalOptions = {},
): T {
  if (!(std > 0)) throw wrongValue("truncNormal_", "std", std, "a number above 0");
  if (!(a < b)) throw mismatch("conflict", "truncNormal_", `a is ${a} and b is ${b}`, "a below b");
  const edge = (x: number) => erf((x - mean) / std / Math.SQRT2);
  uniform_(tensor, edge(a), edge(b), { generator });
  return write("truncNormal_", tensor, (values) => {
    for (let i = 0; i < values.length; i++) {
      const value = mean + std * Math.SQRT2 * inverseErf(tensor.data[i]);
      values[i] = Math.min(Math.max(value, a), b);
    }
  });
}

/**
 * Winitzki's formula (2e-3) and two steps of Halley's method, each of which triples the number of
 * right digits. https://www.academia.edu/9730974
 */
function inverseErf(y: number): number {
  if (Math.abs(y) >= 1) return y * Number.POSITIVE_INFINITY;
  const c = 0.147;
  const log = Math.log1p(-y * y);
  const half = 2 / (Math.PI * c) + log / 2;
  let x = Math.sign(y) * Math.sqrt(Math.sqrt(half * half - log / c) - half);
  for (let step = 0; step < 2; step++) {
    const newton = (erf(x) - y) / ((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x));
    x -= newton / (1 + x * newton);
  }
  return x;
}

/**
 * Rows, or columns if there are fewer of them, that are orthogonal and of length gain; dimensions
 * from the third on are flattened. The Q factor of a normal matrix, with the signs that make the
 * diagonal of R positive. https://arxiv.org/abs/1312.6120
 * @throws RangeError for a tensor of fewer than 2 dimensions
 */
export function orthogonal_<T extends Tensor>(tensor: T, { gain = 1, generator }: XavierOptions = {}): T {
  fans("orthogonal_", tensor);
  requireFloatTensor("orthogonal_", tensor);
  if (tensor.numel() === 0) return tensor;
  const rows = tensor.shape[0];
  const columns = tensor.numel() / rows;
  const drawn = randn([rows, columns], { dtype: tensor.dtype, generator }).data;
  const long = Math.max(rows, columns);
  const vectors = Array.from({ length: Math.min(rows, columns) }, (_, v) =>
    Float64Array.from({ length: long }, (_, i) => drawn[rows < columns ? v * columns + i : i * columns + v]),
  );
  orthonormalize(vectors);
  return write("orthogonal_", tensor, (values) => {
    for (const [v, vector] of vectors.entries()) {
      for (let i = 0; i < long; i++) values[rows < columns ? v * columns + i : i * columns + v] = gain * vector[i];
    }
  });
}

/**
 * Gram-Schmidt in place. Going over each vector twice makes it as accurate as Householder's
 * reflections.
 */
function orthonormalize(vectors: readonly Float64Array[]): void {
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  for (const [v, vector] of vectors.entries()) {
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of vectors.slice(0, v)) {
        const share = dot(vector, earlier);
        for (let i = 0; i < vector.length; i++) vector[i] -= share * earlier[i];
      }
    }
    const length = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < vector.length; i++) vector[i] /= length;
  }
}

export interface SparseOptions extends GeneratorOption {
  /** Share of each column that is set to 0, rounded up to whole values. */
  readonly sparsity: number;
  /** Standard deviation of the other values. Default 0.01. */
  readonly std?: number | undefined;
}

/**
 * Normal values, with the given share of each column at 0.
 * https://www.cs.toronto.edu/~jmartens/docs/Deep_HessianFree.pdf
 * @throws RangeError for a tensor that is no matrix, or a share outside of 0 to 1
 */
export function sparse_<T extends Tensor>(tensor: T, { sparsity, std = 0.01, generator }: SparseOptions): T {
  const [rows, columns] = matrixShape("sparse_", tensor);
  if (!(sparsity >= 0 && sparsity <= 1)) {
    throw wrongValue("sparse_", "sparsity", sparsity, "a share from 0 to 1");
  }
  const zeros = Math.ceil(sparsity * rows);
  normal_(tensor, 0, std, { generator });
  return write("sparse_", tensor, (values) => {
    values.set(tensor.data);
    for (let column = 0; column < columns; column++) {
      for (const row of randperm(rows, { generator }).data.subarray(0, zeros)) values[row * columns + column] = 0;
    }
  });
}

function matrixShape(owner: string, tensor: Tensor): readonly number[] {
  if (tensor.ndim === 2) return tensor.shape;
  throw wrongShape(owner, "the tensor", tensor.shape, "2 dimensions");
}

function requireFloatTensor(owner: string, tensor: Tensor): void {
  if (!isFloat(tensor.dtype)) {
    throw wrongDtype(owner, "the tensor", tensor.dtype, "float32 or float64");
  }
}

function fill<T extends Tensor>(owner: string, tensor: T, write: () => void): T {
  requireFloatTensor(owner, tensor);
  noGrad(write);
  return tensor;
}

/** Computes all values, from zeros, in float64 before the tensor is touched. */
function write<T extends Tensor>(owner: string, tensor: T, compute: (values: Float64Array) => void): T {
  const values = new Float64Array(tensor.numel());
  compute(values);
  return fill(owner, tensor, () => tensor.copy_(tensorOf(values, { shape: tensor.shape })));
}
