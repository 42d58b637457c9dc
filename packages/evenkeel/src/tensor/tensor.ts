import {
  broadcastShapes,
  checkOptions,
  checkValue,
  type DType,
  describe,
  formatShape,
  isFloat,
  literal,
  mismatch,
  normalizeDim,
  normalizeDims,
  refuse,
  refuseMisspellings,
  type Shape,
  type Spec,
  sameShape,
  setExecutor,
  sizeOf,
  type TypedArray,
  type Value,
  type valueBrand,
  wholeNumber,
  wrongShape,
  wrongState,
  wrongType,
  wrongValue,
} from "../core/index.ts";
import * as ops from "../ops/index.ts";
import { requireFloat } from "../ops/shapes.ts";
import { defaultGenerator, type Generator } from "../random/index.ts";
import {
  type Bounds,
  boundsArgument,
  checkExponent,
  checkNormPower,
  chunkSize,
  type Dims,
  expandArgument,
  flattenedShape,
  type KeepdimOption,
  placeArgument,
  reduceArguments,
  repeatArguments,
  reshapeArgument,
  sizesArgument,
  sliceArguments,
  splitSizes,
  squeezedShape,
  swappedDims,
  unflattenedShape,
  unsqueezedShape,
} from "./arguments.ts";
import { type BackwardOptions, backward } from "./autograd/autograd.ts";
import type { GradHook, Node } from "./autograd/autogradNode.ts";
import { gradWatch } from "./autograd/gradWatch.ts";
import { tensorChanges } from "./changes.ts";
import { checkNestedNumbers, type NestedArray, type NestedNumbers, nest } from "./creation/nested.ts";
import { type Destination, refuseDevice, requestedDtype } from "./dtypes.ts";
import { eagerBackend, recordingExecutor } from "./eager.ts";
import ElementwiseMethods from "./elementwise.ts";
import { listOf, placesOf, placesOfList, putAt, readAt, writtenAt } from "./indexing/indexing.ts";
import type { Index } from "./indexing/indexParts.ts";
import { writeInPlace } from "./inPlace.ts";
import { otherNames } from "./misspelled.ts";
import { formatTensor } from "./print.ts";
import { Storage } from "./storage.ts";
import { type ValuesAndIndices, valuesAndIndices } from "./valuesAndIndices.ts";

/** The second operand of arithmetic. */
export type Operand = Tensor | number;

const alphaOption = ["alpha"];
const generatorOption = ["generator"];
const keepdimOption = ["keepdim"];
const decimalsOption = ["decimals"];
const sortOptions = ["descending"];
const closeOptions = ["rtol", "atol", "equalNan"];

export interface GeneratorOption {
  /** Where to draw from. Default: the global generator, seeded by {@link manualSeed}. */
  generator?: Generator | undefined;
}

/**
 * An array of one dtype with a shape, which can take part in automatic differentiation. Contiguous
 * and row-major; {@link Tensor.reshape} and {@link Tensor.detach} share storage, other movements
 * copy. An ordinary object: there is nothing to dispose. Make one with {@link tensor},
 * {@link zeros} and the like. Methods, names and defaults are PyTorch's:
 * https://pytorch.org/docs/stable/tensors.html
 */
export class Tensor extends ElementwiseMethods implements Value {
  static {
    // Here rather than beside the executor: a bundler may drop a module that only has side effects.
    setExecutor(recordingExecutor(make, eagerBackend));
    refuseMisspellings(ElementwiseMethods.prototype, "x");
    refuseMisspellings(Tensor.prototype, "x", { others: otherNames });
  }

  /** @internal */
  declare readonly [valueBrand]: true;
  /** Its memory, which a reshape or a detached alias shares. */
  readonly storage: Storage;
  /** The sizes of the dimensions, outermost first; [] for a single value. */
  readonly shape: Shape;
  /** The kind of its elements: float32, float64, int32 or bool. */
  readonly dtype: DType;
  /** The operation that made this tensor, if gradients were recorded. */
  gradFn: Node | null = null;
  /** @internal See {@link registerHook}. */
  readonly leafHooks: GradHook[] = [];
  #requiresGrad = false;
  #grad: Tensor | null = null;

  constructor(storage: Storage, shape: Shape, dtype: DType, requiresGrad = false) {
    super();
    if (!(storage instanceof Storage)) {
      throw refuse(
        "wrong-type",
        "",
        `new Tensor(...) takes a Storage, not ${describe(storage)}: write tensor([1, 2]), or zeros([2, 3])`,
      );
    }
    this.storage = storage;
    this.shape = shape;
    this.dtype = dtype;
    if (requiresGrad) this.requiresGrad = true;
  }

  // What it is

  /**
   * The values in row-major order: the storage itself, not a copy. Writes to it are not counted: if
   * one changes a value that the forward pass saved, `backward()` does not notice, and uses the new
   * value, as with PyTorch's `data`. Write before the forward pass or after `backward()`; between
   * them use a method such as {@link copy_}, which is counted. The array of a bool tensor is a
   * Uint8Array; `tensor(x.data, { dtype, shape })` converts it to a bool tensor.
   */
  get data(): TypedArray {
    return this.storage.data;
  }

  /** The number of dimensions; 0 for a single value. */
  get ndim(): number {
    return this.shape.length;
  }

  /** The number of dimensions, as {@link ndim}. */
  dim(): number {
    return this.ndim;
  }

  /** The shape. */
  size(): Shape;
  /**
   * The size of one dimension; negative ones count from the end.
   * @throws RangeError if there is no such dimension
   */
  size(dim: number): number;
  size(dim?: number): Shape | number {
    if (dim === undefined) return this.shape;
    if (this.ndim === 0)
      throw refuse("wrong-shape", "size", "a 0-d tensor has no dimensions", "numel() is 1, size() is []");
    return this.shape[normalizeDim(dim, this.ndim)];
  }

