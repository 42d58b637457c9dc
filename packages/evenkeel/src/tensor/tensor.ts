import {
  checkOptions,
  type DType,
  describe,
  isFloat,
  normalizeDim,
  type Shape,
  setExecutor,
  sizeOf,
  type TypedArray,
  type Value,
} from "../core/index.ts";
import * as ops from "../ops/index.ts";
import { requireFloat } from "../ops/shapes.ts";
import { defaultGenerator, type Generator } from "../random/index.ts";
import {
  checkExponent,
  chunkSize,
  type Dims,
  expandArgument,
  flattenedShape,
  type KeepdimOption,
  placeArgument,
  reduceArguments,
  reshapeArgument,
  sizesArgument,
  sliceArguments,
  splitSizes,
  squeezedShape,
  swappedDims,
  unsqueezedShape,
} from "./arguments.ts";
import { type BackwardOptions, backward } from "./autograd.ts";
import type { GradHook, Node } from "./autogradNode.ts";
import { eagerBackend, recordingExecutor } from "./eager.ts";
import { gradWatch } from "./gradWatch.ts";
import { writeInPlace } from "./inPlace.ts";
import { type NestedArray, nest } from "./nested.ts";
import { formatTensor } from "./print.ts";
import type { Storage } from "./storage.ts";

/** What arithmetic takes beside a tensor. */
export type Operand = Tensor | number;

const alphaOption = ["alpha"];
const generatorOption = ["generator"];
const keepdimOption = ["keepdim"];

export interface GeneratorOption {
  /** Where to draw from. Default: the global generator, seeded by {@link manualSeed}. */
  generator?: Generator;
}

/**
 * An array of one dtype with a shape, which can take part in automatic differentiation. Contiguous and row-major;
 * {@link Tensor.reshape} and {@link Tensor.detach} share storage, other movements copy. An ordinary object: there is
 * nothing to dispose. Make one with {@link tensor}, {@link zeros} and the like. Methods, names and defaults are PyTorch's:
 * https://pytorch.org/docs/stable/tensors.html
 */
export class Tensor implements Value {
  static {
    // Here and not beside the executor: a bundler may drop a module that only has effects.
    setExecutor(recordingExecutor((storage, { shape, dtype }) => new Tensor(storage, shape, dtype), eagerBackend));
  }

  readonly storage: Storage;
  readonly shape: Shape;
  readonly dtype: DType;
  /** The operation that made this tensor, if gradients were recorded. */
  gradFn: Node | null = null;
  /** @internal See {@link registerHook}. */
  readonly leafHooks: GradHook[] = [];
  #requiresGrad = false;
  #grad: Tensor | null = null;

  constructor(storage: Storage, shape: Shape, dtype: DType, requiresGrad = false) {
    this.storage = storage;
    this.shape = shape;
    this.dtype = dtype;
    if (requiresGrad) this.requiresGrad = true;
  }

  // What it is

  /**
   * The values in row-major order: the storage itself, not a copy. A write to it is not counted, so `backward()` does not
   * notice one to a value that was saved by the forward pass, and gives the gradient of what stands there then, as with
   * PyTorch's `data`. Write before the forward pass or after `backward()`; between them use a method such as
   * {@link copy_}, which is noticed. The array of a bool tensor is a Uint8Array; `tensor(x.data, { dtype, shape })` makes one of it.
   */
  get data(): TypedArray {
    return this.storage.data;
  }

  get ndim(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  numel(): number {
    return this.size;
  }

  /** How often the storage was written in place. */
  get version(): number {
    return this.storage.version;
  }

  get isFloatingPoint(): boolean {
    return isFloat(this.dtype);
  }

  /** The only element as a number (a bool as 0 or 1). @throws RangeError unless there is exactly one */
  item(): number {
    if (this.size !== 1) {
      throw new RangeError(`item: this tensor has ${this.size} elements, expected 1; use toArray() or data for more`);
    }
    return this.data[0];
  }

  /** Nested arrays of numbers (of booleans for bool); a bare value for a 0-d tensor. */
  toArray(): NestedArray {
    return nest(this.data, this.shape, this.dtype === "bool");
  }

  /** What `JSON.stringify` writes: {@link toArray}; JSON itself has null for NaN and the infinities. */
  toJSON(): NestedArray {
    return this.toArray();
  }

  /** Template strings print a tensor. @throws TypeError in arithmetic and comparisons: there are no operators for tensors */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new TypeError(
      "`x > 2` and `x + 1` do not work on tensors in JavaScript: use x.gt(2), x.add(1); item() gives the number",
    );
  }

