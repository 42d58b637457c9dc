import {
  broadcastShapes,
  formatShape,
  mismatch,
  normalizeDim,
  refuse,
  type Shape,
  sameShape,
  wrongType,
} from "../core/index.ts";
import * as ops from "../ops/index.ts";
import type { Bounds, Dims, KeepdimOption } from "./arguments.ts";
import { maximum, minimum } from "./elementwise.ts";
import { type CloseOptions, type Operand, type SortOptions, Tensor, type VarianceOptions } from "./tensor.ts";
import type { ValuesAndIndices } from "./valuesAndIndices.ts";

/**
 * PyTorch's functions: those over several tensors, and the function form of methods, with the same
 * arguments after the tensor.
 */

/**
 * Joins tensors along an existing dimension.
 * https://pytorch.org/docs/stable/generated/torch.cat.html
 */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  requireTensors("cat", tensors);
  return ops.concat(tensors, { dim: normalizeDim(dim, tensors[0].ndim) });
}

/**
 * Joins tensors of one shape along a new dimension.
 * https://pytorch.org/docs/stable/generated/torch.stack.html
 */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  requireTensors("stack", tensors);
  const odd = tensors.findIndex((x) => !sameShape(x.shape, tensors[0].shape));
  if (odd > 0) {
    throw mismatch(
      "wrong-shape",
      "stack",
      `element ${odd} has shape ${formatShape(tensors[odd].shape)}, element 0 has ${formatShape(tensors[0].shape)}`,
      "one shape for all",
      "use cat to join along a dimension that is there",
    );
  }
  return cat(
    tensors.map((x) => x.unsqueeze(dim)),
    normalizeDim(dim, tensors[0].ndim + 1),
  );
}

function requireTensors(caller: string, tensors: readonly Tensor[]): void {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw refuse("wrong-type", "", `${caller} expects a list of at least one tensor: ${caller}([a, b])`);
  }
  const stranger = tensors.findIndex((x) => !(x instanceof Tensor));
  if (stranger >= 0)
    throw refuse("wrong-type", caller, `element ${stranger} is not a Tensor`, "wrap arrays with tensor(...)");
}

/** Elements of `input` where the condition holds, else of `other`; all broadcast. */
export function where(condition: Tensor, input: Operand, other: Operand): Tensor;
/** The positions where the condition holds: `condition.nonzero({ asTuple: true })`. */
export function where(condition: Tensor): Tensor[];
export function where(condition: Tensor, ...operands: Operand[]): Tensor | Tensor[] {
  if (operands.length === 0) return of("where", condition).nonzero({ asTuple: true });
  const [input, other] = operands;
  return ops.where<Tensor>(condition, input, other);
}

/** The tensors, all repeated to their common shape. */
export function broadcastTensors(...tensors: Tensor[]): Tensor[] {
  const shape = tensors.reduce<Shape>((common, x) => broadcastShapes(common, x.shape), []);
  return tensors.map((x) => x.expand(shape));
}

/** Whether a value is a tensor. */
export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;

/** The first argument as a tensor, or an error that names the function. */
function of(caller: string, input: Tensor): Tensor {
  if (input instanceof Tensor) return input;
  throw wrongType(caller, "argument 1 (input)", input, "a Tensor", "wrap arrays with tensor(...)");
}

// Elementwise: functions of operands only are beside their methods in elementwise.ts

/** x to the power of y. */
export const pow = (x: Operand, y: Operand): Tensor => (x instanceof Tensor ? x.pow(y) : ops.pow<Tensor>(x, y));
/** Halves round to the even neighbour. See {@link Tensor.round}. */
export const round = (x: Tensor, options?: { decimals?: number | undefined }): Tensor => of("round", x).round(options);
/** Values limited to [min, max]: `clamp(x, 0, 1)`. See {@link Tensor.clamp}. */
export const clamp = (x: Tensor, min: number | null | Bounds, max?: number | null): Tensor =>
  of("clamp", x).clamp(min, max);

// Comparisons of whole tensors

/** Whether two tensors have the same shape and values: a boolean of JavaScript. */
export const equal = (x: Tensor, y: Tensor): boolean => of("equal", x).equal(y);
/** Whether each element is close to the other's. See {@link Tensor.isclose}. */
export const isclose = (x: Tensor, y: Tensor, options?: CloseOptions): Tensor => of("isclose", x).isclose(y, options);
/** Whether all elements are close: a boolean of JavaScript. See {@link Tensor.isclose}. */
export const allclose = (x: Tensor, y: Tensor, options?: CloseOptions): boolean =>
  of("allclose", x).allclose(y, options);