  /** The number of elements. */
  numel(): number {
    return sizeOf(this.shape);
  }

  /** The number of elements, as {@link numel}. */
  nelement(): number {
    return this.numel();
  }

  /** How often the storage was written in place. */
  get version(): number {
    return this.storage.version;
  }

  /** Whether the dtype is float32 or float64, which allows gradients. A property, not a method. */
  get isFloatingPoint(): boolean {
    return isFloat(this.dtype);
  }

  /** Where the tensor lives: always "cpu". */
  get device(): "cpu" {
    return "cpu";
  }

  /**
   * The only element as a number (a bool as 0 or 1).
   * @throws RangeError unless there is exactly one
   */
  item(): number {
    if (this.numel() !== 1) {
      throw mismatch(
        "wrong-shape",
        "item",
        `this tensor has ${this.numel()} elements`,
        "1",
        "use toArray() or data for more",
      );
    }
    return this.data[0];
  }

  /** Nested arrays of numbers (of booleans for bool); a bare value for a 0-d tensor. */
  toArray(): NestedArray;
  /**
   * Nested arrays, typed by the number of dimensions, which is checked: `x.toArray(2)` is
   * `number[][]`.
   * @throws RangeError for another number of dimensions; TypeError for a bool tensor, which holds
   *   no numbers
   */
  toArray<R extends keyof NestedNumbers>(rank: R): NestedNumbers[R];
  toArray(rank?: number): NestedArray {
    if (rank !== undefined) checkNestedNumbers(this, rank);
    return nest(this.data, this.shape, this.dtype === "bool");
  }

  /** The same as {@link toArray}. */
  tolist(): NestedArray;
  /** The same as {@link toArray}, typed by the number of dimensions. */
  tolist<R extends keyof NestedNumbers>(rank: R): NestedNumbers[R];
  tolist(rank?: keyof NestedNumbers): NestedArray {
    return rank === undefined ? this.toArray() : this.toArray(rank);
  }

  /**
   * The values in row-major order, as {@link data}: a typed array, which has no shape. Live, not a
   * copy.
   */
  numpy(): TypedArray {
    return this.data;
  }

  /** The value for `JSON.stringify`: {@link toArray}; JSON has null for NaN and the infinities. */
  toJSON(): NestedArray {
    return this.toArray();
  }

  /**
   * Template strings print a tensor.
   * @throws TypeError in arithmetic and comparisons: there are no operators for tensors
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw refuse(
      "wrong-type",
      "",
      "`x > 2` and `x + 1` do not work on tensors in JavaScript: use x.gt(2), x.add(1)",
      "item() gives the number",
    );
  }

  /**
   * Iterates along the first dimension: `for (const row of x)`, `[...x]`. The rows are copies
   * through which gradients pass. A 0-d tensor is not iterable, and lacks the method, so that code
   * which checks for it, such as test runners, gets no error.
   */
  get [Symbol.iterator](): () => IterableIterator<Tensor> {
    if (this.ndim === 0) return undefined as never;
    return () => this.unbind()[Symbol.iterator]();
  }