  toString(): string {
    return formatTensor(this, { requiresGrad: this.requiresGrad, gradFn: this.gradFn?.name });
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  // Gradients

  /** The accumulated gradient of a leaf; null until backward() reaches it. */
  get grad(): Tensor | null {
    gradWatch.current?.read(this, this.#grad);
    return this.#grad;
  }

  set grad(grad: Tensor | null) {
    gradWatch.current?.written(this, this.#grad);
    this.#grad = grad;
  }

  get requiresGrad(): boolean {
    return this.#requiresGrad || this.gradFn !== null;
  }

  set requiresGrad(flag: boolean) {
    if (this.gradFn !== null && !flag) {
      throw new Error("requiresGrad: only leaf tensors can be changed; use detach() to cut a tensor off its history");
    }
    if (flag && !this.isFloatingPoint) {
      throw new TypeError(`requiresGrad: only float32 and float64 tensors have gradients, this one is ${this.dtype}`);
    }
    this.#requiresGrad = flag;
  }

  requiresGrad_(flag = true): this {
    this.requiresGrad = flag;
    return this;
  }

  /** Whether nothing recorded made this tensor, so that gradients collect in it. */
  get isLeaf(): boolean {
    return this.gradFn === null;
  }

  /**
   * Adds to `.grad` of every leaf the gradient of this tensor, which must be a single value unless `gradient` is given.
   * @throws Error if nothing was recorded, the graph is already freed, or a saved value was modified; nothing is changed then
   */
  backward(gradient?: Tensor, options?: BackwardOptions): void {
    backward(this, gradient, options);
  }

  /** The same values without history; shares storage. */
  detach(): Tensor {
    return ops.detach<Tensor>(this);
  }

  /** Calls `hook` with the gradient of this tensor when it is known; what it returns takes its place. Returns the remover. */
  registerHook(hook: GradHook): () => void {
    if (typeof hook !== "function") {
      throw new TypeError(`registerHook: the hook is ${describe(hook)}, expected a function of the gradient`);
    }
    if (!this.requiresGrad) {
      throw new Error(
        "registerHook: this tensor does not require a gradient, so none will come; set requiresGrad on it",
      );
    }
    const { hooks } = this;
    const entry: GradHook = (gradient) => hook(gradient);
    hooks.push(entry);
    return () => {
      const index = hooks.indexOf(entry);
      if (index >= 0) hooks.splice(index, 1);
    };
  }

  /** Keeps `.grad` of a tensor that is no leaf. */
  retainGrad(): void {
    if (!this.requiresGrad) {
      throw new Error("retainGrad: this tensor does not require a gradient, so none will come; set requiresGrad on it");
    }
    if (this.gradFn !== null) this.gradFn.retainer = this;
  }

  /** @internal */
  get hooks(): GradHook[] {
    return this.gradFn?.hooks ?? this.leafHooks;
  }

  /** @internal Makes this tensor the output of a recorded op. */
  setHistory(node: Node): void {
    // After an in-place write the gradient to keep is that of the new value; hooks stay with the old one, as in PyTorch.
    if (this.gradFn?.retainer === this) {
      this.gradFn.retainer = null;
      node.retainer = this;
    }
    this.gradFn = node;
  }

  // Conversion

  clone(): Tensor {
    return ops.clone<Tensor>(this);
  }

  /** This tensor if it has the dtype already, else a converted copy. */
  to(dtype: DType): Tensor {
    return this.dtype === dtype ? this : ops.cast<Tensor>(this, { dtype });
  }

  float(): Tensor {
    return this.to("float32");
  }

  double(): Tensor {
    return this.to("float64");
  }

  int(): Tensor {
    return this.to("int32");
  }

  bool(): Tensor {
    return this.to("bool");
  }

  // Elementwise: operands broadcast, dtypes are promoted

  add(other: Operand): Tensor {
    return ops.add<Tensor>(this, other);
  }
  sub(other: Operand): Tensor {
    return ops.sub<Tensor>(this, other);
  }
  mul(other: Operand): Tensor {
    return ops.mul<Tensor>(this, other);
  }
  /** True division: integers give float32. */
  div(other: Operand): Tensor {
    return ops.div<Tensor>(this, other);
  }
  /** @throws RangeError for an integer tensor and a negative whole number */
  pow(exponent: Operand): Tensor {
    checkExponent(this.dtype, exponent);
    return ops.pow<Tensor>(this, exponent);
  }
  /** The remainder with the sign of the divisor. */
  remainder(other: Operand): Tensor {
    return ops.remainder<Tensor>(this, other);
  }
  maximum(other: Operand): Tensor {
    return ops.maximum<Tensor>(this, other);
  }
  minimum(other: Operand): Tensor {
    return ops.minimum<Tensor>(this, other);
  }
  eq(other: Operand): Tensor {
    return ops.eq<Tensor>(this, other);
  }
  ne(other: Operand): Tensor {
    return ops.ne<Tensor>(this, other);
  }
  lt(other: Operand): Tensor {
    return ops.lt<Tensor>(this, other);
  }
  le(other: Operand): Tensor {
    return ops.le<Tensor>(this, other);
  }
  gt(other: Operand): Tensor {
    return ops.gt<Tensor>(this, other);
  }
  ge(other: Operand): Tensor {
    return ops.ge<Tensor>(this, other);
  }
  logicalAnd(other: Operand): Tensor {
    return ops.logicalAnd<Tensor>(this, other);
  }
  logicalOr(other: Operand): Tensor {
    return ops.logicalOr<Tensor>(this, other);
  }
  logicalXor(other: Operand): Tensor {
    return ops.logicalXor<Tensor>(this, other);
  }
  logicalNot(): Tensor {
    return ops.logicalNot<Tensor>(this);
  }
  /** This tensor where the condition holds, `other` elsewhere. */
  where(condition: Tensor, other: Operand): Tensor {
    return ops.where<Tensor>(condition, this, other);
  }
  clamp(bounds: { min?: number; max?: number }): Tensor {
    return ops.clamp<Tensor>(this, bounds);
  }
  neg(): Tensor {
    return ops.neg<Tensor>(this);
  }
  abs(): Tensor {
    return ops.abs<Tensor>(this);
  }
  sign(): Tensor {
    return ops.sign<Tensor>(this);
  }
  floor(): Tensor {
    return ops.floor<Tensor>(this);
  }
  ceil(): Tensor {
    return ops.ceil<Tensor>(this);
  }
  /** Halves round to the even neighbour. */
  round(): Tensor {
    return ops.round<Tensor>(this);
  }
  trunc(): Tensor {
    return ops.trunc<Tensor>(this);
  }
  sqrt(): Tensor {
    return ops.sqrt<Tensor>(this);
  }
  rsqrt(): Tensor {
    return ops.rsqrt<Tensor>(this);
  }
  square(): Tensor {
    return ops.square<Tensor>(this);
  }
  reciprocal(): Tensor {
    return ops.reciprocal<Tensor>(this);
  }
  exp(): Tensor {
    return ops.exp<Tensor>(this);
  }
  expm1(): Tensor {
    return ops.expm1<Tensor>(this);
  }
  log(): Tensor {
    return ops.log<Tensor>(this);
  }
  log1p(): Tensor {
    return ops.log1p<Tensor>(this);
  }
  log2(): Tensor {
    return ops.log2<Tensor>(this);
  }
  sin(): Tensor {
    return ops.sin<Tensor>(this);
  }
  cos(): Tensor {
    return ops.cos<Tensor>(this);
  }
  tanh(): Tensor {
    return ops.tanh<Tensor>(this);
  }
  sigmoid(): Tensor {
    return ops.sigmoid<Tensor>(this);
  }
  relu(): Tensor {
    return ops.relu<Tensor>(this);
  }
  erf(): Tensor {
    return ops.erf<Tensor>(this);
  }
  isnan(): Tensor {
    return ops.isnan<Tensor>(this);
  }
  isinf(): Tensor {
    return ops.isinf<Tensor>(this);
  }
  isfinite(): Tensor {
    return ops.isfinite<Tensor>(this);
  }

  // In place: bump the version; not for leaves whose gradient is being recorded

  /** this += alpha * other */
  add_(other: Operand, options: { alpha?: number } = {}): this {
    checkOptions("add_", options, alphaOption);
    const { alpha = 1 } = options;
    return this.#write("add_", (base) => base.add(alpha === 1 ? other : scaled(other, alpha)));
  }
  /** this -= alpha * other */
  sub_(other: Operand, options: { alpha?: number } = {}): this {
    checkOptions("sub_", options, alphaOption);
    const { alpha = 1 } = options;
    return this.#write("sub_", (base) => base.sub(alpha === 1 ? other : scaled(other, alpha)));
  }
  mul_(other: Operand): this {
    return this.#write("mul_", (base) => base.mul(other));
  }
  div_(other: Operand): this {
    return this.#write("div_", (base) => base.div(other));
  }
  clamp_(bounds: { min?: number; max?: number }): this {
    return this.#write("clamp_", (base) => base.clamp(bounds));
  }
  /** Takes over the values of `source`, broadcast and converted to this dtype. */
  copy_(source: Tensor): this {
    if (!(source instanceof Tensor)) {
      throw new TypeError(`copy_: the source is ${describe(source)}, expected a Tensor; use fill_ for a number`);
    }
    return this.#write("copy_", () => source.to(this.dtype));
  }
  fill_(value: number): this {
    return this.#write("fill_", () => this.#filled(value));
  }
  zero_(): this {
    return this.#write("zero_", () => this.#filled(0));
  }
  /** Draws from [low, high). */
  uniform_(low = 0, high = 1, options: GeneratorOption = {}): this {
    checkOptions("uniform_", options, generatorOption);
    const { generator = defaultGenerator } = options;
    return this.#write("uniform_", () => ops.uniform({ ...this.#drawn(generator), low, high }) as Tensor);
  }
  normal_(mean = 0, std = 1, options: GeneratorOption = {}): this {
    checkOptions("normal_", options, generatorOption);
    const { generator = defaultGenerator } = options;
    return this.#write("normal_", () => ops.normal({ ...this.#drawn(generator), mean, std }) as Tensor);
  }
  /** Ones with probability p, zeros otherwise. */
  bernoulli_(p = 0.5, options: GeneratorOption = {}): this {
    checkOptions("bernoulli_", options, generatorOption);
    const { generator = defaultGenerator } = options;
    return this.#write("bernoulli_", () => ops.bernoulli({ ...this.#drawn(generator), p }) as Tensor);
  }

  #filled(value: number): Tensor {
    return ops.fill({ shape: [], dtype: this.dtype, value }) as Tensor;
  }

  #drawn(generator: Generator) {
    return { shape: this.shape, dtype: this.dtype, generator };
  }

  #write(name: string, compute: (base: Tensor) => Tensor): this {
    writeInPlace(this, name, compute);
    return this;
  }

