import {
  allocate,
  checkOptions,
  checkShape,
  checkStorable,
  checkValue,
  type DType,
  formatShape,
  literal,
  mismatch,
  refuse,
  type Shape,
  sizeOf,
  type TypedArray,
  type Value,
  wholeNumber,
} from "../../core/index.ts";
import * as ops from "../../ops/index.ts";
import { defaultGenerator } from "../../random/index.ts";
import { type GeneratorOption, Tensor } from "../tensor.ts";
import { type NestedData, unnest } from "./nested.ts";
import { fillArange, fillLinspace } from "./ranges.ts";
import { type AnyTypedArray, isTypedArray, storedFrom } from "./typedArrays.ts";

export interface TensorOptions {
  /** Default float32; bool for booleans; for a typed array the dtype that holds its values. */
  dtype?: DType | undefined;
  /** Whether operations on the tensor are recorded for backward(). Default false. */
  requiresGrad?: boolean | undefined;
}

/**
 * A tensor from numbers, booleans, nested arrays of them, or a typed array (copied). Numbers give
 * float32, whole or not; typed arrays of integers give int32, a Uint8Array too: give
 * `{ dtype: "bool" }` for the `data` of a bool tensor. `shape` arranges the values.
 * https://pytorch.org/docs/stable/generated/torch.tensor.html
 * @throws RangeError if rows differ in length, the shape does not fit, or an integer is beyond
 *   int32; TypeError for anything but numbers and booleans
 */
export function tensor(
  data: NestedData | AnyTypedArray,
  options: TensorOptions & { shape?: Shape | undefined } = {},
): Tensor {
  checkOptions("tensor", options, ["dtype", "requiresGrad", "shape"]);
  const { shape: found, values } = isTypedArray(data) ? { shape: [data.length], values: data } : unnest(data);
  const shape = options.shape ?? found;
  checkShape(shape);
  if (sizeOf(shape) !== values.length) {
    throw refuse(
      "wrong-shape",
      "tensor",
      `${values.length} values do not fill shape ${formatShape(shape)}, which holds ${sizeOf(shape)}`,
    );
  }
  const stored = isTypedArray(values) ? storedFrom(values, options.dtype) : listed(values, options.dtype);
  return made(stored.data, [...shape], stored.dtype, options.requiresGrad);
}

function listed(values: readonly (number | boolean)[], dtype = naturalDtype(values)) {
  const data = allocate(dtype, values.length);
  for (let i = 0; i < data.length; i++) {
    const value = Number(values[i]);
    checkStorable("tensor", value, dtype);
    data[i] = dtype === "bool" ? Number(value !== 0) : value;
  }
  return { dtype, data };
}

/**
 * Refers to the class Tensor, so that a bundler keeps its module, which sets the executor: a
 * program that only creates tensors and calls their methods refers to the class nowhere else.
 */
function asTensor(value: Value): Tensor {
  if (value instanceof Tensor) return value;
  throw refuse("wrong-type", "", "the executor gave no tensor: is there a second copy of evenkeel?");
}

/** Dispatched like all operations: a compiled step creates it again at every run. */
function made(data: TypedArray, shape: Shape, dtype: DType, requiresGrad = false): Tensor {
  return asTensor(literal(data, { shape, dtype })).requiresGrad_(requiresGrad);
}

const naturalDtype = (values: readonly (number | boolean)[]): DType =>
  values.length > 0 && values.every((value) => typeof value === "boolean") ? "bool" : "float32";

const tensorOptions = ["dtype", "requiresGrad"];
const randomOptions = [...tensorOptions, "generator"];

/** A copy, so that later changes of the list do not affect the tensor. */
function listOf(shape: Shape): number[] {
  checkShape(shape);
  return [...shape];
}

/**
 * A shape as a list or as numbers, then options: `([2, 3])`, `(2, 3)`,
 * `(2, 3, { dtype: "int32" })`.
 */
export type SizeArguments<O = TensorOptions> =
  | [shape: Shape, options?: O]
  | [...sizes: number[]]
  | [...sizes: number[], options: O];

/** Splits the arguments into a shape and options; anything more is refused. */
function sizesAndOptions<O>(caller: string, given: SizeArguments<O>, known: readonly string[]): [number[], O] {
  const all: readonly unknown[] = given;
  const count = typeof all[0] === "number" ? all.findIndex((n) => typeof n !== "number") : 1;
  const end = count < 0 ? all.length : count;
  const shape = listOf((typeof all[0] === "number" ? all.slice(0, end) : all[0]) as Shape);
  const options = all[end] ?? {};
  checkOptions(caller, options, known);
  if (all.length > end + 1) {
    throw mismatch(
      "wrong-type",
      caller,
      "more follows the options",
      `one shape and one object of options: ${caller}(2, 3, { ${known[0]}: ... })`,
    );
  }
  return [shape, options as O];
}

