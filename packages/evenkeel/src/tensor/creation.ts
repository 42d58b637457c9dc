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

/** One value everywhere. Default float32. */
export function full(shape: Shape, value: number, options?: TensorOptions): Tensor {
  return filled("full", shape, value, options);
}

function filled(caller: string, shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  checkOptions(caller, options, tensorOptions);
  const { dtype = "float32", requiresGrad = false } = options;
  return (ops.fill({ shape: listOf(shape), dtype, value }) as Tensor).requiresGrad_(requiresGrad);
}

export function zeros(shape: Shape, options?: TensorOptions): Tensor {
  return filled("zeros", shape, 0, options);
}

export function ones(shape: Shape, options?: TensorOptions): Tensor {
  return filled("ones", shape, 1, options);
}

export function fullLike(like: Tensor, value: number, options?: TensorOptions): Tensor {
  return full(like.shape, value, { dtype: like.dtype, ...options });
}

export function zerosLike(like: Tensor, options?: TensorOptions): Tensor {
  return fullLike(like, 0, options);
}

export function onesLike(like: Tensor, options?: TensorOptions): Tensor {
  return fullLike(like, 1, options);
}

/** Ones on the diagonal of an [n, m] matrix (m = n by default), zeros elsewhere. */
export function eye(n: number, m: number = n, options: TensorOptions = {}): Tensor {
  checkShape([n, m], "eye: sizes");
  checkOptions("eye", options, tensorOptions);
  const { dtype = "float32" } = options;
  const data = allocate(dtype, n * m, [n, m]);
  for (let i = 0; i < Math.min(n, m); i++) data[i * m + i] = 1;
  return made(data, [n, m], dtype, options.requiresGrad);
}

/** start, start + step, ... below end; `arange(n)` counts from 0. float32 unless dtype says otherwise. */
export function arange(end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, options?: TensorOptions & { step?: number }): Tensor;
export function arange(
  first: number,
  second?: number | TensorOptions,
  third?: TensorOptions & { step?: number },
): Tensor {
  const [start, end] = typeof second === "number" ? [first, second] : [0, first];
  const options = (typeof second === "number" ? third : second) ?? {};
  checkOptions("arange", options, [...tensorOptions, "step"]);
  const { step = 1, dtype = "float32" } = options as TensorOptions & { step?: number };
  const length = Math.ceil((end - start) / step);
  if (!Number.isFinite(length) || length < 0) {
    throw new RangeError(`arange: no steps of ${step} lead from ${start} to ${end}; step must point from start to end`);
  }
  const data = allocate(dtype, length);
  for (let i = 0; i < length; i++) data[i] = start + i * step;
  return made(data, [length], dtype, options.requiresGrad);
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

/** Uniform in [0, 1). The same numbers as torch.rand after the same seed. */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  checkOptions("rand", options, randomOptions);
  const { dtype = "float32", generator = defaultGenerator, requiresGrad = false } = options;
  return (ops.uniform({ shape: listOf(shape), dtype, generator, low: 0, high: 1 }) as Tensor).requiresGrad_(
    requiresGrad,
  );
}

/** Standard normal. The same numbers as torch.randn after the same seed. */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
  checkOptions("randn", options, randomOptions);
  const { dtype = "float32", generator = defaultGenerator, requiresGrad = false } = options;
  return (ops.normal({ shape: listOf(shape), dtype, generator, mean: 0, std: 1 }) as Tensor).requiresGrad_(
    requiresGrad,
  );
}

/** Whole numbers from low to high - 1, int32 unless dtype says otherwise. */
export function randint(low: number, high: number, shape: Shape, options: RandomOptions = {}): Tensor {
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