  // Reductions: over all dimensions, or those given; sums accumulate in double

  sum(dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    return ops.sum<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  mean(dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    return ops.mean<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  prod(dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    return ops.prod<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  /** The variance over count - correction (default 1, the unbiased one). */
  var(dim?: Dims | VarianceOptions, options?: VarianceOptions): Tensor {
    const { attrs, options: given } = reduceArguments(this.shape, dim, options);
    return ops.variance<Tensor>(this, { ...attrs, correction: given.correction ?? 1 });
  }
  /** The root of {@link var}. */
  std(dim?: Dims | VarianceOptions, options?: VarianceOptions): Tensor {
    const { attrs, options: given } = reduceArguments(this.shape, dim, options);
    return ops.std<Tensor>(this, { ...attrs, correction: given.correction ?? 1 });
  }
  /** The largest element (a tie shares the gradient), or the largest along `dim` with their indices. */
  max(): Tensor;
  max(dim: number, options?: KeepdimOption): { values: Tensor; indices: Tensor };
  max(dim?: number, options: KeepdimOption = {}): Tensor | { values: Tensor; indices: Tensor } {
    checkOptions("max", options, keepdimOption);
    if (dim === undefined) return ops.max<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
    return this.#along(dim, options, this.argmax(dim, { keepdim: true }));
  }
  /** The smallest element (a tie shares the gradient), or the smallest along `dim` with their indices. */
  min(): Tensor;
  min(dim: number, options?: KeepdimOption): { values: Tensor; indices: Tensor };
  min(dim?: number, options: KeepdimOption = {}): Tensor | { values: Tensor; indices: Tensor } {
    checkOptions("min", options, keepdimOption);
    if (dim === undefined) return ops.min<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
    return this.#along(dim, options, this.argmin(dim, { keepdim: true }));
  }
  amax(dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    return ops.amax<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  amin(dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    return ops.amin<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  /** The index (int32) of the first largest element, of all or along `dim`. */
  argmax(dim?: number, options: KeepdimOption = {}): Tensor {
    checkOptions("argmax", options, keepdimOption);
    if (dim === undefined) return ops.argmax<Tensor>(this.reshape(-1), { dim: 0, keepdim: false });
    return ops.argmax<Tensor>(this, { dim: normalizeDim(dim, this.ndim), keepdim: options.keepdim ?? false });
  }
  argmin(dim?: number, options: KeepdimOption = {}): Tensor {
    checkOptions("argmin", options, keepdimOption);
    if (dim === undefined) return ops.argmin<Tensor>(this.reshape(-1), { dim: 0, keepdim: false });
    return ops.argmin<Tensor>(this, { dim: normalizeDim(dim, this.ndim), keepdim: options.keepdim ?? false });
  }
  any(dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    return ops.any<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  all(dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    return ops.all<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  /** log(sum(exp(x))) without overflow. */
  logsumexp(dim: Dims, options?: KeepdimOption): Tensor {
    return ops.logsumexp<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  /** The p-norm over all dimensions or those given. p = Infinity gives the largest absolute value. */
  norm(p = 2, dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    if (p === Infinity) {
      requireFloat("norm", "input", this);
      return ops.max<Tensor>(this.abs(), reduceArguments(this.shape, dim, options).attrs);
    }
    return ops.vectorNorm<Tensor>(this, { ...reduceArguments(this.shape, dim, options).attrs, p });
  }

  #along(dim: number, { keepdim = false }: KeepdimOption, indices: Tensor): { values: Tensor; indices: Tensor } {
    const at = normalizeDim(dim, this.ndim);
    const values = this.ndim === 0 ? this.clone() : ops.gather<Tensor>(this, indices, { dim: at });
    return keepdim || this.ndim === 0
      ? { values, indices }
      : { values: values.squeeze(at), indices: indices.squeeze(at) };
  }

  // Movement

  /** Another shape over the same storage; one size may be -1, to be filled in. */
  reshape(...shape: (number | Shape)[]): Tensor {
    return ops.reshape<Tensor>(this, { shape: reshapeArgument(this.shape, this.size, shape) });
  }
  view(...shape: (number | Shape)[]): Tensor {
    return this.reshape(...shape);
  }
  flatten(startDim = 0, endDim = -1): Tensor {
    return ops.reshape<Tensor>(this, { shape: flattenedShape(this.shape, startDim, endDim) });
  }
  /** Drops dimensions of size 1: all of them, or the given one if its size is 1. */
  squeeze(dim?: number): Tensor {
    return ops.reshape<Tensor>(this, { shape: squeezedShape(this.shape, dim) });
  }
  unsqueeze(dim: number): Tensor {
    return ops.reshape<Tensor>(this, { shape: unsqueezedShape(this.shape, dim) });
  }
  transpose(dim0: number, dim1: number): Tensor {
    return ops.permute<Tensor>(this, { dims: swappedDims(this.ndim, dim0, dim1) });
  }
  /** The transpose of a matrix; all dimensions reversed in general. */
  get T(): Tensor {
    return ops.permute<Tensor>(this, { dims: this.shape.map((_, i) => this.ndim - 1 - i) });
  }
  permute(...dims: (number | readonly number[])[]): Tensor {
    return ops.permute<Tensor>(this, { dims: sizesArgument(dims).map((dim) => normalizeDim(dim, this.ndim)) });
  }
  /** Repeats dimensions of size 1; -1 keeps a size. */
  expand(...shape: (number | Shape)[]): Tensor {
    return ops.expand<Tensor>(this, { shape: expandArgument(this.shape, shape) });
  }
  narrow(dim: number, start: number, length: number): Tensor {
    const at = normalizeDim(dim, this.ndim);
    const from = start < 0 ? start + this.shape[at] : start;
    return ops.slice<Tensor>(this, { dim: at, start: from, length, step: 1 });
  }
  /** x[start:stop:step] along one dimension, as in Python. A copy. */
  slice(dim: number, start?: number, stop?: number, step?: number): Tensor {
    return ops.slice<Tensor>(this, sliceArguments(this.shape, dim, start, stop, step));
  }
  /** One place along a dimension, which is dropped. A copy. */
  select(dim: number, index: number): Tensor {
    const place = placeArgument("select", this.shape, dim, index);
    return ops.slice<Tensor>(this, { dim: place.dim, start: place.index, length: 1, step: 1 }).squeeze(place.dim);
  }
  /** x[i, j, ...]: one place along each of the first dimensions. A copy. */
  get(...indices: number[]): Tensor {
    return indices.reduce<Tensor>((x, index) => x.select(0, index), this);
  }
  /**
   * All places along a dimension, which is dropped: `for (const row of x.unbind())`. Copies. A tensor itself is not
   * iterable, because test runners would then compare tensors row by row instead of by what they are.
   * @throws RangeError for a 0-d tensor
   */
  unbind(dim = 0): Tensor[] {
    if (this.ndim === 0) throw new RangeError("unbind: a 0-d tensor has no dimension to cut; item() gives its number");
    const at = normalizeDim(dim, this.ndim);
    return Array.from({ length: this.shape[at] }, (_, index) => this.select(at, index));
  }
  indexSelect(dim: number, index: Tensor): Tensor {
    return ops.indexSelect<Tensor>(this, index, { dim: normalizeDim(dim, this.ndim) });
  }
  gather(dim: number, index: Tensor): Tensor {
    return ops.gather<Tensor>(this, index, { dim: normalizeDim(dim, this.ndim) });
  }
  /** Parts of one size along a dimension (the last may be smaller), or of the given sizes. */
  split(sizes: number | readonly number[], dim = 0): Tensor[] {
    const at = normalizeDim(dim, this.ndim);
    if (this.ndim === 0) throw new RangeError("split: a 0-d tensor given, expected at least one dimension to cut");
    let start = 0;
    return splitSizes(this.shape[at], sizes).map((length) => {
      start += length;
      return this.narrow(at, start - length, length);
    });
  }
  /** At most `count` parts of equal size along a dimension. */
  chunk(count: number, dim = 0): Tensor[] {
    return this.split(chunkSize(this.shape[normalizeDim(dim, this.ndim)], count), dim);
  }

  // Linear algebra and normalization

  /** The matrix product; vectors and batches as in https://pytorch.org/docs/stable/generated/torch.matmul.html */
  matmul(other: Tensor): Tensor {
    return matmul(this, other);
  }
  mm(other: Tensor): Tensor {
    return this.matmul(other);
  }
  softmax(dim: number): Tensor {
    return ops.softmax<Tensor>(this, { dim: normalizeDim(dim, this.ndim) });
  }
  logSoftmax(dim: number): Tensor {
    return ops.logSoftmax<Tensor>(this, { dim: normalizeDim(dim, this.ndim) });
  }
}

export interface VarianceOptions extends KeepdimOption {
  /** Subtracted from the count: 1 for the unbiased variance (default), 0 for the population's. */
  correction?: number;
}

/** See {@link Tensor.matmul}. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  for (const [name, operand] of Object.entries({ "the first operand": a, "the second": b })) {
    if (operand instanceof Tensor) continue;
    throw new TypeError(`matmul: ${name} is ${describe(operand)}, expected a Tensor; wrap arrays with tensor(...)`);
  }
  if (a.ndim === 0 || b.ndim === 0) {
    throw new RangeError("matmul: a 0-d tensor has no rows or columns; use mul to scale by it");
  }
  if (a.ndim > 1 && b.ndim > 1) return ops.matmul<Tensor>(a, b);
  const left = a.ndim === 1 ? a.unsqueeze(0) : a;
  const right = b.ndim === 1 ? b.unsqueeze(1) : b;
  const product = ops.matmul<Tensor>(left, right);
  const columns = b.ndim === 1 ? product.squeeze(-1) : product;
  return a.ndim === 1 ? columns.squeeze(b.ndim === 1 ? -1 : -2) : columns;
}

function scaled(operand: Operand, alpha: number): Operand {
  if (typeof alpha !== "number") throw new TypeError(`alpha is ${describe(alpha)}, expected a number`);
  return typeof operand === "number" ? operand * alpha : operand.mul(alpha);
}