/** One value everywhere. Default float32. */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  checkOptions("full", options, tensorOptions);
  return filled(listOf(shape), value, options);
}

function filled(shape: number[], value: number, { dtype = "float32", requiresGrad = false }: TensorOptions): Tensor {
  return asTensor(ops.fill({ shape, dtype, value })).requiresGrad_(requiresGrad);
}

/** Zeros: `zeros(2, 3)` or `zeros([2, 3])`. Default float32. */
export function zeros(...size: SizeArguments): Tensor {
  const [shape, options] = sizesAndOptions("zeros", size, tensorOptions);
  return filled(shape, 0, options);
}

/** Ones: `ones(2, 3)` or `ones([2, 3])`. Default float32. */
export function ones(...size: SizeArguments): Tensor {
  const [shape, options] = sizesAndOptions("ones", size, tensorOptions);
  return filled(shape, 1, options);
}

/** A tensor to write to: `empty(2, 3)`. Its values are zeros, like all new memory in JavaScript. */
export function empty(...size: SizeArguments): Tensor {
  const [shape, options] = sizesAndOptions("empty", size, tensorOptions);
  return filled(shape, 0, options);
}

/** One value everywhere, in the shape of `like` and, by default, its dtype. */
export function fullLike(like: Tensor, value: number, options?: TensorOptions): Tensor {
  return full(like.shape, value, { dtype: like.dtype, ...options });
}

/** Zeros in the shape of `like` and, by default, its dtype. */
export function zerosLike(like: Tensor, options?: TensorOptions): Tensor {
  return fullLike(like, 0, options);
}

/** Ones in the shape of `like` and, by default, its dtype. */
export function onesLike(like: Tensor, options?: TensorOptions): Tensor {
  return fullLike(like, 1, options);
}

/** A tensor to write to, in the shape and dtype of `like`. Its values are zeros. */
export function emptyLike(like: Tensor, options?: TensorOptions): Tensor {
  return fullLike(like, 0, options);
}

/** The [n, n] identity matrix. */
export function eye(n: number, options?: TensorOptions): Tensor;
/** Ones on the diagonal of an [n, m] matrix, zeros elsewhere. */
export function eye(n: number, m?: number, options?: TensorOptions): Tensor;
export function eye(n: number, second?: number | TensorOptions, third?: TensorOptions): Tensor {
  const isSquare = typeof second === "object";
  const [m, options] = [isSquare ? n : (second ?? n), (isSquare ? second : third) ?? {}];
  checkShape([n, m], "the size", "eye");
  checkOptions("eye", options, tensorOptions);
  const { dtype = "float32" } = options;
  const data = allocate(dtype, n * m, [n, m]);
  for (let i = 0; i < Math.min(n, m); i++) data[i * m + i] = 1;
  return made(data, [n, m], dtype, options.requiresGrad);
}

/** start, start + step, ... below end; `arange(n)` counts from 0. Default float32. */
export function arange(end: number, options?: TensorOptions): Tensor;
/** start, start + step, ... below end: `arange(0, 10, 2)`. Default float32. */
export function arange(start: number, end: number, options?: TensorOptions & { step?: number | undefined }): Tensor;
/**
 * start, start + step, ... up to, but not including, end; a negative step counts down:
 * `arange(5, 0, -1)`.
 */
export function arange(start: number, end: number, step?: number, options?: TensorOptions): Tensor;
export function arange(
  first: number,
  ...rest: (number | (TensorOptions & { step?: number | undefined }) | undefined)[]
): Tensor {
  const [start, end] = typeof rest[0] === "number" ? [first, rest.shift() as number] : [0, first];
  const positional = typeof rest[0] === "number" ? (rest.shift() as number) : undefined;
  const options = rest.find((given) => given !== undefined) ?? {};
  checkOptions("arange", options, positional === undefined ? [...tensorOptions, "step"] : tensorOptions);
  const {
    step = positional ?? 1,
    dtype = "float32",
    requiresGrad,
  } = options as TensorOptions & { step?: number | undefined };
  const length = Math.ceil((end - start) / step);
  if (!Number.isFinite(length) || length < 0) {
    throw refuse(
      "wrong-value",
      "arange",
      `no steps of ${step} lead from ${start} to ${end}`,
      "step must point from start to end",
    );
  }
  const data = allocate(dtype, length);
  if (length > 0) for (const end of [start, start + (length - 1) * step]) checkStorable("arange", end, dtype);
  fillArange(data, start, step);
  return made(data, [length], dtype, requiresGrad);
}

