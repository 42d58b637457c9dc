import {
  allocate,
  checkOptions,
  checkShape,
  checkStorable,
  type DType,
  dtypeOf,
  formatShape,
  literal,
  type Shape,
  sizeOf,
  type TypedArray,
} from "../core/index.ts";
import * as ops from "../ops/index.ts";
import { defaultGenerator } from "../random/index.ts";
import { type NestedData, unnest } from "./nested.ts";
import type { GeneratorOption, Tensor } from "./tensor.ts";

export interface TensorOptions {
  /** Default float32, or the kind of a typed array, or bool for booleans. */
  dtype?: DType;
  /** Whether operations on the tensor are recorded for backward(). Default false. */
  requiresGrad?: boolean;
}

/**
 * A tensor from numbers, booleans, nested arrays of them, or a typed array (copied). Numbers give float32, whole or not.
 * With `shape`, the values are arranged in it.
 * https://pytorch.org/docs/stable/generated/torch.tensor.html
 * @throws RangeError if rows differ in length or the shape does not fit; TypeError for anything but numbers and booleans
 */
export function tensor(data: NestedData | TypedArray, options: TensorOptions & { shape?: Shape } = {}): Tensor {
  checkOptions("tensor", options, ["dtype", "requiresGrad", "shape"]);
  const isTyped = typeof data === "object" && ArrayBuffer.isView(data) && !(data instanceof DataView);
  const typed = isTyped ? (data as unknown as TypedArray) : undefined;
  const { shape: found, values } = typed === undefined ? unnest(data) : { shape: [typed.length], values: typed };
  const shape = options.shape ?? found;
  checkShape(shape);
  if (sizeOf(shape) !== values.length) {
    throw new RangeError(
      `tensor: ${values.length} values do not fill shape ${formatShape(shape)}, which holds ${sizeOf(shape)}`,
    );
  }
  const natural =
    typed === undefined ? naturalDtype(values as readonly (number | boolean)[]) : (dtypeOf(typed) ?? "float32");
  const dtype = options.dtype ?? natural;
  const stored = allocate(dtype, values.length);
  for (let i = 0; i < stored.length; i++) {
    const value = Number(values[i]);
    if (dtype === "int32") checkStorable("tensor", value, dtype);
    stored[i] = dtype === "bool" ? Number(value !== 0) : value;
  }
  return made(stored, [...shape], dtype, options.requiresGrad);
}

/** Through the door like all else: a compiled step makes it anew at every run. */
function made(data: TypedArray, shape: Shape, dtype: DType, requiresGrad = false): Tensor {
  return (literal(data, { shape, dtype }) as Tensor).requiresGrad_(requiresGrad);
}

const naturalDtype = (values: readonly (number | boolean)[]): DType =>
  values.length > 0 && values.every((value) => typeof value === "boolean") ? "bool" : "float32";

const tensorOptions = ["dtype", "requiresGrad"];
const randomOptions = [...tensorOptions, "generator"];

/** A copy, so that a list that its owner changes later leaves the tensor alone. */
function listOf(shape: Shape): number[] {
  checkShape(shape);
  return [...shape];
}

/** A shape as a list or as numbers, then options: `([2, 3])`, `(2, 3)`, `(2, 3, { dtype: "int32" })`. */
export type SizeArguments<O = TensorOptions> =
  | [shape: Shape, options?: O]
  | [...sizes: number[]]
  | [...sizes: number[], options: O];