  /** The printed form: see {@link setPrintOptions}. */
  override toString(): string {
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

  /** Whether operations on this tensor are recorded for {@link backward}. Can be set on leaves. */
  get requiresGrad(): boolean {
    return this.#requiresGrad || this.gradFn !== null;
  }

  set requiresGrad(flag: boolean) {
    if (this.gradFn !== null && !flag) {
      throw wrongState(
        "requiresGrad",
        "only leaf tensors can be changed",
        "use detach() to cut a tensor off its history",
      );
    }
    if (flag && !this.isFloatingPoint) {
      throw refuse(
        "wrong-dtype",
        "requiresGrad",
        `only float32 and float64 tensors have gradients, this one is ${this.dtype}`,
      );
    }
    if (this.#requiresGrad !== flag) tensorChanges.count++;
    this.#requiresGrad = flag;
  }

  /**
   * Sets {@link requiresGrad}.
   * @throws Error for a non-leaf tensor; TypeError for integers and bools
   */
  requiresGrad_(flag = true): this {
    this.requiresGrad = flag;
    return this;
  }

  /** Whether no recorded operation made this tensor, so that it accumulates gradients. */
  get isLeaf(): boolean {
    return this.gradFn === null;
  }

  /**
   * Adds the gradient of this tensor to `.grad` of every leaf. The tensor must have a single value
   * unless `gradient` is given.
   * @throws Error if nothing was recorded, the graph is already freed, or a saved value was
   *   modified; nothing is changed then
   */
  backward(gradient?: Tensor, options?: BackwardOptions): void {
    backward(this, gradient, options);
  }

  /** The same values without history; shares storage. */
  detach(): Tensor {
    return ops.detach<Tensor>(this);
  }

  /**
   * Calls `hook` with the gradient of this tensor in the backward pass; a returned tensor replaces
   * the gradient. Returns a function that removes the hook.
   */
  registerHook(hook: GradHook): () => void {
    if (typeof hook !== "function") {
      throw wrongType("registerHook", "the hook", hook, "a function of the gradient");
    }
    if (!this.requiresGrad) {
      throw wrongState(
        "registerHook",
        "this tensor does not require a gradient, so none will come",
        "set requiresGrad on it",
      );
    }
    const { hooks } = this;
    const entry: GradHook = (gradient) => hook(gradient);
    hooks.push(entry);
    tensorChanges.count++;
    return () => {
      tensorChanges.count++;
      const index = hooks.indexOf(entry);
      if (index >= 0) hooks.splice(index, 1);
    };
  }

  /** Keeps `.grad` of a non-leaf tensor. */
  retainGrad(): void {
    if (!this.requiresGrad) {
      throw wrongState(
        "retainGrad",
        "this tensor does not require a gradient, so none will come",
        "set requiresGrad on it",
      );
    }
    if (this.gradFn !== null) this.gradFn.retainer = this;
  }

  /** @internal */
  get hooks(): GradHook[] {
    return this.gradFn?.hooks ?? this.leafHooks;
  }

  /** @internal Makes this tensor the output of a recorded op. */
  setHistory(node: Node): void {
    // After an in-place write the retained gradient is that of the new value; hooks stay with the
    // old one, as in PyTorch.
    if (this.gradFn?.retainer === this) {
      this.gradFn.retainer = null;
      node.retainer = this;
    }
    this.gradFn = node;
  }

  // Conversion

  /** A copy with storage of its own, through which gradients pass. */
  clone(): Tensor {
    return ops.clone<Tensor>(this);
  }

  /** This tensor: storage is always contiguous. */
  contiguous(): this {
    return this;
  }

  /**
   * This tensor if it has the dtype already, else a converted copy: `x.to("float64")`,
   * `x.to(float64)`, `x.to(other)` for the dtype of another tensor. `x.to("cpu")` is the tensor
   * itself.
   * @throws TypeError if there is no such dtype; RangeError for any other device
   */
  to(target: Destination): Tensor {
    const dtype = requestedDtype(target) ?? this.dtype;
    return this.dtype === dtype ? this : ops.cast<Tensor>(this, { dtype });
  }

  /** The name of the dtype. */
  type(): DType;
  /** The same as {@link to}. */
  type(dtype: DType): Tensor;
  type(dtype?: DType): DType | Tensor {
    return dtype === undefined ? this.dtype : this.to(dtype);
  }

  /** Converted to the dtype of another tensor. */
  typeAs(other: Tensor): Tensor {
    return this.to(other.dtype);
  }

  /** Converted to float32. */
  float(): Tensor {
    return this.to("float32");
  }

  /** Converted to float64. */
  double(): Tensor {
    return this.to("float64");
  }

  /** Converted to int32: cut toward zero. */
  int(): Tensor {
    return this.to("int32");
  }

  /**
   * Converted to int32: there is no int64 here. Where PyTorch needs long (classes, indices), use
   * int32.
   */
  long(): Tensor {
    return this.int();
  }

  /** Converted to bool: whether the value is not 0. */
  bool(): Tensor {
    return this.to("bool");
  }

  /** This tensor: there is no other device. */
  cpu(): this {
    return this;
  }

  /** @throws RangeError always: there is no GPU here */
  cuda(): never {
    return refuseDevice("cuda");
  }

  /** Zeros of this dtype: `x.newZeros(2, 3)` or `x.newZeros([2, 3])`. */
  newZeros(...shape: (number | Shape)[]): Tensor {
    return this.newFull(sizesArgument(shape), 0);
  }

  /** Ones of this dtype: `x.newOnes(2, 3)` or `x.newOnes([2, 3])`. */
  newOnes(...shape: (number | Shape)[]): Tensor {
    return this.newFull(sizesArgument(shape), 1);
  }

  /** One value everywhere, in this dtype. */
  newFull(shape: Shape, value: number): Tensor {
    return ops.fill({ shape: [...shape], dtype: this.dtype, value }) as Tensor;
  }

  // Elementwise methods that are not in elementwise.ts

  /** @throws RangeError for an integer tensor and a negative whole number */
  pow(exponent: Operand): Tensor {
    checkExponent(this.dtype, exponent);
    return ops.pow<Tensor>(this, exponent);
  }
  /** Elements of this tensor where the condition holds, else of `other`. */
  where(condition: Tensor, other: Operand): Tensor {
    return ops.where<Tensor>(condition, this, other);
  }
  /** Values limited to [min, max]: `x.clamp(0, 1)`, `x.clamp({ min: 0 })`. NaN stays. */
  clamp(min: number | null | Bounds, max?: number | null): Tensor {
    return ops.clamp<Tensor>(this, boundsArgument(min, max));
  }
  /**
   * Rounds halves to the even neighbour. `decimals` is the number of digits after the point;
   * negative numbers count before it.
   */
  round(options: { decimals?: number | undefined } = {}): Tensor {
    checkOptions("round", options, decimalsOption);
    const { decimals = 0 } = options;
    if (!Number.isInteger(decimals)) {
      throw wrongValue("round", "decimals", decimals, "a whole number");
    }
    if (decimals === 0) return ops.round<Tensor>(this);
    requireFloat("round to decimals", "input", this);
    const scale = 10 ** Math.abs(decimals);
    return decimals > 0 ? ops.round<Tensor>(this.mul(scale)).div(scale) : ops.round<Tensor>(this.div(scale)).mul(scale);
  }

  // Masks and comparisons of whole tensors

  /** A copy with `value` where the mask, a bool tensor that broadcasts to this shape, holds. */
  maskedFill(mask: Tensor, value: number | Tensor): Tensor {
    const shape = broadcastShapes(mask.shape, this.shape);
    if (!sameShape(shape, this.shape)) {
      throw refuse(
        "wrong-shape",
        "maskedFill",
        `a mask of shape ${formatShape(mask.shape)} does not broadcast to shape ${formatShape(this.shape)}`,
      );
    }
    if (typeof value !== "number" && value.ndim > 0) {
      throw wrongShape("maskedFill", "the value", value.shape, "a number", "use where");
    }
    return ops.where<Tensor>(mask, typeof value === "number" ? this.#filled(value) : value.to(this.dtype), this);
  }
  /**
   * The elements where the mask, a bool tensor, holds, in one dimension; tensor and mask broadcast.
   * Not in compiled steps.
   */
  maskedSelect(mask: Tensor): Tensor {
    const shape = broadcastShapes(mask.shape, this.shape);
    return readAt("maskedSelect", this.expand(shape), [mask.expand(shape)]);
  }
  /** The positions of the nonzero elements, int32 [n, ndim]. Not in compiled steps. */
  nonzero(options?: { asTuple?: false | undefined }): Tensor;
  /**
   * The positions of the nonzero elements along each dimension, int32 [n] each, as {@link at} takes
   * them. Not in compiled steps.
   */
  nonzero(options: { asTuple: true }): Tensor[];
  nonzero(options: { asTuple?: boolean | undefined } = {}): Tensor | Tensor[] {
    checkOptions("nonzero", options, ["asTuple"]);
    if (options.asTuple) return placesOf("nonzero", this.ndim === 0 ? this.ne(0).reshape(1) : this);
    const places = placesOf("nonzero", this);
    if (places.length > 0)
      return ops.concat<Tensor>(
        places.map((place) => place.unsqueeze(1)),
        { dim: 1 },
      );
    return literal(new Int32Array(0), { shape: [this.bool().item(), 0], dtype: "int32" }) as Tensor;
  }
  /**
   * Whether each element is within `atol + rtol * |other|` of the other's. NaN is close to NaN with
   * `equalNan` only.
   */
  isclose(other: Tensor, options: CloseOptions = {}): Tensor {
    checkOptions("isclose", options, closeOptions);
    const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
    const distance = this.sub(other).abs();
    const close = this.eq(other).logicalOr(
      distance.le(other.mul(rtol).abs().add(atol)).logicalAnd(distance.isfinite()),
    );
    return equalNan ? close.logicalOr(this.isnan().logicalAnd(other.isnan())) : close;
  }
  /** Whether all elements are close: see {@link isclose}. A boolean of JavaScript. */
  allclose(other: Tensor, options: CloseOptions = {}): boolean {
    return this.isclose(other, options).all().item() === 1;
  }
  /**
   * Whether the other has the same shape and the same values. A boolean of JavaScript; {@link eq}
   * compares elements.
   */
  equal(other: Tensor): boolean {
    return sameShape(this.shape, other.shape) && this.eq(other).all().item() === 1;
  }

  // In place: bump the version; not for leaves whose gradient is being recorded

  /** this += alpha * other */
  add_(other: Operand, options: { alpha?: number | undefined } = {}): this {
    checkOptions("add_", options, alphaOption);
    const { alpha = 1 } = options;
    return this.#write("add_", (base) => base.add(alpha === 1 ? other : scaled(other, alpha)));
  }
  /** this -= alpha * other */
  sub_(other: Operand, options: { alpha?: number | undefined } = {}): this {
    checkOptions("sub_", options, alphaOption);
    const { alpha = 1 } = options;
    return this.#write("sub_", (base) => base.sub(alpha === 1 ? other : scaled(other, alpha)));
  }
  /** this *= other */
  mul_(other: Operand): this {
    return this.#write("mul_", (base) => base.mul(other));
  }
  /** this /= other. @throws TypeError for integers, whose quotients are floats */
  div_(other: Operand): this {
    return this.#write("div_", (base) => base.div(other));
  }
  /** Limits the values to [min, max]: see {@link clamp}. */
  clamp_(min: number | null | Bounds, max?: number | null): this {
    return this.#write("clamp_", (base) => base.clamp(min, max));
  }
  /** Writes `value` where the mask, a bool tensor that broadcasts to this shape, holds. */
  maskedFill_(mask: Tensor, value: number | Tensor): this {
    return this.#write("maskedFill_", (base) => base.maskedFill(mask, value));
  }
  /**
   * Writes the last argument at the index before it, `x[...index] = value` in Python:
   * `x.set_(0, ":", 1)`, `x.set_(mask, 0)`. The index is that of {@link at}; the value, a number or
   * a tensor, broadcasts to the indexed elements and is converted to this dtype. If an index names
   * a position twice, the last value wins. The time is that of a copy of the whole tensor.
   * @throws RangeError if the index or the value does not fit; TypeError for an invalid index
   */
  set_(...indexAndValue: [...index: Index[], value: number | Tensor]): this {
    const value = indexAndValue.at(-1);
    const index = indexAndValue.slice(0, -1) as Index[];
    if (typeof value !== "number" && !(value instanceof Tensor)) {
      throw wrongType("set_", "the value, the last argument,", value, "a number or a Tensor");
    }
    return this.#write("set_", (base) => writtenAt("set_", base, index, this.#valueToWrite(value)));
  }
  /** Writes `value` along a dimension to the indexed positions: see {@link scatter}. */
  scatter_(dim: number, index: Tensor, value: number | Tensor): this {
    return this.#write("scatter_", (base) => base.scatter(dim, index, value));
  }
  /** Copies the values of `source`, broadcast and converted to this dtype. */
  copy_(source: Tensor): this {
    if (!(source instanceof Tensor)) {
      throw wrongType("copy_", "the source", source, "a Tensor", "use fill_ for a number");
    }
    return this.#write("copy_", () => source.to(this.dtype));
  }
  /** Writes one number everywhere. */
  fill_(value: number): this {
    return this.#write("fill_", () => this.#filled(value));
  }
  /** Writes 0 everywhere: `parameter.grad?.zero_()`. */
  zero_(): this {
    return this.#write("zero_", () => this.#filled(0));
  }
  /** Draws from [low, high). */
  uniform_(low = 0, high = 1, options: GeneratorOption = {}): this {
    checkOptions("uniform_", options, generatorOption);
    const { generator = defaultGenerator } = options;
    return this.#write("uniform_", () => ops.uniform({ ...this.#drawn(generator), low, high }) as Tensor);
  }
  /** Draws from the normal distribution. */
  normal_(mean = 0, std = 1, options: GeneratorOption = {}): this {
    checkOptions("normal_", options, generatorOption);
    const { generator = defaultGenerator } = options;
    return this.#write("normal_", () => ops.normal({ ...this.#drawn(generator), mean, std }) as Tensor);
  }
  /** Ones with probability p, else zeros. */
  bernoulli_(p = 0.5, options: GeneratorOption = {}): this {
    checkOptions("bernoulli_", options, generatorOption);
    const { generator = defaultGenerator } = options;
    return this.#write("bernoulli_", () => ops.bernoulli({ ...this.#drawn(generator), p }) as Tensor);
  }

  #valueToWrite(value: number | Tensor): Tensor {
    return typeof value === "number" ? this.#filled(value) : value.to(this.dtype);
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

  /**
   * The sum over all dimensions or those given, accumulated in double: `x.sum()`, `x.sum(1)`,
   * `x.sum([0, 1], { keepdim: true })`.
   */
  sum(dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    return ops.sum<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  /**
   * The mean over all dimensions or those given.
   * @throws TypeError for integers: convert with {@link float}
   */
  mean(dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    return ops.mean<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  /** The product over all dimensions or those given. */
  prod(dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    return ops.prod<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  /** The variance over count - correction (default 1, the unbiased one). */
  var(dim?: Dims | VarianceOptions, options?: VarianceOptions): Tensor {
    const { attrs, options: given } = reduceArguments(this.shape, dim, options);
    return ops.variance<Tensor>(this, { ...attrs, correction: given.correction ?? 1 });
  }
  /** The standard deviation: the root of {@link var}. */
  std(dim?: Dims | VarianceOptions, options?: VarianceOptions): Tensor {
    const { attrs, options: given } = reduceArguments(this.shape, dim, options);
    return ops.std<Tensor>(this, { ...attrs, correction: given.correction ?? 1 });
  }
  /**
   * The largest element, of all; a tie shares the gradient. {@link maximum} compares two tensors.
   */
  max(): Tensor;
  /**
   * The largest elements along a dimension and their places: `const [values, indices] = x.max(1)`.
   */
  max(dim: number, options?: KeepdimOption): ValuesAndIndices;
  max(dim?: number, options: KeepdimOption = {}): Tensor | ValuesAndIndices {
    checkOptions("max", options, keepdimOption);
    if (dim === undefined) return ops.max<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
    return this.#along(dim, options, this.argmax(dim, { keepdim: true }));
  }
  /**
   * The smallest element, of all; a tie shares the gradient. {@link minimum} compares two tensors.
   */
  min(): Tensor;
  /**
   * The smallest elements along a dimension and their places: `const [values, indices] = x.min(1)`.
   */
  min(dim: number, options?: KeepdimOption): ValuesAndIndices;
  min(dim?: number, options: KeepdimOption = {}): Tensor | ValuesAndIndices {
    checkOptions("min", options, keepdimOption);
    if (dim === undefined) return ops.min<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
    return this.#along(dim, options, this.argmin(dim, { keepdim: true }));
  }
  /**
   * The largest values over all dimensions or those given, without their places; ties share the
   * gradient.
   */
  amax(dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    return ops.amax<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  /**
   * The smallest values over all dimensions or those given, without their places; ties share the
   * gradient.
   */
  amin(dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    return ops.amin<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  /** The index (int32) of the first largest element, of all or along `dim`. */
  argmax(dim?: number, options: KeepdimOption = {}): Tensor {
    checkOptions("argmax", options, keepdimOption);
    if (dim === undefined) return ops.argmax<Tensor>(this.reshape(-1), { dim: 0, keepdim: false });
    return ops.argmax<Tensor>(this, { dim: normalizeDim(dim, this.ndim), keepdim: options.keepdim ?? false });
  }
  /** The index (int32) of the first smallest element, of all or along `dim`. */
  argmin(dim?: number, options: KeepdimOption = {}): Tensor {
    checkOptions("argmin", options, keepdimOption);
    if (dim === undefined) return ops.argmin<Tensor>(this.reshape(-1), { dim: 0, keepdim: false });
    return ops.argmin<Tensor>(this, { dim: normalizeDim(dim, this.ndim), keepdim: options.keepdim ?? false });
  }
  /** Whether any element is true (not 0), over all dimensions or those given. Bool. */
  any(dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    return ops.any<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  /** Whether all elements are true (not 0), over all dimensions or those given. Bool. */
  all(dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    return ops.all<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  /** log(sum(exp(x))) without overflow. */
  logsumexp(dim: Dims, options?: KeepdimOption): Tensor {
    return ops.logsumexp<Tensor>(this, reduceArguments(this.shape, dim, options).attrs);
  }
  /**
   * The p-norm over all dimensions or those given. p = Infinity gives the largest absolute value.
   */
  norm(p = 2, dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor {
    checkNormPower(p);
    if (p === Infinity) {
      requireFloat("norm", "input", this);
      return ops.max<Tensor>(this.abs(), reduceArguments(this.shape, dim, options).attrs);
    }
    return ops.vectorNorm<Tensor>(this, { ...reduceArguments(this.shape, dim, options).attrs, p });
  }

  #along(dim: number, { keepdim = false }: KeepdimOption, indices: Tensor): ValuesAndIndices {
    const at = normalizeDim(dim, this.ndim);
    const values = this.ndim === 0 ? this.clone() : ops.gather<Tensor>(this, indices, { dim: at });
    return keepdim || this.ndim === 0
      ? valuesAndIndices(values, indices)
      : valuesAndIndices(values.squeeze(at), indices.squeeze(at));
  }

  // Order along a dimension

  /** Running sums along a dimension, accumulated in double. Bools are counted. */
  cumsum(dim: number): Tensor {
    return ops.cumsum<Tensor>(this, { dim: normalizeDim(dim, this.ndim) });
  }
  /**
   * The indices that sort a dimension (the last by default); equal values keep their order, NaN is
   * largest.
   */
  argsort(dim = -1, options: SortOptions = {}): Tensor {
    checkOptions("argsort", options, sortOptions);
    const { descending = false } = options;
    return ops.argsort<Tensor>(this, { dim: normalizeDim(dim, this.ndim), descending });
  }
  /**
   * The sorted values of a dimension (the last by default) and their indices: see {@link argsort}.
   */
  sort(dim = -1, options: SortOptions = {}): ValuesAndIndices {
    checkOptions("sort", options, sortOptions);
    return this.#along(dim, { keepdim: true }, this.argsort(dim, options));
  }
  /**
   * The `k` largest values of a dimension (the last by default) in order, or the smallest, and
   * their indices.
   */
  topk(k: number, dim = -1, options: { largest?: boolean | undefined } = {}): ValuesAndIndices {
    checkOptions("topk", options, ["largest"]);
    const size = this.shape[normalizeDim(dim, this.ndim)] ?? 1;
    if (!Number.isInteger(k) || k < 0 || k > size) {
      throw wrongValue("topk", "k", k, `0 to ${size}, the size of dimension ${dim}`);
    }
    const order = this.argsort(dim, { descending: options.largest ?? true });
    return this.#along(dim, { keepdim: true }, this.ndim === 0 ? order : order.narrow(dim, 0, k));
  }

  // Movement

  /** Another shape over the same storage; one size may be -1, and is inferred. */
  reshape(...shape: (number | Shape)[]): Tensor {
    return ops.reshape<Tensor>(this, { shape: reshapeArgument(this.shape, shape) });
  }
  /** The same as {@link reshape}. */
  view(...shape: (number | Shape)[]): Tensor {
    return this.reshape(...shape);
  }
  /** Merges the dimensions from `startDim` to `endDim`, both included. Shares storage. */
  flatten(startDim = 0, endDim = -1): Tensor {
    return ops.reshape<Tensor>(this, { shape: flattenedShape(this.shape, startDim, endDim) });
  }
  /**
   * The reverse of {@link flatten}: dimension `dim` as several, of which one size may be -1. Shares
   * storage.
   */
  unflatten(dim: number, sizes: Shape): Tensor {
    return ops.reshape<Tensor>(this, { shape: unflattenedShape(this.shape, dim, sizes) });
  }
  /** Drops dimensions of size 1: all of them, or the given one if its size is 1. */
  squeeze(dim?: number): Tensor {
    return ops.reshape<Tensor>(this, { shape: squeezedShape(this.shape, dim) });
  }
  /** A new dimension of size 1 in front of `dim`; -1 puts it last. Shares storage. */
  unsqueeze(dim: number): Tensor {
    return ops.reshape<Tensor>(this, { shape: unsqueezedShape(this.shape, dim) });
  }
  /** Two dimensions swapped. A copy. */
  transpose(dim0: number, dim1: number): Tensor {
    return ops.permute<Tensor>(this, { dims: swappedDims(this.ndim, dim0, dim1) });
  }
  /**
   * The transpose of a matrix; a vector and a single value stay as they are.
   * @throws RangeError beyond two dimensions
   */
  t(): Tensor {
    if (this.ndim > 2) {
      throw mismatch(
        "wrong-shape",
        "t",
        `shape ${formatShape(this.shape)} has ${this.ndim} dimensions`,
        "at most 2",
        "use transpose",
      );
    }
    return this.T;
  }
  /** The transpose of a matrix; all dimensions reversed in general. */
  get T(): Tensor {
    return ops.permute<Tensor>(this, { dims: this.shape.map((_, i) => this.ndim - 1 - i) });
  }
  /** The dimensions in the order given: `x.permute(2, 0, 1)`. A copy. */
  permute(...dims: (number | readonly number[])[]): Tensor {
    return ops.permute<Tensor>(this, { dims: sizesArgument(dims).map((dim) => normalizeDim(dim, this.ndim)) });
  }
  /** Repeats dimensions of size 1; -1 keeps a size. */
  expand(...shape: (number | Shape)[]): Tensor {
    return ops.expand<Tensor>(this, { shape: expandArgument(this.shape, shape) });
  }
  /** Repeated to the shape of another tensor: see {@link expand}. */
  expandAs(other: Tensor): Tensor {
    return this.expand(other.shape);
  }
  /** Arranged in the shape of another tensor: see {@link reshape}. */
  viewAs(other: Tensor): Tensor {
    return this.reshape(other.shape);
  }
  /** Arranged in the shape of another tensor: see {@link reshape}. */
  reshapeAs(other: Tensor): Tensor {
    return this.reshape(other.shape);
  }
  /**
   * The whole tensor, repeated along each dimension: `tensor([1, 2]).repeat(2)` is [1, 2, 1, 2];
   * more numbers add dimensions in front.
   */
  repeat(...times: (number | readonly number[])[]): Tensor {
    const { apart, expanded, together } = repeatArguments(this.shape, sizesArgument(times));
    return this.clone().reshape(apart).expand(expanded).reshape(together);
  }
  /**
   * Repeats each element, along a dimension or in the flattened tensor: [1, 2] becomes [1, 1, 2,
   * 2].
   */
  repeatInterleave(times: number, dim?: number): Tensor {
    if (dim === undefined && this.ndim !== 1) return this.clone().reshape(-1).repeatInterleave(times, 0);
    checkValue("repeatInterleave", "times", times, wholeNumber(0));
    const at = normalizeDim(dim ?? 0, this.ndim);
    const index = Int32Array.from({ length: (this.shape[at] ?? 1) * times }, (_, i) => Math.floor(i / times));
    return this.indexSelect(at, listOf(index));
  }
  /** The dimensions given, in reverse order. A copy. */
  flip(...dims: (number | readonly number[])[]): Tensor {
    return normalizeDims(sizesArgument(dims), this.ndim).reduce<Tensor>((x, dim) => {
      const index = Int32Array.from({ length: x.shape[dim] }, (_, i) => x.shape[dim] - 1 - i);
      return x.indexSelect(dim, listOf(index));
    }, this);
  }
  /** Matrices with zeros above the diagonal, which is the `diagonal`-th above the main one. */
  tril(diagonal = 0): Tensor {
    return this.#triangle("tril", (row, column) => column - row > diagonal);
  }
  /** Matrices with zeros below the diagonal, which is the `diagonal`-th above the main one. */
  triu(diagonal = 0): Tensor {
    return this.#triangle("triu", (row, column) => column - row < diagonal);
  }
  #triangle(name: string, isZero: (row: number, column: number) => boolean): Tensor {
    if (this.ndim < 2) {
      throw mismatch("wrong-shape", name, `shape ${formatShape(this.shape)} given`, "at least two dimensions");
    }
    const [rows, columns] = this.shape.slice(-2);
    const mask = Uint8Array.from({ length: rows * columns }, (_, i) => +isZero(Math.floor(i / columns), i % columns));
    return this.maskedFill(new Tensor(new Storage(mask), [rows, columns], "bool"), 0);
  }
  /** `length` places along a dimension, from `start`. A copy. */
  narrow(dim: number, start: number, length: number): Tensor {
    const at = normalizeDim(dim, this.ndim);
    const from = start < 0 ? start + this.shape[at] : start;
    return ops.slice<Tensor>(this, { dim: at, start: from, length, step: 1 });
  }
  /** x[start:stop:step] along one dimension, as in Python. A copy. */
  slice(dim: number, start?: number, stop?: number, step?: number): Tensor {
    return ops.slice<Tensor>(this, sliceArguments(this.shape, dim, start, stop, step));
  }
  /** One position along a dimension, which is dropped. A copy. */
  select(dim: number, index: number): Tensor {
    const place = placeArgument("select", this.shape, dim, index);
    return ops.slice<Tensor>(this, { dim: place.dim, start: place.index, length: 1, step: 1 }).squeeze(place.dim);
  }
  /**
   * Indexing as with Python's brackets: `x[0, 1:, [2, 0]]` is `x.at(0, "1:", [2, 0])`. For each
   * dimension a position, a slice (`":"`, `"1:"`, `"::2"`), a list or int32 tensor of positions, or
   * a bool mask; null for a new dimension, `"..."` for all other dimensions. Always a copy. Lists
   * and masks combine as in PyTorch; a mask cannot be read in a compiled step.
   * https://pytorch.org/cppdocs/notes/tensor_indexing.html
   * @throws RangeError for a position or a mask that does not fit; TypeError for an invalid index
   */
  at(...index: Index[]): Tensor {
    return readAt("at", this, index);
  }
  /** x[i, j, ...]: one place along each of the first dimensions. A copy. */
  get(...indices: number[]): Tensor {
    return indices.reduce<Tensor>((x, index) => x.select(0, index), this);
  }
  /**
   * All places along a dimension, which is dropped: `const [x, y] = points.unbind(1)`. Copies.
   * @throws RangeError for a 0-d tensor
   */
  unbind(dim = 0): Tensor[] {
    if (this.ndim === 0)
      throw refuse("wrong-shape", "unbind", "a 0-d tensor has no dimension to cut", "item() gives its number");
    const at = normalizeDim(dim, this.ndim);
    const sizes = Array.from({ length: this.shape[at] }, () => 1);
    return ops.split<Tensor>(this, { dim: at, sizes }).map((place) => place.squeeze(at));
  }
  /**
   * The positions of a dimension given by an int32 tensor or a list, in that order:
   * `x.indexSelect(0, [2, 0])`. A copy.
   */
  indexSelect(dim: number, index: Tensor | readonly number[]): Tensor {
    const at = normalizeDim(dim, this.ndim);
    return ops.indexSelect<Tensor>(this, Array.isArray(index) ? placesOfList(index) : (index as Tensor), { dim: at });
  }
  /**
   * For every position of the index, the value at that position with its coordinate in `dim`
   * replaced by the index: the value of one class per row, for example.
   * https://pytorch.org/docs/stable/generated/torch.gather.html
   */
  gather(dim: number, index: Tensor): Tensor {
    return ops.gather<Tensor>(this, index, { dim: normalizeDim(dim, this.ndim) });
  }
  /**
   * A copy with `value` written, for every position of the index, to that position with its
   * coordinate in `dim` replaced by the index: the reverse of {@link gather}. A tensor of values
   * has the shape of the index. If a position is named twice, the last value wins.
   * https://pytorch.org/docs/stable/generated/torch.Tensor.scatter_.html
   */
  scatter(dim: number, index: Tensor, value: number | Tensor): Tensor {
    const everywhere = Int32Array.from({ length: this.numel() }, (_, i) => i);
    const places = new Tensor(new Storage(everywhere), this.shape, "int32").gather(dim, index);
    return putAt("scatter", this, places, this.#valueToWrite(value));
  }
  /**
   * Like {@link scatter}, but adds the values, all of them if a position is named more than once.
   */
  scatterAdd(dim: number, index: Tensor, source: Tensor): Tensor {
    const at = normalizeDim(dim, this.ndim);
    // Checks the index against this tensor, as the row does not.
    ops.gather.shape([this, index], { dim: at });
    if (!sameShape(index.shape, source.shape)) {
      throw wrongShape("scatterAdd", "the source", source.shape, `that of the index, ${formatShape(index.shape)}`);
    }
    return this.add(ops.scatterAdd<Tensor>(source.to(this.dtype), index, { dim: at, shape: this.shape }));
  }
  /** Parts of one size along a dimension (the last may be smaller), or of the given sizes. */
  split(sizes: number | readonly number[], dim = 0): Tensor[] {
    const at = normalizeDim(dim, this.ndim);
    if (this.ndim === 0) throw mismatch("wrong-shape", "split", "a 0-d tensor given", "at least one dimension to cut");
    return [...ops.split<Tensor>(this, { dim: at, sizes: splitSizes(this.shape[at], sizes) })];
  }
  /** At most `count` parts of equal size along a dimension. */
  chunk(count: number, dim = 0): Tensor[] {
    return this.split(chunkSize(this.shape[normalizeDim(dim, this.ndim)], count), dim);
  }

  // Linear algebra and normalization

  /**
   * The matrix product; vectors and batches as in
   * https://pytorch.org/docs/stable/generated/torch.matmul.html
   */
  matmul(other: Tensor): Tensor {
    return matmul(this, other);
  }
  /**
   * The product of two matrices, [n, m] and [m, p].
   * @throws RangeError for other numbers of dimensions: see {@link matmul}
   */
  mm(other: Tensor): Tensor {
    return product("mm", this, 2, other, 2);
  }
  /** The products of two batches of matrices, [b, n, m] and [b, m, p]. */
  bmm(other: Tensor): Tensor {
    if (other.ndim === 3 && this.ndim === 3 && other.shape[0] !== this.shape[0]) {
      throw mismatch(
        "wrong-shape",
        "bmm",
        `batches of ${this.shape[0]} and ${other.shape[0]} matrices`,
        "as many in both",
        "use matmul",
      );
    }
    return product("bmm", this, 3, other, 3);
  }
  /** The product of a matrix and a vector, [n, m] and [m]. */
  mv(other: Tensor): Tensor {
    return product("mv", this, 2, other, 1);
  }
  /** The sum of the products of two vectors of one length. */
  dot(other: Tensor): Tensor {
    return product("dot", this, 1, other, 1);
  }
  /** All products of the elements of two vectors: [n] and [m] give [n, m]. */
  outer(other: Tensor): Tensor {
    requireRanks("outer", this, 1, other, 1);
    return this.unsqueeze(1).matmul(other.unsqueeze(0));
  }
  /** exp(x) over the sum of exp(x) along a dimension: values from 0 to 1 that add up to 1. */
  softmax(dim: number): Tensor {
    return ops.softmax<Tensor>(this, { dim: normalizeDim(dim, this.ndim) });
  }
  /** log(softmax(x)), without overflow. */
  logSoftmax(dim: number): Tensor {
    return ops.logSoftmax<Tensor>(this, { dim: normalizeDim(dim, this.ndim) });
  }
}

export interface SortOptions {
  /** From the largest to the smallest. Default false. */
  descending?: boolean | undefined;
}

export interface CloseOptions {
  /** The distance allowed, as a fraction of the other's value. Default 1e-5. */
  rtol?: number | undefined;
  /** The absolute distance allowed in addition. Default 1e-8. */
  atol?: number | undefined;
  /** Whether NaN is close to NaN. Default false. */
  equalNan?: boolean | undefined;
}

export interface VarianceOptions extends KeepdimOption {
  /** Subtracted from the count: 1 for the unbiased variance (default), 0 for the population's. */
  correction?: number | undefined;
}

/** See {@link Tensor.matmul}. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  for (const [name, operand] of Object.entries({ "the first operand": a, "the second": b })) {
    if (operand instanceof Tensor) continue;
    throw wrongType("matmul", name, operand, "a Tensor", "wrap arrays with tensor(...)");
  }
  if (a.ndim === 0 || b.ndim === 0) {
    throw refuse("wrong-shape", "matmul", "a 0-d tensor has no rows or columns", "use mul to scale by it");
  }
  if (a.ndim > 1 && b.ndim > 1) return ops.matmul<Tensor>(a, b);
  const left = a.ndim === 1 ? a.unsqueeze(0) : a;
  const right = b.ndim === 1 ? b.unsqueeze(1) : b;
  const product = ops.matmul<Tensor>(left, right);
  const columns = b.ndim === 1 ? product.squeeze(-1) : product;
  return a.ndim === 1 ? columns.squeeze(b.ndim === 1 ? -1 : -2) : columns;
}

function requireRanks(caller: string, a: Tensor, rankA: number, b: Tensor, rankB: number): void {
  if (!(b instanceof Tensor)) {
    throw wrongType(caller, "the second operand", b, "a Tensor", "wrap arrays with tensor(...)");
  }
  if (a.ndim === rankA && b.ndim === rankB) return;
  throw mismatch(
    "wrong-shape",
    caller,
    `shapes ${formatShape(a.shape)} and ${formatShape(b.shape)} given`,
    `${rankA} and ${rankB} dimensions`,
    "matmul and mul take others",
  );
}

function product(caller: string, a: Tensor, rankA: number, b: Tensor, rankB: number): Tensor {
  requireRanks(caller, a, rankA, b, rankB);
  return matmul(a, b);
}

function make(storage: Storage, { shape, dtype }: Spec): Tensor {
  return new Tensor(storage, shape, dtype);
}

function scaled(operand: Operand, alpha: number): Operand {
  if (typeof alpha !== "number") throw wrongType("", "alpha", alpha, "a number");
  return typeof operand === "number" ? operand * alpha : operand.mul(alpha);
}