/** `steps` values from start to end, both included. */
export function linspace(start: number, end: number, steps: number, options: TensorOptions = {}): Tensor {
  checkValue("linspace", "steps", steps, wholeNumber(0));
  checkOptions("linspace", options, tensorOptions);
  const { dtype = "float32" } = options;
  const data = allocate(dtype, steps);
  if (steps > 0) for (const value of [start, end]) checkStorable("linspace", value, dtype);
  fillLinspace(data, dtype, start, end);
  return made(data, [steps], dtype, options.requiresGrad);
}

type RandomOptions = TensorOptions & GeneratorOption;

/**
 * Uniform in [0, 1): `rand(2, 3)` or `rand([2, 3])`. The same numbers as torch.rand after the same
 * seed.
 */
export function rand(...size: SizeArguments<RandomOptions>): Tensor {
  const [shape, options] = sizesAndOptions("rand", size, randomOptions);
  const { dtype = "float32", generator = defaultGenerator, requiresGrad = false } = options;
  return asTensor(ops.uniform({ shape, dtype, generator, low: 0, high: 1 })).requiresGrad_(requiresGrad);
}

/**
 * Standard normal: `randn(2, 3)` or `randn([2, 3])`. The same numbers as torch.randn after the same
 * seed.
 */
export function randn(...size: SizeArguments<RandomOptions>): Tensor {
  const [shape, options] = sizesAndOptions("randn", size, randomOptions);
  return drawNormal(shape, 0, 1, options);
}

/**
 * Normal with the given mean and standard deviation: `normal(0, 1, [2, 3])`. The same numbers as
 * torch.normal after the same seed. @throws RangeError for a negative standard deviation
 */
export function normal(mean: number, std: number, shape: Shape, options: RandomOptions = {}): Tensor {
  checkOptions("normal", options, randomOptions);
  return drawNormal(listOf(shape), mean, std, options);
}

function drawNormal(shape: number[], mean: number, std: number, options: RandomOptions): Tensor {
  const { dtype = "float32", generator = defaultGenerator, requiresGrad = false } = options;
  return asTensor(ops.normal({ shape, dtype, generator, mean, std })).requiresGrad_(requiresGrad);
}

/** Uniform in [0, 1), in the shape of `like` and, by default, its dtype. */
export function randLike(like: Tensor, options?: RandomOptions): Tensor {
  return rand(like.shape, { dtype: like.dtype, ...options });
}

/** Standard normal, in the shape of `like` and, by default, its dtype. */
export function randnLike(like: Tensor, options?: RandomOptions): Tensor {
  return randn(like.shape, { dtype: like.dtype, ...options });
}

/** Whole numbers from 0 to high - 1. Default int32. */
export function randint(high: number, shape: Shape, options?: RandomOptions): Tensor;
/** Whole numbers from low to high - 1. Default int32. */
export function randint(low: number, high: number, shape: Shape, options?: RandomOptions): Tensor;
export function randint(first: number, ...rest: (number | Shape | RandomOptions | undefined)[]): Tensor {
  const [low, high] = typeof rest[0] === "number" ? [first, rest.shift() as number] : [0, first];
  const [shape, options = {}] = rest as [Shape, RandomOptions?];
  checkOptions("randint", options, randomOptions);
  const { dtype = "int32", generator = defaultGenerator, requiresGrad = false } = options;
  const values = asTensor(ops.randint({ shape: listOf(shape), dtype, generator, low, high }));
  return values.requiresGrad_(requiresGrad);
}

/** A random order of 0 to n - 1, int32. */
export function randperm(n: number, options: GeneratorOption = {}): Tensor {
  checkOptions("randperm", options, ["generator"]);
  const { generator = defaultGenerator } = options;
  return asTensor(ops.randperm({ n, generator }));
}

/** Ones and zeros: each element is 1 with the probability in `probabilities`. */
export function bernoulli(probabilities: Tensor, options: GeneratorOption = {}): Tensor {
  checkOptions("bernoulli", options, ["generator"]);
  const { generator = defaultGenerator } = options;
  return ops.bernoulliOf(probabilities, { generator });
}