// Reductions

type Reduction = (x: Tensor, dim?: Dims | KeepdimOption, options?: KeepdimOption) => Tensor;
type VarianceReduction = (x: Tensor, dim?: Dims | VarianceOptions, options?: VarianceOptions) => Tensor;

/** The sum over all dimensions or those given: `sum(x, 1, { keepdim: true })`. */
export const sum: Reduction = (x, dim, options) => of("sum", x).sum(dim, options);
/** The mean over all dimensions or those given. */
export const mean: Reduction = (x, dim, options) => of("mean", x).mean(dim, options);
/** The product over all dimensions or those given. */
export const prod: Reduction = (x, dim, options) => of("prod", x).prod(dim, options);
/** Whether any element is true, over all dimensions or those given. */
export const any: Reduction = (x, dim, options) => of("any", x).any(dim, options);
/** Whether all elements are true, over all dimensions or those given. */
export const all: Reduction = (x, dim, options) => of("all", x).all(dim, options);
/** The largest values over all dimensions or those given, without their places. */
export const amax: Reduction = (x, dim, options) => of("amax", x).amax(dim, options);
/** The smallest values over all dimensions or those given, without their places. */
export const amin: Reduction = (x, dim, options) => of("amin", x).amin(dim, options);
/**
 * torch.var, renamed because `var` is a keyword of JavaScript: the unbiased variance by default,
 * see `correction`.
 */
export const variance: VarianceReduction = (x, dim, options) => of("variance", x).var(dim, options);
/** The standard deviation: the root of {@link variance}. */
export const std: VarianceReduction = (x, dim, options) => of("std", x).std(dim, options);
/** The p-norm over all dimensions or those given. See {@link Tensor.norm}. */
export const norm = (x: Tensor, p?: number, dim?: Dims | KeepdimOption, options?: KeepdimOption): Tensor =>
  of("norm", x).norm(p, dim, options);
/** log(sum(exp(x))) over the dimensions given, without overflow. */
export const logsumexp = (x: Tensor, dim: Dims, options?: KeepdimOption): Tensor =>
  of("logsumexp", x).logsumexp(dim, options);
/** The index (int32) of the first largest element, of all or along a dimension. */
export const argmax = (x: Tensor, dim?: number, options?: KeepdimOption): Tensor =>
  of("argmax", x).argmax(dim, options);
/** The index (int32) of the first smallest element, of all or along a dimension. */
export const argmin = (x: Tensor, dim?: number, options?: KeepdimOption): Tensor =>
  of("argmin", x).argmin(dim, options);

/** The largest element, of all. */
export function max(x: Tensor): Tensor;
/**
 * The largest elements along a dimension and their places: `const [values, indices] = max(x, 1)`.
 */
export function max(x: Tensor, dim: number, options?: KeepdimOption): ValuesAndIndices;
/** The larger of two elements: {@link maximum}. */
export function max(x: Tensor, other: Tensor): Tensor;
export function max(x: Tensor, second?: number | Tensor, options?: KeepdimOption): Tensor | ValuesAndIndices {
  if (second === undefined) return of("max", x).max();
  return isTensor(second) ? maximum(of("max", x), second) : of("max", x).max(second, options);
}

/** The smallest element, of all. */
export function min(x: Tensor): Tensor;
/**
 * The smallest elements along a dimension and their places: `const [values, indices] = min(x, 1)`.
 */
export function min(x: Tensor, dim: number, options?: KeepdimOption): ValuesAndIndices;
/** The smaller of two elements: {@link minimum}. */
export function min(x: Tensor, other: Tensor): Tensor;
export function min(x: Tensor, second?: number | Tensor, options?: KeepdimOption): Tensor | ValuesAndIndices {
  if (second === undefined) return of("min", x).min();
  return isTensor(second) ? minimum(of("min", x), second) : of("min", x).min(second, options);
}

// Along a dimension

/** exp(x) over the sum of exp(x) along a dimension. */
export const softmax = (x: Tensor, dim: number): Tensor => of("softmax", x).softmax(dim);
/** log(softmax(x)), without overflow. */
export const logSoftmax = (x: Tensor, dim: number): Tensor => of("logSoftmax", x).logSoftmax(dim);
/** Running sums along a dimension. */
export const cumsum = (x: Tensor, dim: number): Tensor => of("cumsum", x).cumsum(dim);
/** The sorted values of a dimension (the last by default) and their indices. */
export const sort = (x: Tensor, dim?: number, options?: SortOptions): ValuesAndIndices =>
  of("sort", x).sort(dim, options);