/** Takes the arguments apart; what is left over is refused as options would be. */
function sizesAndOptions<O>(caller: string, given: SizeArguments<O>, known: readonly string[]): [number[], O] {
  const all: readonly unknown[] = given;
  const count = typeof all[0] === "number" ? all.findIndex((n) => typeof n !== "number") : 1;
  const end = count < 0 ? all.length : count;
  const shape = listOf((typeof all[0] === "number" ? all.slice(0, end) : all[0]) as Shape);
  const options = all[end] ?? {};
  checkOptions(caller, options, known);
  if (all.length > end + 1) {
    throw new TypeError(
      `${caller}: more follows the options, expected one shape and one object of options: ${caller}(2, 3, { ${known[0]}: ... })`,
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
  return (ops.fill({ shape, dtype, value }) as Tensor).requiresGrad_(requiresGrad);
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

/** A tensor to be written to: `empty(2, 3)`. Its values are zeros, as all new memory of JavaScript is. */
export function empty(...size: SizeArguments): Tensor {
  const [shape, options] = sizesAndOptions("empty", size, tensorOptions);
  return filled(shape, 0, options);
}

/** One value everywhere, in the shape of `like` and, unless options say otherwise, its dtype. */
export function fullLike(like: Tensor, value: number, options?: TensorOptions): Tensor {
  return full(like.shape, value, { dtype: like.dtype, ...options });
}

/** Zeros in the shape of `like` and, unless options say otherwise, its dtype. */
export function zerosLike(like: Tensor, options?: TensorOptions): Tensor {
  return fullLike(like, 0, options);
}

/** Ones in the shape of `like` and, unless options say otherwise, its dtype. */
export function onesLike(like: Tensor, options?: TensorOptions): Tensor {
  return fullLike(like, 1, options);
}

/** A tensor to be written to, in the shape of `like` and its dtype. Its values are zeros. */
export function emptyLike(like: Tensor, options?: TensorOptions): Tensor {
  return fullLike(like, 0, options);
}

/** Ones on the diagonal of an [n, n] matrix, zeros elsewhere. */
export function eye(n: number, options?: TensorOptions): Tensor;
/** Ones on the diagonal of an [n, m] matrix, zeros elsewhere. */
export function eye(n: number, m?: number, options?: TensorOptions): Tensor;
export function eye(n: number, second?: number | TensorOptions, third?: TensorOptions): Tensor {
  const isSquare = typeof second === "object";
  const [m, options] = [isSquare ? n : (second ?? n), (isSquare ? second : third) ?? {}];
  checkShape([n, m], "eye: sizes");
  checkOptions("eye", options, tensorOptions);
  const { dtype = "float32" } = options;
  const data = allocate(dtype, n * m, [n, m]);
  for (let i = 0; i < Math.min(n, m); i++) data[i * m + i] = 1;
  return made(data, [n, m], dtype, options.requiresGrad);
}

/** start, start + step, ... below end; `arange(n)` counts from 0. float32 unless dtype says otherwise. */
export function arange(end: number, options?: TensorOptions): Tensor;
/** start, start + step, ... below end: `arange(0, 10, 2)`. float32 unless dtype says otherwise. */
export function arange(start: number, end: number, options?: TensorOptions & { step?: number }): Tensor;
/** start, start + step, ... below end, which lies in the direction of the step: `arange(5, 0, -1)`. */
export function arange(start: number, end: number, step?: number, options?: TensorOptions): Tensor;
export function arange(first: number, ...rest: (number | (TensorOptions & { step?: number }) | undefined)[]): Tensor {
  const [start, end] = typeof rest[0] === "number" ? [first, rest.shift() as number] : [0, first];
  const positional = typeof rest[0] === "number" ? (rest.shift() as number) : undefined;
  const options = rest.find((given) => given !== undefined) ?? {};
  checkOptions("arange", options, positional === undefined ? [...tensorOptions, "step"] : tensorOptions);
  const { step = positional ?? 1, dtype = "float32", requiresGrad } = options as TensorOptions & { step?: number };
  const length = Math.ceil((end - start) / step);
  if (!Number.isFinite(length) || length < 0) {
    throw new RangeError(`arange: no steps of ${step} lead from ${start} to ${end}; step must point from start to end`);
  }
  const data = allocate(dtype, length);
  for (let i = 0; i < length; i++) data[i] = start + i * step;
  return made(data, [length], dtype, requiresGrad);
}

/** `steps` values from start to end, both included. */
export function linspace(start: number, end: number, steps: number, options: TensorOptions = {}): Tensor {
  checkShape([steps], "linspace: steps");
  checkOptions("linspace", options, tensorOptions);
  const { dtype = "float32" } = options;
  const data = allocate(dtype, steps);
  const step = (end - start) / Math.max(1, steps - 1);
  for (let i = 0; i < steps; i++) data[i] = i < steps / 2 ? start + i * step : end - (steps - 1 - i) * step;
  return made(data, [steps], dtype, options.requiresGrad);
}

type RandomOptions = TensorOptions & GeneratorOption;

/** Uniform in [0, 1): `rand(2, 3)` or `rand([2, 3])`. The same numbers as torch.rand after the same seed. */
export function rand(...size: SizeArguments<RandomOptions>): Tensor {
  const [shape, options] = sizesAndOptions("rand", size, randomOptions);
  const { dtype = "float32", generator = defaultGenerator, requiresGrad = false } = options;
  return (ops.uniform({ shape, dtype, generator, low: 0, high: 1 }) as Tensor).requiresGrad_(requiresGrad);
}

/** Standard normal: `randn(2, 3)` or `randn([2, 3])`. The same numbers as torch.randn after the same seed. */
export function randn(...size: SizeArguments<RandomOptions>): Tensor {
  const [shape, options] = sizesAndOptions("randn", size, randomOptions);
  return drawNormal(shape, 0, 1, options);
}

/**
 * Normal with the given mean and standard deviation: `normal(0, 1, [2, 3])`. The same numbers as torch.normal after the
 * same seed. @throws RangeError for a negative standard deviation
 */
export function normal(mean: number, std: number, shape: Shape, options: RandomOptions = {}): Tensor {
  checkOptions("normal", options, randomOptions);
  return drawNormal(listOf(shape), mean, std, options);
}

function drawNormal(shape: number[], mean: number, std: number, options: RandomOptions): Tensor {
  const { dtype = "float32", generator = defaultGenerator, requiresGrad = false } = options;
  return (ops.normal({ shape, dtype, generator, mean, std }) as Tensor).requiresGrad_(requiresGrad);
}

/** Uniform in [0, 1), in the shape of `like` and, unless options say otherwise, its dtype. */
export function randLike(like: Tensor, options?: RandomOptions): Tensor {
  return rand(like.shape, { dtype: like.dtype, ...options });
}

/** Standard normal, in the shape of `like` and, unless options say otherwise, its dtype. */
export function randnLike(like: Tensor, options?: RandomOptions): Tensor {
  return randn(like.shape, { dtype: like.dtype, ...options });
}

/** Whole numbers from 0 to high - 1, int32 unless dtype says otherwise. */
export function randint(high: number, shape: Shape, options?: RandomOptions): Tensor;
/** Whole numbers from low to high - 1, int32 unless dtype says otherwise. */
export function randint(low: number, high: number, shape: Shape, options?: RandomOptions): Tensor;
export function randint(first: number, ...rest: (number | Shape | RandomOptions | undefined)[]): Tensor {
  const [low, high] = typeof rest[0] === "number" ? [first, rest.shift() as number] : [0, first];
  const [shape, options = {}] = rest as [Shape, RandomOptions?];
  checkOptions("randint", options, randomOptions);
  const { dtype = "int32", generator = defaultGenerator, requiresGrad = false } = options;
  const values = ops.randint({ shape: listOf(shape), dtype, generator, low, high }) as Tensor;
  return values.requiresGrad_(requiresGrad);
}

/** A random order of 0 to n - 1, int32. */
export function randperm(n: number, options: GeneratorOption = {}): Tensor {
  checkOptions("randperm", options, ["generator"]);
  const { generator = defaultGenerator } = options;
  return ops.randperm({ n, generator }) as Tensor;
}

/** Ones with the probability each element of `probabilities` gives, zeros otherwise. */
export function bernoulli(probabilities: Tensor, options: GeneratorOption = {}): Tensor {
  checkOptions("bernoulli", options, ["generator"]);
  const { generator = defaultGenerator } = options;
  return ops.bernoulliOf(probabilities, { generator });
}