/** The indices that sort a dimension (the last by default). */
export const argsort = (x: Tensor, dim?: number, options?: SortOptions): Tensor =>
  of("argsort", x).argsort(dim, options);
/**
 * The `k` largest values of a dimension (the last by default), or the smallest, and their indices.
 */
export const topk = (
  x: Tensor,
  k: number,
  dim?: number,
  options?: { largest?: boolean | undefined },
): ValuesAndIndices => of("topk", x).topk(k, dim, options);

// Shapes and places

/** The number of elements. */
export const numel = (x: Tensor): number => of("numel", x).numel();
/** Another shape over the same storage; one size may be -1, and is inferred. */
export const reshape = (x: Tensor, shape: Shape): Tensor => of("reshape", x).reshape(shape);
/** Merges the dimensions from `startDim` to `endDim`, both included. */
export const flatten = (x: Tensor, startDim?: number, endDim?: number): Tensor =>
  of("flatten", x).flatten(startDim, endDim);
/** Dimension `dim` as several, of which one size may be -1. */
export const unflatten = (x: Tensor, dim: number, sizes: Shape): Tensor => of("unflatten", x).unflatten(dim, sizes);
/** Drops dimensions of size 1: all of them, or the given one if its size is 1. */
export const squeeze = (x: Tensor, dim?: number): Tensor => of("squeeze", x).squeeze(dim);
/** A new dimension of size 1 in front of `dim`; -1 puts it last. */
export const unsqueeze = (x: Tensor, dim: number): Tensor => of("unsqueeze", x).unsqueeze(dim);
/** Two dimensions swapped. */
export const transpose = (x: Tensor, dim0: number, dim1: number): Tensor => of("transpose", x).transpose(dim0, dim1);
/** The transpose of a matrix. */
export const t = (x: Tensor): Tensor => of("t", x).t();
/** The dimensions in the order given. */
export const permute = (x: Tensor, dims: readonly number[]): Tensor => of("permute", x).permute(dims);
/** Parts of one size along a dimension (the last may be smaller), or of the given sizes. */
export const split = (x: Tensor, sizes: number | readonly number[], dim?: number): Tensor[] =>
  of("split", x).split(sizes, dim);
/** At most `count` parts of equal size along a dimension. */
export const chunk = (x: Tensor, count: number, dim?: number): Tensor[] => of("chunk", x).chunk(count, dim);
/** All places along a dimension, which is dropped. */
export const unbind = (x: Tensor, dim?: number): Tensor[] => of("unbind", x).unbind(dim);
/** The dimensions given, in reverse order. */
export const flip = (x: Tensor, dims: readonly number[]): Tensor => of("flip", x).flip(dims);
/** Matrices with zeros above a diagonal. */
export const tril = (x: Tensor, diagonal?: number): Tensor => of("tril", x).tril(diagonal);
/** Matrices with zeros below a diagonal. */
export const triu = (x: Tensor, diagonal?: number): Tensor => of("triu", x).triu(diagonal);
/** The places of a dimension that an int32 tensor names. */
export const indexSelect = (x: Tensor, dim: number, index: Tensor | readonly number[]): Tensor =>
  of("indexSelect", x).indexSelect(dim, index);
/**
 * For every place of the index, the value there with its coordinate in `dim` replaced by the index.
 */
export const gather = (x: Tensor, dim: number, index: Tensor): Tensor => of("gather", x).gather(dim, index);
/** The elements where the mask holds, in one dimension. */
export const maskedSelect = (x: Tensor, mask: Tensor): Tensor => of("maskedSelect", x).maskedSelect(mask);
/** Where the tensor is not 0: [n, ndim] places, int32. */
export const nonzero = (x: Tensor): Tensor => of("nonzero", x).nonzero();

// Linear algebra: matmul is beside its method

/** The product of two matrices. */
export const mm = (x: Tensor, y: Tensor): Tensor => of("mm", x).mm(y);
/** The products of two batches of matrices. */
export const bmm = (x: Tensor, y: Tensor): Tensor => of("bmm", x).bmm(y);
/** The product of a matrix and a vector. */
export const mv = (x: Tensor, y: Tensor): Tensor => of("mv", x).mv(y);
/** The sum of the products of two vectors. */
export const dot = (x: Tensor, y: Tensor): Tensor => of("dot", x).dot(y);
/** All products of the elements of two vectors. */
export const outer = (x: Tensor, y: Tensor): Tensor => of("outer", x).outer(y);
